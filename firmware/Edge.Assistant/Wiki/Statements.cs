using Edge.Assistant.Summaries;
using Edge.Assistant.Text;
using Edge.Notes;

namespace Edge.Assistant.Wiki;

/// <summary>What pages quote of one note: statements that name the topic, or the one that opens the note.</summary>
internal sealed class Statements
{
    private const int PerNoteMax = 3;
    private const int LinesMax = 6;
    private const int CharsMin = 12;
    private const int UnspacedCharsMin = 6;
    private const int CharsMax = 420;

    /// <summary>A text of lines this long in all is quoted as whole lines; of a longer one, the sentence.</summary>
    private const int WholeLinesCharsMax = 320;

    private readonly Note note;
    private readonly List<Unit> units;
    private readonly List<string>[] stems;

    public Statements(Note note, StemLists stemLists)
    {
        this.note = note;
        units = [.. NoteOutline.Read(note.Lines, note.BodyFirstLine).Where(IsStatement)];
        stems = [.. units.Select(unit => stemLists.Of(unit.Text))];
        Chars = note.Lines.Sum(line => (long)line.Length);
    }

    /// <summary>Of the whole note: what holding it costs.</summary>
    public long Chars { get; }

    /// <param name="isAbout">The note's title is the topic: its opening says more than a mention.</param>
    public IReadOnlyList<Citation> About(Phrase topic, bool isAbout)
    {
        var chosen = units.Where((unit, i) => topic.StandsIn(unit.Text, stems[i])).Take(PerNoteMax).ToList();
        if (chosen.Count == 0 || isAbout)
        {
            var opening = units.Find(Candidates.IsSentence) ?? units.FirstOrDefault();
            if (opening is not null && !chosen.Contains(opening))
                chosen.Insert(0, opening);
        }
        return
        [
            .. chosen
                .Take(PerNoteMax)
                .Select(unit => Quote(note, unit))
                .OfType<Citation>()
                .DistinctBy(quote => quote.Quote),
        ];
    }

    /// <summary>A claim's whole lines; null when the note is shorter by now, or they may not be shown.</summary>
    public Citation? Lines(Claim claim) =>
        WikiLint.Cite(note, claim) is { } cited && IsSafe(cited.Quote) ? cited : null;

    /// <summary>
    /// The file's own characters: whole lines, or one sentence of them. Null where they hold what a reader does not see,
    /// pictures, tags, or bytes that are no text: a page is shown by other programs, and quotes are never changed.
    /// </summary>
    private static Citation? Quote(Note note, Unit unit)
    {
        if (unit.LastLine - unit.FirstLine >= LinesMax || unit.LastLine > note.Lines.Count)
            return null;
        var lines = Enumerable.Range(unit.FirstLine - 1, unit.LastLine - unit.FirstLine + 1).Select(i => note.Lines[i]);
        var whole = string.Join('\n', lines);
        var quote = whole.Trim().Length <= WholeLinesCharsMax ? whole.Trim() : SentenceIn(whole, unit.Text);
        return quote is null || !IsSafe(quote) ? null : new Citation(note.Path, unit.FirstLine, unit.LastLine, quote);
    }

    /// <summary>The part of the raw text that reads as the sentence does.</summary>
    private static string? SentenceIn(string raw, string sentence)
    {
        foreach (var range in SentenceSplitter.Split(raw))
        {
            var quote = raw[range];
            var plain = string.Join(
                ' ',
                PlainText.Of(quote).Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)
            );
            // A list item's mark stands before its first sentence.
            if (
                plain == sentence
                || plain.Length <= sentence.Length + 8 && plain.EndsWith(sentence, StringComparison.Ordinal)
            )
                return quote;
        }
        return null;
    }

    private static bool IsStatement(Unit unit) =>
        unit.Kind is UnitKind.Sentence or UnitKind.ListItem
        && unit.Text.Length <= CharsMax
        && unit.Text.Length >= (unit.Text.Any(c => c >= '\u2E80') ? UnspacedCharsMin : CharsMin)
        && unit.Text[^1] is not (':' or '?');

    private static bool IsSafe(string quote)
    {
        if (quote.Contains("![", StringComparison.Ordinal) || quote.Contains("-->", StringComparison.Ordinal))
            return false;
        for (var i = 0; i < quote.Length; i++)
        {
            var next = i + 1 < quote.Length ? quote[i + 1] : ' ';
            if (quote[i] == '<' && (char.IsAsciiLetter(next) || next is '/' or '!' or '?'))
                return false;
            // Joiners belong to the spelling of some scripts; what turns text around or hides it does not.
            if (quote[i] == '\uFFFD' || char.IsControl(quote[i]) && quote[i] is not ('\n' or '\t'))
                return false;
        }
        return Hidden.Remove(quote).Length == quote.Replace("\u200C", "").Replace("\u200D", "").Length;
    }
}
