using Edge.Assistant.Text;
using Edge.Inference;

namespace Edge.Assistant.Writing;

/// <param name="Raw">As the model wrote it.</param>
/// <param name="Text">What of it stands in the text; where nothing does, the sentence of the text that the model finds
/// likeliest. Null when the text has none.</param>
/// <param name="Quoted">Text is such a sentence.</param>
public sealed record WrittenSummary(string Raw, string? Text, bool Quoted);

/// <summary>
/// Summaries and titles that say nothing a text does not say. What a model writes freely is held against the text; what
/// does not hold gives way to the text's own words. One text at a time.
/// </summary>
public sealed class SummaryWriter(ILanguageModel model)
{
    /// <summary>Sentences that are compared: the first ones of a text mostly say what it is about.</summary>
    private const int SentencesMax = 12;

    private readonly PlainWriter writer = new(model);
    private readonly TaskPrompts prompts = new(model);
    private readonly SentenceChooser chooser = new(model);

    /// <param name="query">What the summary is to be about; null for all of the text.</param>
    public WrittenSummary Summarize(string text, string? query, CancellationToken cancellation) =>
        Check(
            text,
            query,
            writer.Summarize(text, query, cancellation),
            () => prompts.ForSummary(text, query, SentenceChooser.TokensMax + 1),
            cancellation
        );

    public WrittenSummary Headline(string text, CancellationToken cancellation) =>
        Check(
            text,
            null,
            writer.Headline(text, cancellation),
            () => prompts.ForHeadline(text, SentenceChooser.TokensMax + 1),
            cancellation
        );

    private WrittenSummary Check(
        string text,
        string? query,
        string raw,
        Func<PassagePrompt?> prompt,
        CancellationToken cancellation
    )
    {
        if (Grounding.Keep(raw, text) is { } kept)
            return new WrittenSummary(raw, kept, false);
        var sentences = Candidates(Hidden.Remove(text), query);
        if (sentences.Count == 0)
            return new WrittenSummary(raw, null, true);
        var best = prompt() is { } asked ? chooser.Best(asked.Tokens, sentences, cancellation) : 0;
        return new WrittenSummary(raw, sentences[best], true);
    }

    /// <summary>The first sentences; with a query those that fit it best.</summary>
    private static List<string> Candidates(string text, string? query)
    {
        var plain = PlainText.Of(text);
        var sentences = SentenceRank.Sentences(plain).ConvertAll(range => plain[range]);
        if (query is null)
            return [.. sentences.Take(SentencesMax)];
        var scores = SentenceRank.Scores(sentences, query);
        return
        [
            .. Enumerable
                .Range(0, sentences.Count)
                .OrderByDescending(i => scores[i])
                .ThenBy(i => i)
                .Take(SentencesMax)
                .Order()
                .Select(i => sentences[i]),
        ];
    }
}
