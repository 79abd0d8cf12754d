namespace Edge.Assistant.Planning;

/// <summary>Reads one day or period out of the words of a question. The longest reading wins; what is not one is null.</summary>
internal sealed class MomentReader(IReadOnlyList<PlanWord> words, DateOnly today)
{
    private const int AgoMax = 9999;

    /// <param name="end">Index after the last word that belongs to it.</param>
    public Moment? Read(int at, out int end)
    {
        end = at;
        if (at >= words.Count || words[at].IsQuoted)
            return null;
        return Figures(at, out end)
            ?? NamedDay(at, out end)
            ?? Edge(at, out end)
            ?? Relative(at, out end)
            ?? Ago(at, out end)
            ?? Weekday(at, out end)
            ?? WeekOrQuarter(at, out end)
            ?? Calendar(at, out end)
            ?? YearAlone(at, out end);
    }

    /// <summary>"12" or "12 2024" where a range has said or will say the month.</summary>
    public Moment? ReadBareDay(int at, out int end)
    {
        end = at;
        if (DateUnits.Digits(Word(at), 2) is not (>= 1 and <= 31))
            return null;
        end = at + 1;
        var year = DateUnits.YearOf(Word(end));
        if (year is not null)
            end++;
        return new Moment { Day = DateUnits.Digits(Word(at), 2), Year = year };
    }

    /// <summary>Lower case, without "'s"; "" past the end and for what is quoted.</summary>
    public string Word(int at)
    {
        if (at < 0 || at >= words.Count || words[at].IsQuoted)
            return "";
        var text = words[at].Text;
        return text.EndsWith("'s", StringComparison.Ordinal) ? text[..^2] : text;
    }

    private bool Is(int at, params ReadOnlySpan<string> texts)
    {
        for (var i = 0; i < texts.Length; i++)
        {
            if (Word(at + i) != texts[i])
                return false;
        }
        return true;
    }

    private static Moment Alone(DateRange range, DateOnly? anchor = null) =>
        new()
        {
            Fixed = range,
            Anchor = anchor,
            StandsAlone = true,
        };

    private Moment? Figures(int at, out int end)
    {
        end = at + 1;
        return NumericDate.Read(Word(at));
    }

    private Moment? NamedDay(int at, out int end)
    {
        var start = Is(at, "the") ? at + 1 : at;
        if (Is(start, "day", "before", "yesterday") || Is(start, "day", "after", "tomorrow"))
        {
            end = start + 3;
            return Alone(DateRange.Day(today.AddDays(Word(start + 1) == "before" ? -2 : 2)));
        }
        if (Is(at, "this", "morning") || Is(at, "this", "afternoon") || Is(at, "this", "evening"))
        {
            end = at + 2;
            return Alone(DateRange.Day(today));
        }
        end = at + 1;
        return Word(at) switch
        {
            "today" => Alone(DateRange.Day(today)),
            "yesterday" => Alone(DateRange.Day(today.AddDays(-1))),
            "tomorrow" => Alone(DateRange.Day(today.AddDays(1))),
            _ => null,
        };
    }

    /// <summary>"the start of March", "the end of last year": its first or last day.</summary>
    private Moment? Edge(int at, out int end)
    {
        end = at;
        var start = Is(at, "the") ? at + 1 : at;
        var first = Word(start) is "start" or "beginning";
        if ((!first && Word(start) != "end") || Word(start + 1) != "of")
            return null;
        var of = start + 2;
        DateRange? range;
        if (Is(of, "the") && DateUnits.UnitOf(Word(of + 1)) is { } unit)
        {
            end = of + 2;
            range = DateUnits.Period(today, unit, 0);
        }
        else
        {
            range = Read(of, out end)?.Resolve(today, Lean.Past);
        }
        return range is { First: { } begins, Last: { } ends } ? Alone(DateRange.Day(first ? begins : ends)) : null;
    }

    /// <summary>"last week", "this month", "next Friday", "last March", "the past 3 months".</summary>
    private Moment? Relative(int at, out int end)
    {
        end = at;
        var start = Is(at, "the") ? at + 1 : at;
        int? steps = Word(start) switch
        {
            "last" or "previous" or "past" => -1,
            "this" or "current" => 0,
            "next" or "coming" or "following" => 1,
            _ => null,
        };
        if (steps is not { } step)
            return null;
        var next = Word(start + 1);
        end = start + 2;
        if (DateUnits.UnitOf(next) is { } unit)
        {
            // "the last week of March" is none of this.
            if (Is(end, "of"))
                return null;
            // "the last month" goes on until now; "last month" is the one before this.
            var rolls = step < 0 && unit != DateUnit.Weekend && (start > at || Word(start) == "past");
            return rolls ? Rolling(-1, unit)
                : DateUnits.Period(today, unit, step) is { } period ? Alone(period)
                : null;
        }
        if (DateUnits.WeekdayOf(next) is { } weekday)
            return Alone(DateRange.Day(WeekdayFrom(weekday, step)));
        if (DateUnits.MonthOf(next) is { } month)
            return Alone(MonthFrom(month, step));
        if (step == 0 || DateUnits.CountOf(next) is not { } count || DateUnits.UnitOf(Word(start + 2)) is not { } units)
            return null;
        end = start + 3;
        return Rolling(step * count, units);
    }

    /// <summary>Up to today, or from it.</summary>
    private Moment? Rolling(int steps, DateUnit unit)
    {
        if (DateUnits.Shift(today, unit, steps) is not { } there)
            return null;
        return Alone(steps < 0 ? new DateRange(there, today) : new DateRange(today, there));
    }

    private DateOnly WeekdayFrom(DayOfWeek weekday, int step)
    {
        if (step == 0)
            return InWeekOf(DateUnits.Monday(today), weekday);
        var day = today.AddDays(step);
        while (day.DayOfWeek != weekday)
            day = day.AddDays(step);
        return day;
    }

    private static DateOnly InWeekOf(DateOnly monday, DayOfWeek weekday) => monday.AddDays(((int)weekday + 6) % 7);

    /// <summary>Last March is the latest that is over, next March the first that has not begun.</summary>
    private DateRange MonthFrom(int month, int step)
    {
        var range = DateRange.Month(today.Year, month);
        if (step < 0 && range.Last >= today)
            return DateRange.Month(today.Year - 1, month);
        return step > 0 && range.First <= today ? DateRange.Month(today.Year + 1, month) : range;
    }

    /// <summary>"3 days ago" is a day; weeks, months and years ago are the calendar's.</summary>
    private Moment? Ago(int at, out int end)
    {
        end = at + 3;
        if (DateUnits.CountOf(Word(at)) is not { } count || count > AgoMax || Word(at + 2) != "ago")
            return null;
        if (DateUnits.UnitOf(Word(at + 1)) is not { } unit || unit == DateUnit.Weekend)
            return null;
        return DateUnits.Shift(today, unit, -count) is { } day && DateUnits.Period(day, unit, 0) is { } period
            ? Alone(period, day)
            : null;
    }

    /// <summary>"Tuesday", "Tuesday last week", "Tuesday 19 May", "Tue, 2026-05-19".</summary>
    private Moment? Weekday(int at, out int end)
    {
        end = at + 1;
        var full = DateUnits.WeekdayOf(Word(at));
        if ((full ?? DateUnits.ShortWeekdayOf(Word(at))) is not { } weekday)
            return null;
        if ((Figures(at + 1, out var after) ?? Calendar(at + 1, out after)) is { } date && !date.IsMonthOrYear())
        {
            end = after;
            if (date.Fixed is not { First: { } day })
                return date with { Weekday = weekday, StandsAlone = true };
            return day.DayOfWeek == weekday ? date : null;
        }
        if (full is null)
            return null;
        var of = Is(at + 1, "of") ? at + 2 : at + 1;
        if (Word(of) is "last" or "this" or "next" && Is(of + 1, "week"))
        {
            end = of + 2;
            var steps = Word(of) switch
            {
                "last" => -1,
                "next" => 1,
                _ => 0,
            };
            return Alone(DateRange.Day(InWeekOf(DateUnits.Monday(today).AddDays(7 * steps), weekday)));
        }
        return new Moment { Weekday = weekday };
    }

    /// <summary>"week 12", "week 3 of 2024", "Q1 2024", "the second quarter of 2024".</summary>
    private Moment? WeekOrQuarter(int at, out int end)
    {
        end = at;
        var start = Is(at, "the") ? at + 1 : at;
        if (Is(start, "calendar", "week"))
            start++;
        if (Is(start, "week") && DateUnits.Digits(Word(start + 1), 2) is { } week and >= 1 and <= 53)
        {
            end = start + 2;
            var year = OfYear(ref end);
            return new Moment { Week = week, Year = year };
        }
        int? quarter = null;
        if (Word(start) is ['q', >= '1' and <= '4'] name)
            (quarter, end) = (name[1] - '0', start + 1);
        else if (DateUnits.OrdinalOf(Word(start)) is { } ordinal and <= 4 && Is(start + 1, "quarter"))
            (quarter, end) = (ordinal, start + 2);
        if (quarter is not { } number)
            return null;
        var inYear = OfYear(ref end);
        var range = DateUnits.Quarter(inYear ?? today.Year, number);
        if (inYear is null && range.First > today)
            range = DateUnits.Quarter(today.Year - 1, number);
        return new Moment { Fixed = range, StandsAlone = inYear is not null };
    }

    /// <summary>"5 March", "the 5th of March 2024", "March 5th, 2024", "March 2024", "March", "the 5th".</summary>
    private Moment? Calendar(int at, out int end)
    {
        end = at;
        var start = Is(at, "the") ? at + 1 : at;
        if (DateUnits.MonthOf(Word(start)) is { } month && start == at)
            return MonthFirst(month, at + 1, out end);
        var day = DateUnits.OrdinalOf(Word(start)) ?? DateUnits.Digits(Word(start), 2);
        if (day is not (>= 1 and <= 31))
            return null;
        var next = Is(start + 1, "of") ? start + 2 : start + 1;
        if (DateUnits.MonthOf(Word(next)) is { } itsMonth)
        {
            end = next + 1;
            var year = OfYear(ref end);
            return new Moment
            {
                Day = day,
                Month = itsMonth,
                Year = year,
                StandsAlone = true,
            };
        }
        // "the first" and "the 12" are not dates by themselves.
        var isOrdinal = start > at && char.IsAsciiDigit(Word(start)[0]) && DateUnits.OrdinalOf(Word(start)) is not null;
        end = start + 1;
        return isOrdinal ? new Moment { Day = day } : null;
    }

    private Moment MonthFirst(int month, int at, out int end)
    {
        end = at;
        var day = DateUnits.OrdinalOf(Word(at)) ?? DateUnits.Digits(Word(at), 2);
        if (day is >= 1 and <= 31)
            end = at + 1;
        else
            day = null;
        var year = OfYear(ref end);
        return new Moment
        {
            Day = day,
            Month = month,
            Year = year,
            StandsAlone = day is not null || year is not null,
        };
    }

    /// <summary>"2024" or "of 2024", if it stands there.</summary>
    private int? OfYear(ref int end)
    {
        var at = Word(end) is "of" or "in" ? end + 1 : end;
        if (DateUnits.YearOf(Word(at)) is not { } year)
            return null;
        end = at + 1;
        return year;
    }

    private Moment? YearAlone(int at, out int end)
    {
        var start =
            Is(at, "the", "year") ? at + 2
            : Is(at, "year") ? at + 1
            : at;
        end = start + 1;
        return DateUnits.YearOf(Word(start)) is { } year ? new Moment { Year = year } : null;
    }
}
