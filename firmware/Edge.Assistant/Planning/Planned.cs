using System.Globalization;
using System.Text;
using Edge.Assistant.Text;
using Edge.Notes;

namespace Edge.Assistant.Planning;

/// <summary>What code found: counts and quoted lines, nothing else.</summary>
/// <param name="Refused">Nothing passes the filter; the text says what was looked for.</param>
internal sealed record Planned(
    string Text,
    bool Refused,
    IReadOnlyList<Citation> Citations,
    IReadOnlyList<string> Notes
)
{
    /// <summary>Items that are shown and cited of a longer list.</summary>
    public const int ShownMax = 20;

    private const int NotesMax = 10;

    public static Planned Refusal(string lookedFor) => new($"The notes do not say: {lookedFor}.", true, [], []);

    /// <param name="head">One line above the items.</param>
    /// <param name="total">Items there are, of which <paramref name="items"/> are shown.</param>
    public static Planned List(string head, IReadOnlyList<(string Text, Citation? Cited)> items, int total)
    {
        var text = new StringBuilder(head);
        foreach (var (item, _) in items)
            text.Append("\n- ").Append(item.ReplaceLineEndings("\n  "));
        if (total > items.Count)
            text.Append(CultureInfo.InvariantCulture, $"\n{total - items.Count:N0} more.");
        var cited = items.Select(item => item.Cited).OfType<Citation>().ToList();
        return new Planned(
            text.ToString(),
            false,
            cited,
            [.. cited.Select(citation => citation.Note).Distinct(StringComparer.Ordinal).Take(NotesMax)]
        );
    }

    /// <summary>"1 note", "12 notes".</summary>
    public static string Count(int number, string one) =>
        $"{number.ToString("N0", CultureInfo.InvariantCulture)} {one}{(number == 1 ? "" : "s")}";

    /// <summary>The lines as the file has them.</summary>
    public static Citation Cite(Note note, int firstLine, int lastLine) =>
        new(
            note.Path,
            firstLine,
            lastLine,
            string.Join('\n', note.Lines.Skip(firstLine - 1).Take(lastLine - firstLine + 1))
        );

    /// <summary>The note's first line that says something, and up to so many after it; null for a note without text.</summary>
    public static Citation? Opening(Note note, int linesMax)
    {
        var last = Math.Min(note.Lines.Count, note.BodyFirstLine + LookedAtMax);
        var units = NoteOutline.Read(note.Lines, note.BodyFirstLine, last);
        if (units.Count == 0)
            return null;
        var first = units[0].FirstLine;
        var shown = units.TakeWhile(unit => unit.LastLine < first + linesMax).ToList();
        var end = shown.Count > 0 ? shown[^1].LastLine : Math.Min(units[0].LastLine, first + linesMax - 1);
        return Cite(note, first, end);
    }

    private const int LookedAtMax = 60;
}
