using Edge.Assistant.Text;

namespace Edge.Assistant.Writing;

/// <summary>
/// The sentences of a text, and which of them stands best for all of it: by its place and length, the words that it
/// shares with the rest, and what a model thinks of it. The weights are those that did best on summarize/train; within a
/// factor of two they make little difference.
/// </summary>
internal sealed class SummarySentences
{
    /// <summary>Of a longer text the words of its beginning count, UTF-16 units.</summary>
    private const int WordsOfMax = 6000;

    private const double ModelWeight = 0.5;
    private const double FirstBonus = 1;
    private const double LaterPenalty = 0.25;

    private const int WordsMin = 4;
    private const int WordsMax = 30;
    private const double TooShortPenalty = 0.8;
    private const double TooLongPenalty = 0.08;

    private readonly List<string> sentences;
    private readonly string plain;

    public SummarySentences(string markdown)
    {
        plain = PlainText.Of(markdown);
        sentences = SentenceRank.Sentences(plain).ConvertAll(range => plain[range]);
    }

    /// <summary>Indices of the first sentences.</summary>
    public IReadOnlyList<int> First(int count) => [.. Enumerable.Range(0, Math.Min(count, sentences.Count))];

    /// <summary>Indices of those that fit a query best, in the order of the text.</summary>
    public IReadOnlyList<int> Fitting(string query, int count)
    {
        var scores = SentenceRank.Scores(sentences, query);
        return
        [
            .. Enumerable
                .Range(0, sentences.Count)
                .OrderByDescending(i => scores[i])
                .ThenBy(i => i)
                .Take(count)
                .Order(),
        ];
    }

    /// <param name="likelihood">Mean log probability of a token of a sentence, nats; null leaves the model out.</param>
    /// <returns>Null when there are no candidates.</returns>
    public string? Best(IReadOnlyList<int> candidates, Func<string, double>? likelihood)
    {
        if (candidates.Count == 0)
            return null;
        var shared = SentenceRank.Scores(sentences, plain.Length > WordsOfMax ? plain[..WordsOfMax] : plain);
        var most = Math.Max(1e-9, candidates.Max(i => shared[i]));
        var best = candidates.MaxBy(i =>
            Place(i) + (shared[i] / most) + (likelihood is null ? 0 : ModelWeight * likelihood(sentences[i]))
        );
        return sentences[best];
    }

    /// <inheritdoc cref="Best"/>
    public string? BestByPlace(IReadOnlyList<int> candidates) =>
        candidates.Count == 0 ? null : sentences[candidates.MaxBy(Place)];

    private double Place(int i)
    {
        var words = Words.Of(sentences[i]).Count();
        return (i == 0 ? FirstBonus : 0)
            - (LaterPenalty * Math.Log(1 + i))
            - (TooShortPenalty * Math.Max(0, WordsMin - words))
            - (TooLongPenalty * Math.Max(0, words - WordsMax));
    }
}
