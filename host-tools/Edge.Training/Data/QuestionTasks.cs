using Edge.Assistant.Writing;
using Edge.Training.Recipes;

namespace Edge.Training.Data;

/// <summary>
/// Questions as examples. Some get other passages of their source beside their own, some another one instead and then the
/// refusal as the answer. Passages that are too long are cut to sentences around the answer.
/// </summary>
internal sealed class QuestionTasks : TaskSource
{
    private const int PassageTokensMin = 16;

    private readonly IReadOnlyList<Asked> items;
    private readonly Dictionary<string, int[]> families;
    private readonly ExampleEncoder examples;
    private readonly RecipeQuestions settings;
    private readonly int length;
    private readonly double negativeShare;
    private readonly FollowUps followUps;

    /// <param name="fresh">False leaves questions as they are: no other passages, no made-up unanswerable ones.</param>
    public QuestionTasks(
        QuestionSet set,
        RecipeData entry,
        ExampleEncoder examples,
        int length,
        ulong seed,
        bool fresh = true
    )
        : base([.. set.Items.Select(item => item.Source)], entry.Sources, seed)
    {
        (items, this.examples, this.length) = (set.Items, examples, length);
        settings = fresh
            ? entry.Questions ?? new RecipeQuestions()
            : new RecipeQuestions { Distractors = 0, Unanswerable = 0 };
        Packs = fresh;
        families = Enumerable
            .Range(0, items.Count)
            .GroupBy(i => items[i].Family, StringComparer.Ordinal)
            .ToDictionary(group => group.Key, group => group.ToArray(), StringComparer.Ordinal);
        foreach (var item in items)
            Counts.TryAdd(item.Source, new TaskCounts());
        negativeShare = NegativeShare(entry);
        followUps = new FollowUps(items, settings, examples);
    }

    private bool Packs { get; }

    /// <summary>With what probability an answerable question must lose its passage, so that the wanted share of all is
    /// unanswerable.</summary>
    private double NegativeShare(RecipeData entry)
    {
        var (all, unanswerable, able) = (0.0, 0.0, 0.0);
        foreach (var item in items)
        {
            var times = TimesOf(entry.Sources, item.Source);
            all += times;
            unanswerable += item.Answer is null ? times : 0;
            able += item.Answer is not null && !item.Generic ? times : 0;
        }
        var wanted = ((settings.Unanswerable ?? 0.15) * all) - unanswerable;
        return able > 0 ? Math.Clamp(wanted / able, 0, 1) : 0;
    }

    protected override Example? Make(int index, Draw draw, CachedEncoder encoder)
    {
        var item = items[index];
        var (passage, answer) = (item.Passage, item.Answer);
        if (answer is not null && !item.Generic && draw.NextDouble() < negativeShare)
        {
            if (Other(index, ref draw, answer, passage) is { } other)
                (passage, answer) = (other, null);
        }
        var packed = Packs && settings.Pack?.GetValueOrDefault(item.Family) is > 0 and var most ? most : 0;
        var others = Others(index, item, answer, passage, packed, ref draw);
        var example = Fit(index, passage, answer, others, packed > 0 ? " " : "\n\n", ref draw, encoder, out var cut);
        var counts = Counts[item.Source];
        if (example is null)
            counts.CountDropped();
        else
            counts.CountMade(example.Positions, cut, answer is null);
        return example;
    }

    /// <summary>A passage of the same source, near in the file half of the time; never one with the answer in it.</summary>
    private string? Other(int index, ref Draw draw, string? answer, string but)
    {
        var family = families[items[index].Family];
        var own = Array.BinarySearch(family, index);
        for (var attempt = 0; attempt < 8; attempt++)
        {
            var near = draw.Below(2) == 0;
            var at = near ? own + draw.Below(41) - 20 : draw.Below(family.Length);
            if (at < 0 || at >= family.Length)
                continue;
            var passage = items[family[at]].Passage;
            if (
                passage == but
                || passage == items[index].Passage
                || (answer is not null && Spans.Stands(passage, answer))
            )
                continue;
            return passage;
        }
        return null;
    }

    private List<string> Others(int index, Asked item, string? answer, string passage, int packed, ref Draw draw)
    {
        var others = new List<string>();
        var count =
            item.Generic ? 0
            : packed > 0 ? 1 + draw.Below(packed)
            : draw.NextDouble() < (settings.Distractors ?? 0.3) ? 1 + draw.Below(settings.DistractorsMax ?? 2)
            : 0;
        for (var i = 0; i < count; i++)
        {
            // A question that lost its passage must not get the answer back from another.
            if (Other(index, ref draw, answer ?? item.Answer, passage) is { } other && !others.Contains(other))
                others.Add(other);
        }
        return others;
    }

    private Example? Fit(
        int index,
        string passage,
        string? answer,
        List<string> others,
        string between,
        ref Draw draw,
        CachedEncoder encoder,
        out bool cut
    )
    {
        var item = items[index];
        var answerTokens = encoder.Encode(answer ?? TaskPrompt.Refusal).Count + 2;
        var fixedTokens = examples.Prompt(encoder, TaskPrompt.Turn(TaskPrompt.Question("", item.Question))).Count;
        var room = length + 1 - fixedTokens - answerTokens;
        var order = draw.Next();
        cut = false;
        for (var attempt = 0; attempt < 4 && room >= PassageTokensMin; attempt++)
        {
            var used = encoder.Encode(passage).Count + 1;
            var own = passage;
            if (used > room)
            {
                var place = answer is null ? null : Spans.BestPlace(passage, answer, item.Question);
                if (ContextWindow.Around(passage, place, room, encoder, ref draw) is not { } window)
                    return null;
                own = window;
                used = encoder.Encode(own).Count + 1;
            }
            cut = own.Length < passage.Length;
            var context = Join(own, others, between, room - used, order, encoder);
            var ids = examples.Prompt(encoder, TaskPrompt.Turn(TaskPrompt.Question(context, item.Question)));
            var written = AnswerTokens.Of(answer, own, ids, encoder);
            var over = ids.Count + written.Count + 1 - (length + 1);
            if (over > 0)
            {
                room -= over + 2;
                continue;
            }
            List<(int, int)> answers = [examples.Answer(ids, written)];
            if (answer is not null)
                followUps.Add(index, own, context, ids, answers, length + 1, new Draw(order, 1), encoder);
            return new Example([.. ids], [.. answers], item.Source);
        }
        return null;
    }

    /// <summary>The passage among as many others as fit, in random order.</summary>
    private static string Join(
        string own,
        List<string> others,
        string between,
        int room,
        ulong order,
        CachedEncoder encoder
    )
    {
        List<string> all = [own];
        foreach (var other in others)
        {
            var used = encoder.Encode(other).Count + 2;
            if (used > room)
                continue;
            room -= used;
            all.Add(other);
        }
        var passages = all.ToArray();
        new Draw(order).Shuffle<string>(passages);
        return string.Join(between, passages);
    }
}
