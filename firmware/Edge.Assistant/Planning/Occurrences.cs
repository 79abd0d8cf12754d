using System.Text.RegularExpressions;
using Edge.Assistant.Text;
using Edge.Notes;

namespace Edge.Assistant.Planning;

/// <param name="Day">Of the unit: a date with its year in its text, else in a heading above it, else the note's.</param>
internal sealed record Occurrence(DateOnly Day, Note Note, Unit Unit);

/// <summary>The dated places where the notes say that something was done.</summary>
internal sealed partial class Occurrences(NoteShelf shelf, NoteIndex index)
{
    /// <summary>Notes that hold all the words and are read, newest first: what happens daily is found among the latest.</summary>
    private const int NotesReadMax = 500;

    /// <param name="isMention">What was only planned or denied counts too.</param>
    /// <param name="isComplete">False when more notes hold the words than are read.</param>
    public List<Occurrence> Find(
        Subject subject,
        NoteFilter filter,
        bool isMention,
        DateOnly today,
        CancellationToken cancellation,
        out bool isComplete
    )
    {
        var holding = index.NotesWith(subject.Groups, orWithoutText: false);
        var notes = shelf
            .OfAnyDay(filter with { Dates = null }, cancellation)
            .Where(note => holding.Contains(note.Path))
            .ToList();
        isComplete = notes.Count <= NotesReadMax;
        var found = NoteShelf
            .Each(
                notes[..Math.Min(notes.Count, NotesReadMax)],
                known => shelf.Open(known.Path) is { } note ? In(note, subject, isMention, today).ToList() : [],
                cancellation
            )
            .SelectMany(some => some)
            .ToList();
        found.RemoveAll(one => one.Day > today || filter.Dates?.Holds(one.Day) == false);
        return found;
    }

    private static IEnumerable<Occurrence> In(Note note, Subject subject, bool isMention, DateOnly today)
    {
        var stemmer = new Stemmer();
        var title = stemmer.Of(note.Title);
        foreach (var unit in NoteOutline.Read(note.Lines, note.BodyFirstLine))
        {
            if (unit.Kind is UnitKind.Heading or UnitKind.Code)
                continue;
            var isLast = LastDone().IsMatch(unit.Text);
            if (!isLast && !subject.MayBeIn(unit.Text))
                continue;
            var above = stemmer.Of(unit.Heading);
            above.UnionWith(title);
            if (!subject.IsIn(stemmer.Of(unit.Text), above, isLast))
                continue;
            var isTicked = Box(note, unit) is "x" or "X";
            if (!isMention && !isLast && !isTicked && !(Box(note, unit) is null && IsDone(unit, subject)))
                continue;
            if ((DayIn(unit.Text, note.Date, today) ?? DayIn(unit.Heading, note.Date, today) ?? note.Date) is { } day)
                yield return new Occurrence(day, note, unit);
        }
    }

    /// <summary>"Last done on 21 March" needs no verb: the heading or title says what.</summary>
    [GeneratedRegex(@"\blast (?:done|time)\b", RegexOptions.IgnoreCase)]
    private static partial Regex LastDone();

    private static bool IsDone(Unit unit, Subject subject) =>
        !NotDone().IsMatch(unit.Text) && subject.IsTold(unit.Text);

    [GeneratedRegex(
        @"\b(?:not|never|cannot|forgot|should|must|need|needs|want|wants|will|would|could|plan|plans|planned|tomorrow|next|every|if|to do|todo)\b|n[’']t\b|\?$|^(?:buy|ask|call|book|pay|send|fix|remember)\b",
        RegexOptions.IgnoreCase
    )]
    private static partial Regex NotDone();

    /// <summary>What stands in the item's box; null when it has none.</summary>
    private static string? Box(Note note, Unit unit) =>
        OpenBox().Match(note.Lines[unit.FirstLine - 1]) is { Success: true } match ? match.Groups["box"].Value : null;

    [GeneratedRegex(@"^[\s>]*(?:[-*+•]|\d{1,4}[.)])\s+\[(?<box>[ xX/\-])\]\s")]
    private static partial Regex OpenBox();

    /// <summary>The only day that the text names: of two, who knows which. A day without its year is the one nearest to
    /// the note's.</summary>
    private static DateOnly? DayIn(string text, DateOnly? written, DateOnly today)
    {
        if (!text.Any(char.IsAsciiDigit))
            return null;
        DateOnly? found = null;
        var words = PlanWord.Read(text.Length > TextCharsMax ? text[..TextCharsMax] : text);
        var moments = new MomentReader(words, written ?? today);
        for (var at = 0; at < words.Count; at++)
        {
            if (!words[at].Text.Any(char.IsAsciiDigit) && DateUnits.MonthOf(words[at].Text) is null)
                continue;
            if (moments.Read(at, out var end) is not { StandsAlone: true } moment || moment.IsMonthOrYear())
                continue;
            if (!moment.HasYear && written is null)
                continue;
            var day = moment.ResolveNear(written ?? today)?.First;
            if (found is not null && day != found)
                return null;
            found = day;
            at = end - 1;
        }
        return found;
    }

    private const int TextCharsMax = 400;
}
