using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Edge.Training.Data;

/// <summary>Finds answers in passages.</summary>
internal static class Spans
{
    /// <summary>The first of the answers that stands in the passage as whole words, in the passage's spelling; exact case
    /// first, then any case, then without the mark at the answer's end. Null when none does.</summary>
    public static string? FirstThatStands(IReadOnlyList<string> answers, string passage)
    {
        foreach (var comparison in (StringComparison[])[StringComparison.Ordinal, StringComparison.OrdinalIgnoreCase])
        {
            foreach (var answer in answers)
            {
                if (Find(passage, answer.Trim(), comparison) is { } at)
                    return passage[at];
            }
        }
        foreach (var answer in answers)
        {
            if (
                Find(passage, answer.Trim().TrimEnd('.', '!', '?', ',', ';'), StringComparison.OrdinalIgnoreCase) is
                { } at
            )
                return passage[at];
        }
        return null;
    }

    /// <summary>The run of the passage's words whose F1 against one of the answers is highest, when it is at least
    /// <paramref name="least"/>; the shortest, then the first among equals. F1 is the harmonic mean of the shares of words
    /// that one has in common with the other, articles left out (Rajpurkar et al., 2016, "SQuAD").</summary>
    public static string? Nearest(IReadOnlyList<string> answers, string passage, double least)
    {
        var words = WordsOf(passage);
        (double F1, int Length, int From, int To) best = (least, int.MaxValue, 0, 0);
        foreach (var answer in answers)
        {
            var wanted = WordsOf(answer).CountBy(word => word.Text).ToDictionary();
            var total = wanted.Values.Sum();
            for (var from = 0; from < words.Count; from++)
            {
                if (!wanted.ContainsKey(words[from].Text))
                    continue;
                var left = new Dictionary<string, int>(wanted, StringComparer.Ordinal);
                var common = 0;
                for (var to = from; to < Math.Min(words.Count, from + (2 * total)); to++)
                {
                    ref var more = ref CollectionsMarshal.GetValueRefOrNullRef(left, words[to].Text);
                    if (Unsafe.IsNullRef(ref more) || more-- <= 0)
                        continue;
                    common++;
                    var length = to - from + 1;
                    var f1 = 2.0 * common / (length + total);
                    if (f1 > best.F1 || (f1 == best.F1 && length < best.Length))
                        best = (f1, length, words[from].Start, words[to].End);
                }
            }
        }
        return best.To > 0 ? passage[best.From..best.To] : null;
    }

    private static List<(string Text, int Start, int End)> WordsOf(string text)
    {
        var words = new List<(string, int, int)>();
        for (var at = 0; at < text.Length; at++)
        {
            var start = at;
            while (at < text.Length && (char.IsLetterOrDigit(text[at]) || (at > start && text[at] == '\'')))
                at++;
            if (at > start && text[start..at].ToLowerInvariant() is not ("a" or "an" or "the") and var word)
                words.Add((word, start, at));
        }
        return words;
    }

    /// <summary>Whether the answer stands in the passage as whole words, in any case.</summary>
    public static bool Stands(string passage, string answer) =>
        Find(passage, answer, StringComparison.OrdinalIgnoreCase) is not null;

    /// <summary>The place that stands nearest to words of the question; the first among equals.</summary>
    public static Range? BestPlace(string passage, string answer, string question)
    {
        var words = question
            .Split([' ', '?', ',', '.', '"', '\''], StringSplitOptions.RemoveEmptyEntries)
            .Where(word => word.Length > 3)
            .ToArray();
        Range? best = null;
        var most = -1;
        var from = 0;
        for (var i = 0; i < 20 && Find(passage, answer, StringComparison.Ordinal, from) is { } place; i++)
        {
            var (start, end) = (place.Start.Value, place.End.Value);
            var near = passage.AsSpan(
                Math.Max(0, start - 160),
                Math.Min(passage.Length, end + 160) - Math.Max(0, start - 160)
            );
            var score = 0;
            foreach (var word in words)
                score += near.Contains(word, StringComparison.OrdinalIgnoreCase) ? 1 : 0;
            if (score > most)
                (most, best) = (score, place);
            from = end;
        }
        return best;
    }

    private static Range? Find(string passage, string answer, StringComparison comparison, int from = 0)
    {
        if (answer.Length == 0)
            return null;
        for (var at = from; (at = passage.IndexOf(answer, at, comparison)) >= 0; at++)
        {
            var end = at + answer.Length;
            if (Separate(passage, at) && Separate(passage, end))
                return at..end;
        }
        return null;
    }

    /// <summary>Whether no word goes on over this place.</summary>
    private static bool Separate(string text, int at) =>
        at == 0 || at == text.Length || !char.IsLetterOrDigit(text[at - 1]) || !char.IsLetterOrDigit(text[at]);
}
