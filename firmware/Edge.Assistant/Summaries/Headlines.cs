using Edge.Assistant.Text;
using Edge.Notes;

namespace Edge.Assistant.Summaries;

/// <summary>One line that says what a note is about.</summary>
internal static class Headlines
{
    public const int CharsMax = 80;

    private static readonly System.Buffers.SearchValues<char> ClauseEnds = System.Buffers.SearchValues.Create(",;:–—(");

    /// <summary>The title when it says something, otherwise the best sentence shortened, otherwise the file's name.</summary>
    public static string Of(Note note, string? bestSentence)
    {
        var title = PlainText.Of(note.Title).Trim();
        if (SaysSomething(title) || (bestSentence is null && title.Length > 0))
            return Shorten(title, CharsMax);
        return bestSentence is null ? note.Path : Shorten(bestSentence, CharsMax);
    }

    /// <summary>Cuts at the end of a clause, otherwise between words, with "…" where words were cut off.</summary>
    public static string Shorten(string text, int charsMax)
    {
        if (text.Length <= charsMax)
            return text.TrimEnd('.', ' ');
        var clause = LastClauseEnd(text, charsMax);
        if (clause >= charsMax / 2)
            return text[..clause].TrimEnd(' ', ',', ';', ':', '(');
        var space = text.LastIndexOf(' ', charsMax - 2);
        var end = space > charsMax / 3 ? space : charsMax - 1;
        if (char.IsHighSurrogate(text[end - 1]))
            end--;
        return text[..end].TrimEnd(' ', ',', '.') + "…";
    }

    /// <summary>-1 when there is none; a mark inside a number (2,000 or 10:30) is none.</summary>
    private static int LastClauseEnd(string text, int before)
    {
        var end = text.AsSpan(0, before).LastIndexOfAny(ClauseEnds);
        while (end > 0 && char.IsDigit(text[end - 1]) && char.IsDigit(text[end + 1]))
            end = text.AsSpan(0, end).LastIndexOfAny(ClauseEnds);
        return end;
    }

    private static bool SaysSomething(string title)
    {
        if (title.Length < 3 || title.Count(char.IsLetter) < 3)
            return false;
        if (Empty.Contains(title))
            return false;
        var words = Words.Of(title).Where(word => !Months.Contains(word) && !word.All(char.IsDigit));
        return words.Any(word => word.Any(char.IsLetter));
    }

    private static readonly HashSet<string> Empty = new(StringComparer.OrdinalIgnoreCase)
    {
        "untitled",
        "note",
        "notes",
        "new note",
        "meeting",
        "meeting notes",
        "minutes",
        "readme",
        "index",
        "journal",
        "todo",
        "to do",
        "draft",
        "scratch",
        "log",
        "daily note",
        "misc",
        "text",
        "document",
        "inbox",
    };

    private static readonly HashSet<string> Months = new(StringComparer.OrdinalIgnoreCase)
    {
        "january",
        "february",
        "march",
        "april",
        "may",
        "june",
        "july",
        "august",
        "september",
        "october",
        "november",
        "december",
        "monday",
        "tuesday",
        "wednesday",
        "thursday",
        "friday",
        "saturday",
        "sunday",
        "jan",
        "feb",
        "mar",
        "apr",
        "jun",
        "jul",
        "aug",
        "sep",
        "oct",
        "nov",
        "dec",
        "th",
        "st",
        "nd",
        "rd",
    };
}
