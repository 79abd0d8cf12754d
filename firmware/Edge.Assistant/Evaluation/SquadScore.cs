using System.Text;
using System.Text.RegularExpressions;

namespace Edge.Assistant.Evaluation;

/// <summary>
/// Compares a prediction with the right answers as SQuAD 2.0's evaluation does: lower case, ASCII punctuation and the
/// articles a, an, the taken out, white space as one space; the best of all answers counts. Where there is no answer, a
/// refusal is right and everything else wrong.
/// </summary>
public static partial class SquadScore
{
    private const string Punctuation = "!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~";

    /// <returns>Each 0 to 1; exact is 0 or 1.</returns>
    public static (double Exact, double F1) Of(string prediction, bool refused, IReadOnlyList<string> answers)
    {
        if (answers.Count == 0)
            return refused ? (1, 1) : (0, 0);
        if (refused)
            return (0, 0);
        var said = Normalise(prediction);
        double exact = 0;
        double f1 = 0;
        foreach (var answer in answers)
        {
            var gold = Normalise(answer);
            exact = Math.Max(exact, said == gold ? 1 : 0);
            f1 = Math.Max(f1, F1(said, gold));
        }
        return (exact, f1);
    }

    /// <summary>"The Eiffel-Tower, in Paris!" gives "eiffeltower in paris".</summary>
    public static string Normalise(string text)
    {
        var kept = new StringBuilder(text.Length);
        foreach (var c in text.ToLowerInvariant())
        {
            if (!Punctuation.Contains(c))
                kept.Append(c);
        }
        return string.Join(' ', Split(Articles().Replace(kept.ToString(), " ")));
    }

    /// <summary>Token F1 of two normalised texts; where one is empty, whether both are.</summary>
    private static double F1(string said, string gold)
    {
        var (a, b) = (Split(said), Split(gold));
        if (a.Length == 0 || b.Length == 0)
            return a.Length == b.Length ? 1 : 0;
        var left = b.CountBy(word => word, StringComparer.Ordinal).ToDictionary(StringComparer.Ordinal);
        var common = 0;
        foreach (var word in a)
        {
            if (!left.TryGetValue(word, out var count) || count == 0)
                continue;
            left[word] = count - 1;
            common++;
        }
        return 2.0 * common / (a.Length + b.Length);
    }

    private static string[] Split(string text) => text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);

    [GeneratedRegex(@"\b(a|an|the)\b")]
    private static partial Regex Articles();
}
