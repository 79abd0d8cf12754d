using Edge.Assistant.Summaries;
using Edge.Assistant.Text;
using Edge.Inference;

namespace Edge.Assistant.Writing;

/// <param name="Raw">As the model wrote it.</param>
/// <param name="Text">What of it stands in the text, where the model was sure of it; otherwise the sentence of the text
/// that does best, of a headline its beginning. Null when the text has none.</param>
/// <param name="Quoted">Text is such a sentence.</param>
public sealed record WrittenSummary(string Raw, string? Text, bool Quoted);

/// <summary>
/// Summaries and titles that say nothing a text does not say. What a model writes freely is kept where it was sure, does
/// not go in circles and stands in the text; a small model seldom is, and then the text speaks for itself. One text at
/// a time.
/// </summary>
public sealed class SummaryWriter(ILanguageModel model)
{
    /// <summary>Least mean log probability of a token, nats, of what a model is sure of: on summarize/train, what is below
    /// is worse than the text's first sentence.</summary>
    private const double SureMin = -0.5;

    /// <summary>Sentences that are compared: the first ones of a text mostly say what it is about.</summary>
    private const int SentencesMax = 16;

    /// <summary>With a query: those that fit it best.</summary>
    private const int FittingMax = 20;

    private readonly PlainWriter writer = new(model);
    private readonly TaskPrompts prompts = new(model);
    private readonly SentenceScorer scorer = new(model);

    /// <param name="query">What the summary is to be about; null for all of the text.</param>
    public WrittenSummary Summarize(string text, string? query, CancellationToken cancellation)
    {
        var raw = writer.Summarize(text, query, cancellation);
        if (Kept(raw, text, cancellation) is { } kept)
            return new WrittenSummary(raw.Text, kept, false);
        var prompt = prompts.ForSummary(text, query, SentenceScorer.TokensMax + 1)?.Tokens;
        var sentences = new SummarySentences(text);
        var candidates = query is null ? sentences.First(SentencesMax) : sentences.Fitting(query, FittingMax);
        var best = sentences.Best(
            candidates,
            prompt is null ? null : sentence => scorer.Score(prompt, sentence, cancellation)
        );
        return new WrittenSummary(raw.Text, best, true);
    }

    public WrittenSummary Headline(string text, CancellationToken cancellation)
    {
        var raw = writer.Headline(text, cancellation);
        if (Kept(raw, text, cancellation) is { } kept)
            return new WrittenSummary(raw.Text, kept, false);
        var sentences = new SummarySentences(text);
        // What a headline would be worth to the model tells nothing: sentences are no headlines.
        var best = sentences.BestByPlace(sentences.First(SentencesMax));
        return new WrittenSummary(raw.Text, best is null ? null : Headlines.Shorten(best, Headlines.CharsMax), true);
    }

    private string? Kept(WrittenFreely written, string source, CancellationToken cancellation) =>
        written.Tokens.Count > 0
        && !GoesInCircles(written.Text)
        && Grounding.Keep(written.Text, source) is { } kept
        && scorer.Score(written.Prompt, [.. written.Tokens], cancellation) >= SureMin
            ? kept
            : null;

    /// <summary>Three words come again in the same order.</summary>
    private static bool GoesInCircles(string text)
    {
        var words = Words.Of(text).Select(word => word.ToLowerInvariant()).ToList();
        var seen = new HashSet<(string, string, string)>();
        for (var i = 2; i < words.Count; i++)
        {
            if (!seen.Add((words[i - 2], words[i - 1], words[i])))
                return true;
        }
        return false;
    }
}
