using Edge.Assistant.Text;
using Edge.Assistant.Writing;

namespace Edge.Training.Data;

/// <summary>Headlines and summaries as examples. A text that is too long keeps its beginning.</summary>
internal sealed class SummaryTasks : TaskSource
{
    private readonly SummaryItem[] items;
    private readonly ExampleEncoder examples;
    private readonly int length;

    private SummaryTasks(
        SummaryItem[] items,
        IReadOnlyDictionary<string, double>? times,
        ExampleEncoder examples,
        int length,
        ulong seed
    )
        : base([.. items.Select(item => item.Source)], times, seed)
    {
        (this.items, this.examples, this.length) = (items, examples, length);
        foreach (var item in items)
            Counts.TryAdd(item.Source, new TaskCounts());
    }

    /// <param name="read">Items without text or summary are left out.</param>
    public static SummaryTasks Of(
        IEnumerable<SummaryItem> read,
        IReadOnlyDictionary<string, double>? times,
        ExampleEncoder examples,
        int length,
        ulong seed
    )
    {
        var items = read.Select(Clean).Where(item => item.Summary.Length > 0 && item.Text.Length > 0);
        return new SummaryTasks([.. items], times, examples, length, seed);
    }

    private static SummaryItem Clean(SummaryItem item) =>
        item with
        {
            Text = Hidden.Remove(item.Text).Trim(),
            Summary = item.Summary.ReplaceLineEndings(" ").Trim(),
        };

    protected override Example? Make(int index, Draw draw, CachedEncoder encoder)
    {
        var item = items[index];
        var counts = Counts[item.Source];
        // With the space that a word in the middle of a text carries: so the text's own words are the same tokens.
        var answer = encoder.Encode(" " + item.Summary);
        answer.Add(examples.EndOfTurn);
        var fixedTokens = examples.Prompt(encoder, TaskPrompt.Turn(Prompt(item, ""))).Count + answer.Count;
        // A third of the row at least is for the text.
        var room = length + 1 - fixedTokens;
        for (var attempt = 0; attempt < 4 && room >= Math.Min(length / 3, 64); attempt++)
        {
            if (ContextWindow.Beginning(item.Text, room, encoder) is not { } text)
                break;
            var ids = examples.Prompt(encoder, TaskPrompt.Turn(Prompt(item, text)));
            var over = ids.Count + answer.Count - (length + 1);
            if (over > 0)
            {
                room -= over + 2;
                continue;
            }
            var start = ids.Count;
            ids.AddRange(answer);
            counts.CountMade(ids.Count - 1, text.Length < item.Text.Length, refusal: false);
            return new Example([.. ids], start, item.Source);
        }
        counts.CountDropped();
        return null;
    }

    private static string Prompt(SummaryItem item, string text) =>
        item.Kind == "title" ? TaskPrompt.Headline(text)
        : item.Query is { Length: > 0 } query ? TaskPrompt.Summary(text, query)
        : TaskPrompt.Summary(text);
}
