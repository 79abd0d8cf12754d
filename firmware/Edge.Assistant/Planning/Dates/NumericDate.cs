namespace Edge.Assistant.Planning;

/// <summary>Dates written in figures: 2024-01-05, 2024/01/05, 20240105, 2024-01, 2024-W03, 2024-Q1, 05.01.2024, and
/// 25/1/2024 where only one order makes a date.</summary>
internal static class NumericDate
{
    public static Moment? Read(string word)
    {
        if (word.Length == 8 && DateUnits.Digits(word, 8) is not null && DateUnits.YearOf(word[..4]) is not null)
            return YearFirst([word[..4], word[4..6], word[6..]]);
        foreach (var mark in "-/._")
        {
            var parts = word.Split(mark);
            if (parts.Length is < 2 or > 3)
                continue;
            if (parts[0].Length == 4)
                return YearFirst(parts);
            return parts.Length == 3 && parts[2].Length == 4 ? YearLast(parts, mark) : null;
        }
        return null;
    }

    private static Moment? YearFirst(string[] parts)
    {
        if (DateUnits.YearOf(parts[0]) is not { } year)
            return null;
        if (parts.Length == 2 && parts[1].Length is 2 or 3)
        {
            if (parts[1][0] == 'w')
                return DateUnits.Digits(parts[1][1..], 2) is { } week ? Week(year, week) : null;
            if (parts[1][0] == 'q')
                return DateUnits.Digits(parts[1][1..], 1) is { } quarter ? Quarter(year, quarter) : null;
        }
        if (DateUnits.Digits(parts[1], 2) is not (>= 1 and <= 12) || parts[1].Length != 2)
            return null;
        var month = DateUnits.Digits(parts[1], 2)!.Value;
        if (parts.Length == 2)
            return new Moment { Fixed = DateRange.Month(year, month), StandsAlone = true };
        return parts[2].Length == 2 ? Day(year, month, DateUnits.Digits(parts[2], 2)) : null;
    }

    /// <summary>With dots the day comes first; with slashes people differ, so one order must be impossible.</summary>
    private static Moment? YearLast(string[] parts, char mark)
    {
        if (DateUnits.YearOf(parts[2]) is not { } year)
            return null;
        if (DateUnits.Digits(parts[0], 2) is not { } one || DateUnits.Digits(parts[1], 2) is not { } two)
            return null;
        if (mark == '.' || one > 12 || one == two)
            return Day(year, two, one);
        return two > 12 ? Day(year, one, two) : null;
    }

    private static Moment? Day(int year, int month, int? day) =>
        month is >= 1 and <= 12 && day is { } number && number >= 1 && number <= DateTime.DaysInMonth(year, month)
            ? new Moment { Fixed = DateRange.Day(new DateOnly(year, month, number)), StandsAlone = true }
            : null;

    private static Moment? Week(int year, int week) =>
        DateUnits.Week(year, week) is { } range ? new Moment { Fixed = range, StandsAlone = true } : null;

    private static Moment? Quarter(int year, int quarter) =>
        quarter is >= 1 and <= 4 ? new Moment { Fixed = DateUnits.Quarter(year, quarter), StandsAlone = true } : null;
}
