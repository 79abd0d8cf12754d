namespace Edge.Assistant.Text;

/// <summary>
/// Where sentences end in plain text. Abbreviations, initials, decimals, file names and addresses do not end one; a
/// sentence longer than <see cref="SentenceCharsMax"/> is cut at a space.
/// </summary>
public static class SentenceSplitter
{
    public const int SentenceCharsMax = 600;

    /// <summary>"About 2.5 kg, e.g. a duck. Roast it." gives [0..27] and [28..36]. Ranges are trimmed and never empty.</summary>
    public static IReadOnlyList<Range> Split(string text)
    {
        var sentences = new List<Range>();
        var start = 0;
        var lastSpace = -1;
        for (var i = 0; i < text.Length; i++)
        {
            if (char.IsWhiteSpace(text[i]))
                lastSpace = i;
            var end = EndAfter(text, i);
            if (end < 0 && i - start >= SentenceCharsMax)
                end = lastSpace > start ? lastSpace : i;
            if (end < 0)
                continue;
            Add(text, start, end, sentences);
            start = end;
            i = Math.Max(i, end - 1);
        }
        Add(text, start, text.Length, sentences);
        return sentences;
    }

    private static void Add(string text, int start, int end, List<Range> sentences)
    {
        while (start < end && char.IsWhiteSpace(text[start]))
            start++;
        while (end > start && char.IsWhiteSpace(text[end - 1]))
            end--;
        if (end > start)
            sentences.Add(start..end);
    }

    /// <summary>The end of the sentence that the character at <paramref name="i"/> finishes, or -1.</summary>
    private static int EndAfter(string text, int i)
    {
        var c = text[i];
        if (c is '。' or '！' or '？' or '।' or '॥' or '؟')
            return i + 1;
        if (c is not ('.' or '!' or '?' or '…'))
            return -1;
        var end = i + 1;
        while (end < text.Length && text[end] is '.' or '!' or '?' or '"' or '\'' or ')' or ']' or '”' or '’')
            end++;
        if (end >= text.Length)
            return end;
        if (!char.IsWhiteSpace(text[end]))
            return -1;
        var next = end;
        while (next < text.Length && char.IsWhiteSpace(text[next]))
            next++;
        if (next >= text.Length)
            return end;
        if (char.IsLower(text[next]) && c is '.' or '…')
            return -1;
        return c == '.' && end == i + 1 && IsAbbreviation(text, i, text[next]) ? -1 : end;
    }

    /// <summary>Words that a full stop shortens, whatever follows.</summary>
    private static readonly HashSet<string> Abbreviations = new(StringComparer.OrdinalIgnoreCase)
    {
        "e.g",
        "i.e",
        "eg",
        "ie",
        "mr",
        "mrs",
        "ms",
        "dr",
        "prof",
        "sr",
        "jr",
        "st",
        "vs",
        "cf",
        "approx",
        "ca",
        "fig",
        "no",
        "nos",
        "vol",
        "ed",
        "eds",
        "al",
        "dept",
        "est",
        "inc",
        "ltd",
        "co",
        "corp",
        "rev",
        "gen",
        "col",
        "jan",
        "feb",
        "mar",
        "apr",
        "jun",
        "jul",
        "aug",
        "sep",
        "sept",
        "oct",
        "nov",
        "dec",
        "tsp",
        "tbsp",
        "tbs",
        "oz",
        "lb",
        "lbs",
        "pkg",
        "qt",
        "pt",
        "temp",
        "incl",
        "resp",
        "ver",
        "op",
        "pp",
        "p",
        "ch",
        "sec",
    };

    /// <summary>Of these a sentence may well end: only a digit after them says that it goes on.</summary>
    private static readonly HashSet<string> Ambiguous = new(StringComparer.OrdinalIgnoreCase)
    {
        "no",
        "co",
        "inc",
        "ltd",
        "corp",
        "ed",
        "al",
        "mar",
        "st",
        "p",
        "ca",
        "sec",
        "temp",
        "oz",
        "lb",
        "lbs",
        "qt",
        "pt",
    };

    private static bool IsAbbreviation(string text, int dot, char next)
    {
        var start = dot;
        while (start > 0 && (char.IsLetter(text[start - 1]) || text[start - 1] == '.'))
            start--;
        var word = text[start..dot].TrimStart('.');
        if (word.Length == 0)
            return IsListNumber(text, dot);
        if (word.Length == 1 && char.IsUpper(word[0]))
            return word[0] != 'I' && char.IsUpper(next);
        if (!Abbreviations.Contains(word))
            return false;
        return !Ambiguous.Contains(word) || char.IsDigit(next) || (word is "St" or "Co" && char.IsUpper(next));
    }

    /// <summary>"1. Heat the oven": the number at the very start of a text or line is no sentence.</summary>
    private static bool IsListNumber(string text, int dot)
    {
        var start = dot;
        while (start > 0 && char.IsAsciiDigit(text[start - 1]))
            start--;
        return start < dot && dot - start <= 3 && (start == 0 || text[start - 1] == '\n');
    }
}
