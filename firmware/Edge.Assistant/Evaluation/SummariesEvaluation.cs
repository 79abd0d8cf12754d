using Edge.Assistant.Text;
using Edge.Assistant.Writing;

namespace Edge.Assistant.Evaluation;

/// <summary>One text with what became of it.</summary>
/// <param name="Prediction">What is shown.</param>
/// <param name="Fallback">Nothing of what the model wrote was kept: a sentence of the text is shown.</param>
public sealed record EvaluatedSummary(
    SummaryItem Item,
    string Prediction,
    string Raw,
    bool Fallback,
    RougeScores Rouge,
    RougeScores RawRouge,
    bool Invented,
    bool RawInvented
);

/// <summary>Means over the items, 0 to 1.</summary>
/// <param name="InventedRate">Share with a name, number or date that the text does not have.</param>
public sealed record SummaryScores(double Rouge1, double Rouge2, double RougeL, double InventedRate, int Count);

/// <param name="Model">What is shown: grounded, or a sentence of the text where nothing is left; null without a model.</param>
/// <param name="Raw">What the model wrote, before grounding.</param>
/// <param name="FallbackRate">Share where nothing was left.</param>
public sealed record SummarySourceReport(
    string Source,
    SummaryScores? Model,
    SummaryScores? Raw,
    double FallbackRate,
    SummaryScores Lead
);

/// <param name="SourcesBeaten">Sources where the model's ROUGE-L is above the lead sentence's.</param>
public sealed record SummariesReport(
    SummarySourceReport Total,
    IReadOnlyList<SummarySourceReport> Sources,
    int SourcesBeaten,
    IReadOnlyList<EvaluatedSummary> Items
);

/// <summary>Summarises a file of texts and compares with what people wrote, beside the lead sentence.</summary>
public static class SummariesEvaluation
{
    /// <param name="workers">What writes, one for each thread; none scores the lead sentence alone.</param>
    /// <param name="onDone">Gets how many texts are done.</param>
    public static SummariesReport Run(
        IReadOnlyList<SummaryItem> items,
        IReadOnlyList<Func<SummaryItem, WrittenSummary>> workers,
        Action<int>? onDone = null,
        CancellationToken cancellation = default
    )
    {
        var lead = items.Select(item => Judge(item, new(Baselines.Lead(item.Text), null, true))).ToList();
        var written =
            workers.Count == 0
                ? []
                : ParallelItems
                    .Run(items, workers, onDone, cancellation)
                    .Zip(items, (prediction, item) => Judge(item, prediction))
                    .ToList();
        var names = items.Select(item => item.Source).Distinct().Order(StringComparer.Ordinal);
        List<SummarySourceReport> sources = [.. names.Select(name => Report(name, item => item.Item.Source == name))];
        return new SummariesReport(
            Report("all", _ => true),
            sources,
            sources.Count(source => source.Model?.RougeL > source.Lead.RougeL),
            written
        );

        SummarySourceReport Report(string name, Func<EvaluatedSummary, bool> belongs)
        {
            List<EvaluatedSummary> mine = [.. written.Where(belongs)];
            return new SummarySourceReport(
                name,
                mine.Count > 0 ? Score(mine, item => item.Rouge, item => item.Invented) : null,
                mine.Count > 0 ? Score(mine, item => item.RawRouge, item => item.RawInvented) : null,
                mine.Count > 0 ? mine.Average(item => item.Fallback ? 1 : 0) : 0,
                Score([.. lead.Where(belongs)], item => item.RawRouge, item => item.RawInvented)
            );
        }
    }

    /// <summary>Whether the text has a number, or a capitalised word that is no stop word, that the source does not have
    /// (words are compared by their stems; markdown also as it is read aloud). Stricter than names alone: the first word of a
    /// sentence counts, too.</summary>
    public static bool Invents(string text, string source)
    {
        var known = Words.Stems(source).Concat(Words.Stems(PlainText.Of(source))).ToHashSet(StringComparer.Ordinal);
        return Words
            .Of(text)
            .Any(word =>
                (word.Any(char.IsDigit) || (char.IsUpper(word[0]) && !Words.IsStopWord(word)))
                && !known.Contains(Words.Stem(word))
            );
    }

    private static EvaluatedSummary Judge(SummaryItem item, WrittenSummary said)
    {
        var shown = said.Text ?? Baselines.Lead(item.Text);
        return new EvaluatedSummary(
            item,
            shown,
            said.Raw,
            said.Quoted,
            Rouge.Of(shown, item.Summary),
            Rouge.Of(said.Raw, item.Summary),
            Invents(shown, item.Text),
            Invents(said.Raw, item.Text)
        );
    }

    private static SummaryScores Score(
        List<EvaluatedSummary> items,
        Func<EvaluatedSummary, RougeScores> rouge,
        Func<EvaluatedSummary, bool> invented
    ) =>
        new(
            items.Average(item => rouge(item).One),
            items.Average(item => rouge(item).Two),
            items.Average(item => rouge(item).L),
            items.Average(item => invented(item) ? 1 : 0),
            items.Count
        );
}
