using System.Globalization;

namespace Edge.Assistant.Planning;

internal enum DateUnit
{
    Day,
    Week,
    Weekend,
    Month,
    Quarter,
    Year,
}

/// <summary>The words of dates, and periods counted from a day. Weeks begin on Monday, and week 1 has the year's first
/// Thursday (ISO 8601).</summary>
internal static class DateUnits
{
    private static readonly string[] Months =
    [
        "january jan",
        "february feb",
        "march mar",
        "april apr",
        "may may",
        "june jun",
        "july jul",
        "august aug",
        "september sep sept",
        "october oct",
        "november nov",
        "december dec",
    ];

    private static readonly string[] Numbers =
    [
        "one",
        "two",
        "three",
        "four",
        "five",
        "six",
        "seven",
        "eight",
        "nine",
        "ten",
        "eleven",
        "twelve",
    ];

    private static readonly string[] Ordinals =
    [
        "first",
        "second",
        "third",
        "fourth",
        "fifth",
        "sixth",
        "seventh",
        "eighth",
        "ninth",
        "tenth",
        "eleventh",
        "twelfth",
    ];

    /// <summary>1 to 12, or null.</summary>
    public static int? MonthOf(string word)
    {
        for (var i = 0; i < Months.Length; i++)
        {
            if (word.Length >= 3 && Months[i].Split(' ').Contains(word))
                return i + 1;
        }
        return null;
    }

    public static DayOfWeek? WeekdayOf(string word) =>
        word switch
        {
            "monday" => DayOfWeek.Monday,
            "tuesday" => DayOfWeek.Tuesday,
            "wednesday" => DayOfWeek.Wednesday,
            "thursday" => DayOfWeek.Thursday,
            "friday" => DayOfWeek.Friday,
            "saturday" => DayOfWeek.Saturday,
            "sunday" => DayOfWeek.Sunday,
            _ => null,
        };

    /// <summary>"Sat" and "Sun" are words too: they count only before a date.</summary>
    public static DayOfWeek? ShortWeekdayOf(string word) =>
        word switch
        {
            "mon" => DayOfWeek.Monday,
            "tue" or "tues" => DayOfWeek.Tuesday,
            "wed" => DayOfWeek.Wednesday,
            "thu" or "thur" or "thurs" => DayOfWeek.Thursday,
            "fri" => DayOfWeek.Friday,
            "sat" => DayOfWeek.Saturday,
            "sun" => DayOfWeek.Sunday,
            _ => null,
        };

    /// <summary>"days" and "day" are the same unit.</summary>
    public static DateUnit? UnitOf(string word) =>
        word switch
        {
            "day" or "days" => DateUnit.Day,
            "week" or "weeks" => DateUnit.Week,
            "weekend" => DateUnit.Weekend,
            "month" or "months" => DateUnit.Month,
            "quarter" or "quarters" => DateUnit.Quarter,
            "year" or "years" => DateUnit.Year,
            _ => null,
        };

    /// <summary>"3", "three", "a"; up to 9,999. Null for other words.</summary>
    public static int? CountOf(string word)
    {
        if (word is "a" or "an")
            return 1;
        var at = Array.IndexOf(Numbers, word);
        if (at >= 0)
            return at + 1;
        return Digits(word, 4) is { } number and > 0 ? number : null;
    }

    /// <summary>"12th", "1st", "third"; null for other words.</summary>
    public static int? OrdinalOf(string word)
    {
        var at = Array.IndexOf(Ordinals, word);
        if (at >= 0)
            return at + 1;
        if (word.Length < 3 || Digits(word[..^2], 2) is not { } number)
            return null;
        var ending = (number % 100 is >= 11 and <= 13 ? 0 : number % 10) switch
        {
            1 => "st",
            2 => "nd",
            3 => "rd",
            _ => "th",
        };
        return word.EndsWith(ending, StringComparison.Ordinal) && number is >= 1 and <= 31 ? number : null;
    }

    /// <summary>A year that people write notes about: 1900 to 2199.</summary>
    public static int? YearOf(string word) =>
        word.Length == 4 && Digits(word, 4) is { } year and >= 1900 and <= 2199 ? year : null;

    /// <summary>Null unless all of it is digits, at most <paramref name="digitsMax"/> of them.</summary>
    public static int? Digits(string word, int digitsMax) =>
        word.Length > 0 && word.Length <= digitsMax && word.All(char.IsAsciiDigit)
            ? int.Parse(word, CultureInfo.InvariantCulture)
            : null;

    public static DateOnly Monday(DateOnly day) => day.AddDays(-(((int)day.DayOfWeek + 6) % 7));

    /// <summary>Null when the year has no such week.</summary>
    public static DateRange? Week(int year, int week)
    {
        if (week < 1 || week > ISOWeek.GetWeeksInYear(year))
            return null;
        var monday = DateOnly.FromDateTime(ISOWeek.ToDateTime(year, week, DayOfWeek.Monday));
        return new DateRange(monday, monday.AddDays(6));
    }

    public static DateRange Quarter(int year, int quarter) =>
        new(DateRange.Month(year, 3 * quarter - 2).First, DateRange.Month(year, 3 * quarter).Last);

    /// <summary>The calendar period that holds the day, or one <paramref name="steps"/> before or after it. Null outside
    /// the calendar.</summary>
    public static DateRange? Period(DateOnly day, DateUnit unit, int steps)
    {
        if (Shift(unit == DateUnit.Weekend ? Monday(day) : day, unit, steps) is not { } there)
            return null;
        return unit switch
        {
            DateUnit.Day => DateRange.Day(there),
            DateUnit.Week => new DateRange(Monday(there), Monday(there).AddDays(6)),
            DateUnit.Weekend => new DateRange(there.AddDays(5), there.AddDays(6)),
            DateUnit.Month => DateRange.Month(there.Year, there.Month),
            DateUnit.Quarter => Quarter(there.Year, (there.Month + 2) / 3),
            _ => DateRange.Year(there.Year),
        };
    }

    /// <summary>The same day so many units away; the last of the month where it has no such day. Null outside the
    /// years 2 to 9998.</summary>
    public static DateOnly? Shift(DateOnly day, DateUnit unit, int steps)
    {
        var days = unit switch
        {
            DateUnit.Day => steps,
            DateUnit.Week or DateUnit.Weekend => 7L * steps,
            DateUnit.Month => 31L * steps,
            DateUnit.Quarter => 93L * steps,
            _ => 366L * steps,
        };
        if (day.DayNumber + days < 366 || day.DayNumber + days > DateOnly.MaxValue.DayNumber - 366)
            return null;
        return unit switch
        {
            DateUnit.Day => day.AddDays(steps),
            DateUnit.Week or DateUnit.Weekend => day.AddDays(7 * steps),
            DateUnit.Month => day.AddMonths(steps),
            DateUnit.Quarter => day.AddMonths(3 * steps),
            _ => day.AddYears(steps),
        };
    }
}
