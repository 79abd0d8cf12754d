using Edge.Assistant.Writing;
using Edge.Training.Recipes;

namespace Edge.Training.Data;

/// <summary>
/// More questions on a passage that was just asked about, as further turns. Some are questions of other passages, which
/// this one does not answer, so that a refusal is learnt beside answers from the very same text.
/// </summary>
internal sealed class FollowUps
{
    private readonly IReadOnlyList<Asked> items;
    private readonly RecipeQuestions settings;
    private readonly ExampleEncoder examples;
    private readonly Dictionary<(string Family, string Passage), int[]> byPassage;
    private readonly Dictionary<string, int[]> specific;

    public FollowUps(IReadOnlyList<Asked> items, RecipeQuestions settings, ExampleEncoder examples)
    {
        (this.items, this.settings, this.examples) = (items, settings, examples);
        var asked = Enumerable.Range(0, items.Count).Where(i => MostOf(items[i]) > 0).ToArray();
        byPassage = asked
            .Where(i => items[i].Answer is not null)
            .GroupBy(i => (items[i].Family, items[i].Passage))
            .ToDictionary(group => group.Key, group => group.ToArray());
        specific = asked
            .Where(i => items[i].Answer is not null && !items[i].Generic)
            .GroupBy(i => items[i].Family, StringComparer.Ordinal)
            .ToDictionary(group => group.Key, group => group.ToArray(), StringComparer.Ordinal);
    }

    /// <summary>Adds turns while they fit.</summary>
    /// <param name="index">The question that was asked first.</param>
    /// <param name="own">What of its passage stands in the prompt.</param>
    /// <param name="context">All passages in the prompt.</param>
    /// <param name="ids">Tokens so far; no more than <paramref name="most"/> afterwards.</param>
    /// <param name="answers">Where the answers stand in them.</param>
    public void Add(
        int index,
        string own,
        string context,
        List<int> ids,
        List<(int Start, int End)> answers,
        int most,
        Draw draw,
        CachedEncoder encoder
    )
    {
        var first = items[index];
        var count = MostOf(first);
        if (count == 0 || !byPassage.TryGetValue((first.Family, first.Passage), out var same))
            return;
        var prompt = ids.ToList();
        var asked = new HashSet<string>(StringComparer.OrdinalIgnoreCase) { first.Question };
        foreach (var at in draw.Permutation(same.Length))
        {
            if (asked.Count > count)
                return;
            var next = items[same[at]];
            if (draw.NextDouble() < (settings.Unanswerable ?? 0.15))
                next =
                    Elsewhere(first, ref draw) is { } other && !Spans.Stands(context, other.Answer!)
                        ? other with
                        {
                            Answer = null,
                        }
                        : next;
            if (!asked.Add(next.Question) || (next.Answer is { } answer && !Spans.Stands(own, answer)))
                continue;
            var before = ids.Count;
            examples.NextTurn(encoder, TaskPrompt.Turn(TaskPrompt.FollowUp(next.Question)), ids);
            var place = examples.Answer(ids, AnswerTokens.Of(next.Answer, own, prompt, encoder));
            if (ids.Count > most)
            {
                ids.RemoveRange(before, ids.Count - before);
                return;
            }
            answers.Add(place);
        }
    }

    private int MostOf(Asked item) => settings.FollowUps?.GetValueOrDefault(item.Family) ?? 0;

    /// <summary>A question on another passage of the same source.</summary>
    private Asked? Elsewhere(Asked first, ref Draw draw)
    {
        if (!specific.TryGetValue(first.Family, out var all))
            return null;
        var other = items[all[draw.Below(all.Length)]];
        return other.Passage == first.Passage ? null : other;
    }
}
