using Edge.Notes;

namespace Edge.Assistant.Planning;

/// <summary>
/// Code before model: answers what can be looked up exactly (days, tags, folders, to-dos, counts, last times, changes, a
/// note by its name), from the notes as they are. Everything else is null and left to retrieval: a wrong plan is worse
/// than none.
/// </summary>
internal sealed class Planner
{
    private readonly TimeProvider clock;
    private readonly NoteShelf shelf;
    private readonly NamedNote named;
    private readonly NoteAnswers notes;
    private readonly ToDoAnswers toDos;
    private readonly OccurrenceAnswers occurrences;
    private readonly ChangeAnswers changes;

    public Planner(Vault vault, NoteIndex index, TimeProvider clock)
    {
        this.clock = clock;
        shelf = new NoteShelf(vault, index);
        var toDoShelf = new ToDoShelf(shelf);
        named = new NamedNote(shelf, index);
        notes = new NoteAnswers(shelf, index);
        toDos = new ToDoAnswers(toDoShelf);
        occurrences = new OccurrenceAnswers(new Occurrences(shelf, index));
        changes = new ChangeAnswers(shelf, toDoShelf, clock.LocalTimeZone);
    }

    public Planned? Answer(string question, CancellationToken cancellation)
    {
        var words = PlanWord.Read(question);
        if (named.Answer(words, byAlias: false, cancellation) is { } note)
            return note;
        var today = DateOnly.FromDateTime(clock.GetLocalNow().DateTime);
        if (PlanReader.Read(words, today) is not { } plan)
            return named.Answer(words, byAlias: true, cancellation);
        return plan.Kind switch
        {
            PlanKind.ListToDos or PlanKind.CountToDos => InFolder(plan, () => toDos.Answer(plan, today, cancellation)),
            PlanKind.LastTime or PlanKind.HowOften => occurrences.Answer(plan, today, cancellation),
            PlanKind.Changed => InFolder(plan, () => changes.Answer(plan, today, cancellation)),
            _ => notes.Answer(plan, cancellation),
        };
    }

    /// <summary>The notes that a question about content is confined to by a day, a tag or a folder; null when it names
    /// none, or one that holds no note.</summary>
    public Scope? ScopeOf(string question, CancellationToken cancellation)
    {
        var words = PlanWord.Read(question);
        var today = DateOnly.FromDateTime(clock.GetLocalNow().DateTime);
        var read = FilterReader.Read(words, today, dueByDefault: false);
        if (read.Filter.IsEmpty || read.Filter.Due is not null || notes.UnknownFolder(read.Filter) is not null)
            return null;
        var paths = shelf
            .Matching(read.Filter, cancellation)
            .Select(note => note.Path)
            .ToHashSet(StringComparer.Ordinal);
        return paths.Count > 0 ? new Scope(read.Rest, paths, read.Filter.Tags.Count > 0) : null;
    }

    private Planned? InFolder(Plan plan, Func<Planned?> answer)
    {
        if (notes.UnknownFolder(plan.Filter) is not { } unknown)
            return answer();
        return plan.IsGuess ? null : unknown;
    }
}
