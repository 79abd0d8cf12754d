namespace Edge.Assistant.Planning;

/// <summary>How a range is introduced, which tells what it is a range of.</summary>
internal enum DateLead
{
    /// <summary>"last week" without a preposition.</summary>
    None,

    /// <summary>"in March", "on Monday", "from last week".</summary>
    In,

    /// <summary>"for Friday".</summary>
    For,
    Since,
    After,

    /// <summary>"before", "by", "until".</summary>
    Before,
    Between,
}

/// <param name="End">Index after its last word.</param>
internal readonly record struct ReadRange(DateRange Range, DateLead Lead, int End);

/// <summary>Reads a range of days with the words that introduce it: "since May", "between 2024-01-05 and the 12th".</summary>
internal sealed class RangeReader(IReadOnlyList<PlanWord> words, DateOnly today)
{
    private readonly MomentReader moments = new(words, today);

    public ReadRange? Read(int at, Lean lean)
    {
        switch (moments.Word(at))
        {
            case "between":
                return Pair(at + 1, lean, "and");
            case "from":
                return Pair(at + 1, lean, "to", "until", "till", "through", "-")
                    ?? Onwards(at + 1)
                    ?? Plain(at + 1, lean, DateLead.In);
            case "since":
                return Since(at + 1, after: false);
            case "after":
                return Since(at + 1, after: true);
            case "before":
                return Before(at + 1, lean, inclusive: false);
            case "by" or "until" or "till" or "through":
                return Before(at + 1, lean, inclusive: true);
            case "up" when moments.Word(at + 1) is "to" or "until":
                return Before(at + 2, lean, inclusive: true);
            case "on" when moments.Word(at + 1) == "or" && moments.Word(at + 2) == "after":
                return Since(at + 3, after: false);
            case "on" when moments.Word(at + 1) == "or" && moments.Word(at + 2) == "before":
                return Before(at + 3, lean, inclusive: true);
            case "for":
                return Plain(at + 1, lean, DateLead.For);
            case "in" or "within" when lean == Lean.Future && Ahead(at) is { } ahead:
                return ahead;
            case "in" or "on" or "during" or "of" or "dated" or "within" or "over" or "at" or "throughout":
                return Plain(at + 1, lean, DateLead.In);
            default:
                return Alone(at, lean);
        }
    }

    /// <summary>Two ends with one of the joining words between.</summary>
    private ReadRange? Pair(int at, Lean lean, params ReadOnlySpan<string> joins)
    {
        var one = moments.Read(at, out var next) ?? moments.ReadBareDay(at, out next);
        if (one is null || !joins.Contains(moments.Word(next)))
            return null;
        var other = moments.Read(next + 1, out var end);
        // "Between 5 and 12" is a range of something else.
        if (other is null && moments.Read(at, out _) is not null)
            other = moments.ReadBareDay(next + 1, out end);
        if (other is null)
            return null;
        return Span(one, other, lean) is { } range ? new ReadRange(range, DateLead.Between, end) : null;
    }

    private ReadRange? Onwards(int at)
    {
        if (moments.Read(at, out var end)?.Resolve(today, Lean.Past) is not { } range)
            return null;
        if (moments.Word(end) is "onwards" or "onward" or "on")
            return new ReadRange(new DateRange(range.First, null), DateLead.Since, end + 1);
        return null;
    }

    /// <summary>"in 3 days" is a day, "within 3 days" all of them.</summary>
    private ReadRange? Ahead(int at)
    {
        if (DateUnits.CountOf(moments.Word(at + 1)) is not { } count)
            return null;
        if (DateUnits.UnitOf(moments.Word(at + 2)) is not { } unit || unit == DateUnit.Weekend)
            return null;
        if (DateUnits.Shift(today, unit, count) is not { } day)
            return null;
        var range = moments.Word(at) == "within" ? new DateRange(today, day) : DateUnits.Period(day, unit, 0);
        return range is { } found ? new ReadRange(found, DateLead.In, at + 3) : null;
    }

    private ReadRange? Plain(int at, Lean lean, DateLead lead)
    {
        if (moments.Read(at, out var end) is not { } moment)
            return null;
        // "in the 12th century" is no day.
        if (moment.IsDayOfMonthOnly && moments.Word(at - 1) is "in" or "of" or "over")
            return null;
        return moment.Resolve(today, lean) is { } range ? new ReadRange(range, lead, end) : null;
    }

    private ReadRange? Since(int at, bool after)
    {
        if (moments.Read(at, out var end) is not { } moment || moment.Resolve(today, Lean.Past) is not { } range)
            return null;
        var first = after ? range.Last!.Value.AddDays(1) : moment.Anchor ?? range.First;
        return new ReadRange(new DateRange(first, null), after ? DateLead.After : DateLead.Since, end);
    }

    private ReadRange? Before(int at, Lean lean, bool inclusive)
    {
        if (moments.Read(at, out var end) is not { } moment || moment.Resolve(today, lean) is not { } range)
            return null;
        var last = inclusive ? range.Last : (moment.Anchor ?? range.First!.Value).AddDays(-1);
        return new ReadRange(new DateRange(null, last), DateLead.Before, end);
    }

    private ReadRange? Alone(int at, Lean lean)
    {
        if (Pair(at, lean, "to", "until", "till", "through", "-") is { } pair && HasDay(at))
            return pair;
        if (moments.Read(at, out var end) is not { StandsAlone: true } moment)
            return null;
        if (moment.Resolve(today, lean) is not { } range)
            return null;
        if (moments.Word(end) == "onwards" || (moments.Word(end) == "or" && moments.Word(end + 1) == "later"))
            return new ReadRange(
                new DateRange(range.First, null),
                DateLead.Since,
                end + (moments.Word(end) == "or" ? 2 : 1)
            );
        return new ReadRange(range, DateLead.None, end);
    }

    /// <summary>Two bare numbers or months are a range of something else, unless a date is among them.</summary>
    private bool HasDay(int at)
    {
        if (moments.Read(at, out var next) is { StandsAlone: true })
            return true;
        if (moments.ReadBareDay(at, out next) is null)
            return false;
        return moments.Read(next + 1, out _) is { StandsAlone: true, Day: not null };
    }

    /// <summary>Each end may leave to the other what it does not say: "between 5 and 12 March 2024", "from March to May
    /// 2024", "between 2024-01-05 and the 12th".</summary>
    private DateRange? Span(Moment one, Moment other, Lean lean)
    {
        if (other.IsDayOfMonthOnly && other.HasYear)
            (one, other) = (one with { Year = other.Year }, other with { Year = null });
        DateRange? first;
        DateRange? last;
        if (one.HasYear || (lean == Lean.Future && !other.HasYear))
        {
            first = one.Resolve(today, lean);
            last =
                other.HasYear || first is null
                    ? other.Resolve(today, lean)
                    : other.ResolveFrom(first.Value.First!.Value);
        }
        else
        {
            last = other.Resolve(today, Lean.Past);
            first = last is null ? null : one.ResolveUpTo(last.Value.First!.Value);
        }
        if (first is not { } from || last is not { } to)
            return null;
        return from.First <= to.Last ? new DateRange(from.First, to.Last) : new DateRange(to.First, from.Last);
    }
}
