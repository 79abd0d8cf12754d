using Edge.Assistant.Text;

namespace Edge.Assistant.Writing;

/// <summary>
/// What a question's words alone say about a passage. A small model is unsure where to look; most answers stand in or right
/// behind the sentence that shares most with the question, and a passage that has few of its words seldom answers it.
/// </summary>
internal sealed class LexicalSupport
{
    /// <summary>What a sentence counts for the next one, where "he" and "it" go on about the same thing.</summary>
    private const double CarriedOver = 0.5;

    private readonly List<Range> sentences;
    private readonly double[] shares;

    public LexicalSupport(string passage, string question)
    {
        sentences = SentenceRank.Sentences(passage);
        var scores = SentenceRank.Scores(sentences.ConvertAll(range => passage[range]), question);
        shares = [.. scores.Select((score, i) => score + (i > 0 ? CarriedOver * scores[i - 1] : 0))];
        var most = shares.DefaultIfEmpty(0).Max();
        if (most > 0)
            shares = [.. shares.Select(share => share / most)];
        else
            Array.Fill(shares, 1);
        Coverage = CoverageOf(passage, question);
    }

    /// <summary>0 to 1: the share of the question's content words, by their stems, that stand in the passage. Longer words
    /// count more: they are rarer. 1 when it has none.</summary>
    public double Coverage { get; }

    /// <param name="start">Of an answer, UTF-16 units.</param>
    /// <returns>0 to 1: how well its sentence fits the question, the best fitting one being 1.</returns>
    public double At(int start)
    {
        var at = sentences.FindIndex(range => start < range.End.Value);
        return at < 0 ? 0 : shares[at];
    }

    private static double CoverageOf(string passage, string question)
    {
        var known = Words.Stems(passage).ToHashSet(StringComparer.Ordinal);
        var (all, found) = (0.0, 0.0);
        foreach (var word in Words.Of(question).Where(word => !Words.IsStopWord(word)).Distinct())
        {
            var weight = Math.Sqrt(word.Length);
            all += weight;
            found += known.Contains(Words.Stem(word)) ? weight : 0;
        }
        return all > 0 ? found / all : 1;
    }
}
