using System.Text;

namespace Edge.Assistant.Evaluation;

/// <param name="One">F-measure of shared words, 0 to 1.</param>
/// <param name="Two">Of shared pairs of neighbours.</param>
/// <param name="L">Of the longest common subsequence.</param>
public readonly record struct RougeScores(double One, double Two, double L);

/// <summary>
/// ROUGE-1, -2 and -L (Lin 2004) as the "rouge" packages in common use compute them with their stemmer: lower case, runs
/// of a-z and 0-9, words longer than three letters stemmed after Porter; L over the whole text as one sequence; no stop
/// words taken out. An empty side scores 0.
/// </summary>
public static class Rouge
{
    public static RougeScores Of(string prediction, string reference)
    {
        var (a, b) = (Tokens(prediction), Tokens(reference));
        return new RougeScores(
            F(Shared(a, b), a.Length, b.Length),
            F(Shared(Pairs(a), Pairs(b)), a.Length - 1, b.Length - 1),
            F(CommonSubsequence(a, b), a.Length, b.Length)
        );
    }

    /// <summary>"The cats' dinners, 2.5 kg" gives the, cat, dinner, 2, 5, kg.</summary>
    internal static string[] Tokens(string text)
    {
        var tokens = new List<string>();
        var word = new StringBuilder();
        foreach (var c in text.ToLowerInvariant().Append(' '))
        {
            if (char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c))
            {
                word.Append(c);
                continue;
            }
            if (word.Length > 0)
                tokens.Add(word.Length > 3 ? PorterStemmer.Stem(word.ToString()) : word.ToString());
            word.Clear();
        }
        return [.. tokens];
    }

    private static string[] Pairs(string[] tokens) =>
        [.. Enumerable.Range(1, Math.Max(0, tokens.Length - 1)).Select(i => tokens[i - 1] + " " + tokens[i])];

    private static int Shared(string[] a, string[] b)
    {
        var left = b.CountBy(x => x, StringComparer.Ordinal).ToDictionary(StringComparer.Ordinal);
        var shared = 0;
        foreach (var x in a)
        {
            if (!left.TryGetValue(x, out var count) || count == 0)
                continue;
            left[x] = count - 1;
            shared++;
        }
        return shared;
    }

    private static int CommonSubsequence(string[] a, string[] b)
    {
        var row = new int[b.Length + 1];
        foreach (var x in a)
        {
            var diagonal = 0;
            for (var j = 1; j <= b.Length; j++)
            {
                var above = row[j];
                row[j] = x == b[j - 1] ? diagonal + 1 : Math.Max(above, row[j - 1]);
                diagonal = above;
            }
        }
        return row[b.Length];
    }

    /// <summary>2PR / (P + R) with P = shared / predicted and R = shared / wanted.</summary>
    private static double F(int shared, int predicted, int wanted) =>
        shared == 0 ? 0 : 2.0 * shared / (predicted + wanted);
}
