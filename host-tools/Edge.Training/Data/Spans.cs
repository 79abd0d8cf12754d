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
