namespace Edge.Assistant.Planning;

/// <summary>Which day is meant when the year, the month or the week is not said.</summary>
internal enum Lean
{
    /// <summary>The latest that has begun: what was written.</summary>
    Past,

    /// <summary>The earliest that has not ended: what is due.</summary>
    Future,
}

/// <summary>A day or a period as it was written, perhaps without its year or month.</summary>
internal sealed record Moment
{
    /// <summary>Years to each side of today that a date without a year may mean: past the longest gap between leap days.</summary>
    private const int YearsAround = 8;

    /// <summary>Set when nothing is left open ("yesterday", "last week"); then the parts are not.</summary>
    public DateRange? Fixed { get; init; }

    /// <summary>The day that "since three weeks ago" counts from; null: the first day.</summary>
    public DateOnly? Anchor { get; init; }

    public int? Year { get; init; }
    public int? Month { get; init; }
    public int? Day { get; init; }
    public DayOfWeek? Weekday { get; init; }

    /// <summary>ISO week of the year.</summary>
    public int? Week { get; init; }

    /// <summary>Reads as a date without a preposition before it: "yesterday" and "5 March" do, "May" and "the 5th" do not.</summary>
    public bool StandsAlone { get; init; }

    public bool IsDayOfMonthOnly => Fixed is null && Day is not null && Month is null && Weekday is null;

    public bool HasYear => Fixed is not null || Year is not null;

    public bool IsMonthOrYear() => Fixed is { } range ? range.First != range.Last : Day is null;

    /// <summary>Null when there is no such day (30 February) or it is on another weekday.</summary>
    public DateRange? Resolve(DateOnly today, Lean lean)
    {
        var all = Candidates(today);
        return lean == Lean.Past
            ? Latest(all, range => range.First <= today)
            : Earliest(all, range => range.Last >= today);
    }

    /// <summary>The first that ends on or after <paramref name="day"/>.</summary>
    public DateRange? ResolveFrom(DateOnly day) => Earliest(Candidates(day), range => range.Last >= day);

    /// <summary>The last that begins on or before <paramref name="day"/>.</summary>
    public DateRange? ResolveUpTo(DateOnly day) => Latest(Candidates(day), range => range.First <= day);

    /// <summary>The one whose first day is the nearest to <paramref name="day"/>.</summary>
    public DateRange? ResolveNear(DateOnly day)
    {
        DateRange? nearest = null;
        foreach (var range in Candidates(day))
        {
            if (nearest is null || Distance(range, day) < Distance(nearest.Value, day))
                nearest = range;
        }
        return nearest;
    }

    private static int Distance(DateRange range, DateOnly day) =>
        Math.Abs(range.First!.Value.DayNumber - day.DayNumber);

    /// <summary>What is left open decides; what is not has one candidate, whatever the day is.</summary>
    private DateRange? Latest(IEnumerable<DateRange> all, Func<DateRange, bool> fits)
    {
        DateRange? latest = null;
        foreach (var range in all)
        {
            if ((HasYear || fits(range)) && (latest is null || range.First > latest.Value.First))
                latest = range;
        }
        return latest;
    }

    private DateRange? Earliest(IEnumerable<DateRange> all, Func<DateRange, bool> fits)
    {
        DateRange? earliest = null;
        foreach (var range in all)
        {
            if ((HasYear || fits(range)) && (earliest is null || range.First < earliest.Value.First))
                earliest = range;
        }
        return earliest;
    }

    private IEnumerable<DateRange> Candidates(DateOnly around)
    {
        if (Fixed is { } range)
            return [range];
        if (Day is null && Month is null && Year is null && Week is null)
            return Weekdays(around);
        if (Day is { } day && Month is null)
            return Months(around).Select(month => DayOf(month.Year, month.Month, day)).OfType<DateRange>();
        return Years(around).Select(Within).OfType<DateRange>();
    }

    private IEnumerable<DateRange> Weekdays(DateOnly around) =>
        Enumerable
            .Range(-7, 15)
            .Select(days => around.AddDays(days))
            .Where(day => day.DayOfWeek == Weekday)
            .Select(DateRange.Day);

    private static IEnumerable<DateOnly> Months(DateOnly around) =>
        Enumerable.Range(-12, 25).Select(months => new DateOnly(around.Year, around.Month, 1).AddMonths(months));

    private IEnumerable<int> Years(DateOnly around) =>
        Year is { } year
            ? [year]
            : Enumerable.Range(around.Year - YearsAround, 2 * YearsAround + 1).Where(y => y is >= 1 and <= 9998);

    private DateRange? Within(int year)
    {
        if (Week is { } week)
            return DateUnits.Week(year, week);
        if (Month is not { } month)
            return DateRange.Year(year);
        return Day is { } day ? DayOf(year, month, day) : DateRange.Month(year, month);
    }

    private DateRange? DayOf(int year, int month, int day)
    {
        if (day < 1 || day > DateTime.DaysInMonth(year, month))
            return null;
        var date = new DateOnly(year, month, day);
        return Weekday is null || date.DayOfWeek == Weekday ? DateRange.Day(date) : null;
    }
}
