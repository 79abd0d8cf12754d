using System.Globalization;

namespace Edge.Assistant.Planning;

/// <summary>Days, both ends included; null is open.</summary>
internal readonly record struct DateRange(DateOnly? First, DateOnly? Last)
{
    public static DateRange Day(DateOnly day) => new(day, day);

    public static DateRange Month(int year, int month) =>
        new(new DateOnly(year, month, 1), new DateOnly(year, month, DateTime.DaysInMonth(year, month)));

    public static DateRange Year(int year) => new(new DateOnly(year, 1, 1), new DateOnly(year, 12, 31));

    public bool Holds(DateOnly day) => (First is null || First <= day) && (Last is null || day <= Last);

    /// <summary>"on Tuesday 19 May 2026", "in March 2026", "from 5 January 2024 to 12 January 2024".</summary>
    public override string ToString()
    {
        if (First is not { } first)
            return Last is { } until ? $"until {Written(until)}" : "on any day";
        if (Last is not { } last)
            return $"since {Written(first)}";
        if (first == last)
            return $"on {first.DayOfWeek} {Written(first)}";
        if (this == Year(first.Year))
            return $"in {first.Year.ToString(CultureInfo.InvariantCulture)}";
        return this == Month(first.Year, first.Month)
            ? $"in {first.ToString("MMMM yyyy", CultureInfo.InvariantCulture)}"
            : $"from {Written(first)} to {Written(last)}";
    }

    public static string Written(DateOnly day) => day.ToString("d MMMM yyyy", CultureInfo.InvariantCulture);
}
