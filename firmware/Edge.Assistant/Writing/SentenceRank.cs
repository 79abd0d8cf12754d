using Edge.Assistant.Text;

namespace Edge.Assistant.Writing;

/// <summary>
/// How well each sentence of a passage fits a question, by words alone: BM25 (k1 = 1.2, b = 0.75) over stems without stop
/// words, with the passage's sentences as the collection.
/// </summary>
public static class SentenceRank
{
    private const double K1 = 1.2;
    private const double B = 0.75;

    /// <summary>The sentences of each line, in order.</summary>
    public static List<Range> Sentences(string text)
    {
        var sentences = new List<Range>();
        for (var start = 0; start < text.Length; )
        {
            var length = text.AsSpan(start).IndexOf('\n');
            var end = length < 0 ? text.Length : start + length;
            foreach (var range in SentenceSplitter.Split(text[start..end]))
                sentences.Add((start + range.Start.Value)..(start + range.End.Value));
            start = end + 1;
        }
        return sentences;
    }

    /// <returns>(sentences): 0 or more.</returns>
    public static double[] Scores(IReadOnlyList<string> sentences, string question)
    {
        var scores = new double[sentences.Count];
        if (scores.Length == 0)
            return scores;
        var words = sentences.Select(Content).ToArray();
        var mean = Math.Max(1, words.Average(list => (double)list.Count));
        foreach (var term in Content(question).Distinct(StringComparer.Ordinal))
        {
            var counts = words.Select(list => list.Count(word => word == term)).ToArray();
            var holding = counts.Count(count => count > 0);
            var weight = Math.Log(1 + ((words.Length - holding + 0.5) / (holding + 0.5)));
            for (var i = 0; i < counts.Length; i++)
                scores[i] += weight * counts[i] * (K1 + 1) / (counts[i] + (K1 * (1 - B + (B * words[i].Count / mean))));
        }
        return scores;
    }

    private static List<string> Content(string text) =>
        [.. Words.Of(text).Where(word => !Words.IsStopWord(word)).Select(Words.Stem)];
}
