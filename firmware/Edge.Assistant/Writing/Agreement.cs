using Edge.Assistant.Text;

namespace Edge.Assistant.Writing;

/// <summary>
/// Of several answers the one whose words agree best with all of them, each weighed by its probability: where many likely
/// answers differ by a word at the edge, the middle one is the safest.
/// </summary>
internal static class Agreement
{
    /// <summary>The likeliest so many are compared.</summary>
    private const int AnswersMax = 24;

    /// <param name="spans">At least one, the likeliest first.</param>
    public static GroundedSpan Best(IReadOnlyList<GroundedSpan> spans)
    {
        var words = spans.Take(AnswersMax).Select(span => Words.Of(span.Text).Select(Words.Fold).ToList()).ToList();
        var best = (Index: 0, Sum: -1.0);
        for (var i = 0; i < words.Count; i++)
        {
            var sum = 0.0;
            for (var j = 0; j < words.Count; j++)
                sum += Math.Exp(spans[j].Score - spans[0].Score) * F1(words[i], words[j]);
            if (sum > best.Sum)
                best = (i, sum);
        }
        return spans[best.Index];
    }

    private static double F1(List<string> a, List<string> b)
    {
        if (a.Count == 0 || b.Count == 0)
            return a.Count == b.Count ? 1 : 0;
        var left = new List<string>(b);
        return 2.0 * a.Count(left.Remove) / (a.Count + b.Count);
    }
}
