using System.Globalization;

namespace Edge.Assistant.Planning;

/// <summary>Lists and counts of to-dos.</summary>
internal sealed class ToDoAnswers(ToDoShelf shelf)
{
    public Planned? Answer(Plan plan, DateOnly today, CancellationToken cancellation)
    {
        var byCompletion = plan.State == ToDoState.Done && plan.Filter.Dates is not null;
        var filter = byCompletion ? plan.Filter with { Dates = null } : plan.Filter;
        var found = shelf.Find(filter, today, cancellation, out var looked, out var passed);
        found.RemoveAll(toDo => toDo.State == ToDoState.Dropped);
        var all = found.Count;
        var isGuess = plan.IsGuess && !(plan.IsDueOnly && found.Exists(toDo => toDo.Due is not null));
        found.RemoveAll(toDo => !Fits(toDo, plan, today));
        var asked = Asked(plan, byCompletion);
        var limit = looked < passed ? $" (the newest {looked:N0} of {passed:N0} notes were looked into)" : "";
        if (found.Count == 0)
        {
            if (isGuess)
                return null;
            var among =
                all == 0 ? $"no to-do in {Planned.Count(looked, "note")}" : $"0 of {Planned.Count(all, "to-do")}";
            return Planned.Refusal($"{among} {(all == 0 ? "" : asked)}".TrimEnd() + limit);
        }
        var ordered = found
            .OrderBy(toDo => (plan.State == ToDoState.Done ? null : toDo.Due) ?? DateOnly.MaxValue)
            .ThenBy(toDo => toDo.Note, StringComparer.Ordinal)
            .ThenBy(toDo => toDo.Line);
        var items = ordered.Take(Planned.ShownMax).Select(Item).ToList();
        var head = $"{Planned.Count(found.Count, "to-do")} {asked}".TrimEnd() + limit + ":";
        return Planned.List(head, items, found.Count);
    }

    private static bool Fits(ToDo toDo, Plan plan, DateOnly today)
    {
        if (plan.State is { } state && toDo.State != state)
            return false;
        if (plan.HasDue && toDo.Due is null)
            return false;
        if (plan.IsOverdue && !(toDo.Due < today))
            return false;
        if (plan.Filter.Due is { } due && !(toDo.Due is { } day && due.Holds(day)))
            return false;
        if (plan.State != ToDoState.Done || plan.Filter.Dates is not { } dates)
            return true;
        // A ticked box without its day was ticked on a day that nobody wrote down.
        return toDo.DoneOn is { } done && dates.Holds(done);
    }

    private static string Asked(Plan plan, bool byCompletion)
    {
        var state = plan switch
        {
            { IsOverdue: true } => "open and overdue",
            { State: ToDoState.Open, HasDue: true } => "open with a due date",
            { State: ToDoState.Open } => "open",
            { State: ToDoState.Done } => byCompletion ? $"done {plan.Filter.Dates}" : "done",
            _ => "",
        };
        var filter = (byCompletion ? plan.Filter with { Dates = null } : plan.Filter).ToString();
        return state.Length > 0 && filter.Length > 0 ? $"{state}, {filter}" : state + filter;
    }

    private static (string, Citation?) Item(ToDo toDo)
    {
        var line = toDo.Line.ToString(CultureInfo.InvariantCulture);
        return ($"{toDo.Text} ({toDo.Note}, line {line})", new Citation(toDo.Note, toDo.Line, toDo.Line, toDo.Raw));
    }
}
