using System.Text.RegularExpressions;
using Edge.Assistant.Text;
using Edge.Notes;

namespace Edge.Assistant.Planning;

/// <summary>
/// The to-dos of a note: list items with a box ("- [ ]", "- [x]", "1. [/]"), and lines that begin with the word for it,
/// or for what is done, in capitals; not in code or comments. A due date follows "due", "by", "until", "before",
/// "deadline" or a calendar sign, a date of completion "done", "completed" or a check mark.
/// </summary>
internal static partial class ToDoReader
{
    /// <summary>Whether a file may hold one, from its bytes: most notes are not parsed.</summary>
    public static bool MayHold(ReadOnlySpan<byte> content)
    {
        foreach (var mark in Marks)
        {
            if (content.IndexOf(mark) >= 0)
                return true;
        }
        return false;
    }

    private static readonly byte[][] Marks =
    [
        [.. "[ ]"u8],
        [.. "[x]"u8],
        [.. "[X]"u8],
        [.. "[/]"u8],
        [.. "[-]"u8],
        [.. "TODO"u8],
        [.. "DONE"u8],
    ];

    /// <param name="today">A date without its year in an undated note is the one nearest to today.</param>
    public static List<ToDo> Read(Note note, DateOnly today)
    {
        var found = new List<ToDo>();
        string? fence = null;
        var lines = Visible(note.Lines);
        for (var i = note.BodyFirstLine - 1; i < lines.Count; i++)
        {
            if (fence is not null)
            {
                if (
                    lines[i].Trim() is var end
                    && end.StartsWith(fence, StringComparison.Ordinal)
                    && end == MarkdownLine.FenceOf(end)
                )
                    fence = null;
                continue;
            }
            fence = MarkdownLine.FenceOf(lines[i]);
            if (fence is null && Read(note, i, lines[i], today) is { } toDo)
                found.Add(toDo);
        }
        return found;
    }

    /// <summary>What stands in a comment is nobody's to-do; lines keep their numbers.</summary>
    private static IReadOnlyList<string> Visible(IReadOnlyList<string> lines) =>
        lines.Any(line => line.Contains("<!--", StringComparison.Ordinal))
            ? Hidden.Remove(string.Join('\n', lines)).Split('\n')
            : lines;

    [GeneratedRegex(@"^[\s>]*(?:[-*+•]|\d{1,4}[.)])\s+\[(?<box>[ xX/\-])\]\s+(?<text>\S.*)$")]
    private static partial Regex Box();

    [GeneratedRegex(@"^\s*(?:[-*+•]\s+(?<word>TODO|DONE)(?::\s*|\s+)|(?<word>TODO|DONE):\s*)(?<text>\S.*)$")]
    private static partial Regex Marker();

    private static ToDo? Read(Note note, int index, string line, DateOnly today)
    {
        if (
            !line.Contains('[')
            && !line.Contains("TODO", StringComparison.Ordinal)
            && !line.Contains("DONE", StringComparison.Ordinal)
        )
            return null;
        var match = Box().Match(line);
        if (!match.Success)
            match = Marker().Match(line);
        if (!match.Success)
            return null;
        var state = match.Groups["box"].Value switch
        {
            "x" or "X" => ToDoState.Done,
            "-" => ToDoState.Dropped,
            "" when match.Groups["word"].Value == "DONE" => ToDoState.Done,
            _ => ToDoState.Open,
        };
        var text = match.Groups["text"].Value;
        return new ToDo(
            note.Path,
            note.Date,
            index + 1,
            state,
            PlainText.Of(text).Trim(),
            note.Lines[index],
            After(DueMark(), text, note.Date, today, Lean.Future),
            state == ToDoState.Done ? After(DoneMark(), text, note.Date, today, Lean.Past) : null
        );
    }

    [GeneratedRegex(@"(?:📅|🗓️?|@due|\[due::|\b(?:due|deadline|by|until|before)\b)[\s:(]*", RegexOptions.IgnoreCase)]
    private static partial Regex DueMark();

    [GeneratedRegex(
        @"(?:✅|@done|@completed|\[(?:done|completion|completed)::|\b(?:done|completed|finished)\b)[\s:(]*",
        RegexOptions.IgnoreCase
    )]
    private static partial Regex DoneMark();

    /// <summary>The last day of the first date that follows a mark. Dates without a year count from the note's day;
    /// "tomorrow" in a note without one is no day at all.</summary>
    private static DateOnly? After(Regex mark, string text, DateOnly? written, DateOnly today, Lean lean)
    {
        foreach (Match match in mark.Matches(text))
        {
            var words = PlanWord.Read(text[(match.Index + match.Length)..]);
            var at = words.Count > 0 && words[0].Text is "on" or "by" or "date" or "the" or "before" ? 1 : 0;
            var start = at == 1 && words[0].Text == "the" ? 0 : at;
            if (new MomentReader(words, written ?? today).Read(start, out _) is not { } moment)
                continue;
            if (moment is { HasYear: false } && written is null && moment.Month is null)
                continue;
            if (moment.Fixed is not null && written is null && NumericDate.Read(words[start].Text) is null)
                continue;
            var range = written is { } day
                ? lean == Lean.Future
                    ? moment.ResolveFrom(day)
                    : moment.ResolveNear(day)
                : moment.ResolveNear(today);
            if (range?.Last is { } last)
                return last;
        }
        return null;
    }
}
