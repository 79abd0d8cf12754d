using Edge.Notes;

namespace Edge.Assistant.Planning;

/// <summary>
/// "What changed between ... and ...": notes of those days, notes without a date that the index first saw then, and
/// to-dos that say they were done then. When an old note was edited is written nowhere: file times move with every
/// sync.
/// </summary>
internal sealed class ChangeAnswers(NoteShelf shelf, ToDoShelf toDos, TimeZoneInfo zone)
{
    public Planned? Answer(Plan plan, DateOnly today, CancellationToken cancellation)
    {
        var filter = plan.Filter;
        var dates = filter.Dates!.Value;
        var dated = shelf.Matching(filter, cancellation);
        var all = shelf.OfAnyDay(filter with { Dates = null }, cancellation);
        // On its first day the index saw every note that was there, which says nothing about them.
        var firstDay = all.Select(AddedOn).DefaultIfEmpty().Min();
        var added = all.Where(note =>
                note.Date is null && AddedOn(note) is var day && day > firstDay && dates.Holds(day)
            )
            .ToList();
        var done = toDos.Find(filter with { Dates = null }, today, cancellation, out _, out _);
        done.RemoveAll(toDo => !(toDo.DoneOn is { } day && dates.Holds(day)));
        var counts = new List<string>();
        if (dated.Count > 0)
            counts.Add($"{Planned.Count(dated.Count, "note")} dated {dates}");
        if (added.Count > 0)
            counts.Add($"{Planned.Count(added.Count, "note")} without a date added {dates}");
        if (done.Count > 0)
            counts.Add($"{Planned.Count(done.Count, "to-do")} done {dates}");
        if (counts.Count == 0)
            return Planned.Refusal($"no note is dated or added {dates}, no to-do done");
        var notes = dated.OrderBy(note => note.Date).ThenBy(note => note.Path, StringComparer.Ordinal).Concat(added);
        var items = notes
            .Take(Planned.ShownMax)
            .Select(Item)
            .Concat(done.Select(toDo => Item(toDo)))
            .Take(Planned.ShownMax)
            .ToList();
        return Planned.List(string.Join(", ", counts) + ":", items, dated.Count + added.Count + done.Count);
    }

    private DateOnly AddedOn(IndexedNote note) =>
        DateOnly.FromDateTime(TimeZoneInfo.ConvertTimeFromUtc(note.AddedUtc, zone));

    private (string, Citation?) Item(IndexedNote known)
    {
        var day = known.Date is { } date ? DateRange.Written(date) : "no date";
        var cited = shelf.Open(known.Path) is { } note ? Planned.Opening(note, 1) : null;
        return ($"{Text.Hidden.Remove(known.Title)} ({known.Path}, {day})", cited);
    }

    private static (string, Citation?) Item(ToDo toDo) =>
        (
            $"{toDo.Text} ({toDo.Note}, done {DateRange.Written(toDo.DoneOn!.Value)})",
            new Citation(toDo.Note, toDo.Line, toDo.Line, toDo.Raw)
        );
}
