namespace Edge.Assistant.Planning;

/// <summary>"When did I last ..." and "how many times did I ...": the dated lines that say so, quoted. A last time
/// that is not found may stand in other words, and is left to retrieval; other words make no count.</summary>
internal sealed class OccurrenceAnswers(Occurrences occurrences)
{
    public Planned? Answer(Plan plan, DateOnly today, CancellationToken cancellation)
    {
        if (Subject.Read(plan.Subject) is not { } subject)
            return null;
        var found = occurrences.Find(subject, plan.Filter, plan.IsMention, today, cancellation, out var isComplete);
        if (found.Count == 0)
        {
            return plan.IsGuess || !isComplete
                ? null
                : Planned.Refusal($"no line with \"{plan.Subject}\" is dated {plan.Filter.Dates}");
        }
        var ordered = found
            .OrderByDescending(one => one.Day)
            .ThenBy(one => one.Note.Path, StringComparer.Ordinal)
            .ToList();
        return plan.Kind == PlanKind.LastTime ? Last(ordered, today) : HowOften(plan, ordered, isComplete);
    }

    private static Planned Last(List<Occurrence> ordered, DateOnly today)
    {
        var day = ordered[0].Day;
        var ago = (today.DayNumber - day.DayNumber) switch
        {
            0 => "today",
            1 => "yesterday",
            var days => $"{Planned.Count(days, "day")} ago",
        };
        var same = ordered.TakeWhile(one => one.Day == day).Take(SameDayMax).Select(Item).ToList();
        return Planned.List($"{day.DayOfWeek} {DateRange.Written(day)} ({ago}):", same, same.Count);
    }

    private const int SameDayMax = 3;

    /// <summary>Several lines of a day are one day: a journal repeats itself.</summary>
    private static Planned? HowOften(Plan plan, List<Occurrence> ordered, bool isComplete)
    {
        if (!isComplete)
            return null;
        var days = ordered.Select(one => one.Day).Distinct().Count();
        var items = ordered.Take(Planned.ShownMax).Select(Item).ToList();
        var head =
            $"{Planned.Count(ordered.Count, "line")} on {Planned.Count(days, "day")} with \"{plan.Subject}\", dated {plan.Filter.Dates}:";
        return Planned.List(head, items, ordered.Count);
    }

    private static (string, Citation?) Item(Occurrence one) =>
        (
            $"{one.Unit.Text} ({one.Note.Path}, {DateRange.Written(one.Day)})",
            Planned.Cite(one.Note, one.Unit.FirstLine, one.Unit.LastLine)
        );
}
