using System.Globalization;
using Edge.Assistant.Planning;

namespace Edge.Assistant.Tests.Planning;

/// <summary>Read on Sunday 24 May 2026 unless another day is named; ".." is open at one end.</summary>
public class DateTests
{
    private static readonly DateOnly Sunday = new(2026, 5, 24);

    private static string? Read(string text, DateOnly today, Lean lean = Lean.Past)
    {
        var words = PlanWord.Read(text);
        return new RangeReader(words, today).Read(0, lean) is { } read && read.End == words.Count
            ? Written(read.Range)
            : null;
    }

    private static string Written(DateRange range)
    {
        if (range.First is { } first && range.First == range.Last)
            return Iso(first);
        return $"{(range.First is { } from ? Iso(from) : "")}..{(range.Last is { } to ? Iso(to) : "")}";
    }

    private static string Iso(DateOnly day) => day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);

    [Theory]
    [InlineData("today", "2026-05-24")]
    [InlineData("Yesterday", "2026-05-23")]
    [InlineData("tomorrow", "2026-05-25")]
    [InlineData("this morning", "2026-05-24")]
    [InlineData("the day before yesterday", "2026-05-22")]
    [InlineData("the day after tomorrow", "2026-05-26")]
    [InlineData("3 days ago", "2026-05-21")]
    [InlineData("ten days ago", "2026-05-14")]
    [InlineData("a week ago", "2026-05-11..2026-05-17")]
    [InlineData("2 months ago", "2026-03-01..2026-03-31")]
    [InlineData("a year ago", "2025-01-01..2025-12-31")]
    [InlineData("last Tuesday", "2026-05-19")]
    [InlineData("last Sunday", "2026-05-17")]
    [InlineData("on Sunday", "2026-05-24")]
    [InlineData("on Monday", "2026-05-18")]
    [InlineData("this Monday", "2026-05-18")]
    [InlineData("next Friday", "2026-05-29")]
    [InlineData("Tuesday last week", "2026-05-12")]
    [InlineData("on Tuesday of last week", "2026-05-12")]
    [InlineData("last week", "2026-05-11..2026-05-17")]
    [InlineData("this week", "2026-05-18..2026-05-24")]
    [InlineData("next week", "2026-05-25..2026-05-31")]
    [InlineData("in the last week", "2026-05-17..2026-05-24")]
    [InlineData("last weekend", "2026-05-16..2026-05-17")]
    [InlineData("this weekend", "2026-05-23..2026-05-24")]
    [InlineData("last month", "2026-04-01..2026-04-30")]
    [InlineData("this month", "2026-05-01..2026-05-31")]
    [InlineData("last quarter", "2026-01-01..2026-03-31")]
    [InlineData("last year", "2025-01-01..2025-12-31")]
    [InlineData("the past 7 days", "2026-05-17..2026-05-24")]
    [InlineData("in the last three months", "2026-02-24..2026-05-24")]
    [InlineData("over the past year", "2025-05-24..2026-05-24")]
    [InlineData("the next 7 days", "2026-05-24..2026-05-31")]
    public void Days_are_counted_from_today(string text, string expected) => Assert.Equal(expected, Read(text, Sunday));

    [Theory]
    [InlineData("2024-01-05", "2024-01-05")]
    [InlineData("on 2024/01/05", "2024-01-05")]
    [InlineData("20240105", "2024-01-05")]
    [InlineData("2024-01", "2024-01-01..2024-01-31")]
    [InlineData("2024-W01", "2024-01-01..2024-01-07")]
    [InlineData("2026-W53", "2026-12-28..2027-01-03")]
    [InlineData("2024-Q4", "2024-10-01..2024-12-31")]
    [InlineData("05.01.2024", "2024-01-05")]
    [InlineData("25/1/2024", "2024-01-25")]
    [InlineData("1/25/2024", "2024-01-25")]
    [InlineData("5 March", "2026-03-05")]
    [InlineData("5 June", "2025-06-05")]
    [InlineData("the 5th of March", "2026-03-05")]
    [InlineData("March 5th, 2024", "2024-03-05")]
    [InlineData("Mar 5 2024", "2024-03-05")]
    [InlineData("the first of March 2024", "2024-03-01")]
    [InlineData("29 February", "2024-02-29")]
    [InlineData("29 February 2024", "2024-02-29")]
    [InlineData("on the 12th", "2026-05-12")]
    [InlineData("on the 31st", "2026-03-31")]
    [InlineData("Tuesday 19 May 2026", "2026-05-19")]
    [InlineData("Tue, 19 May", "2026-05-19")]
    [InlineData("Sunday 2026-05-24", "2026-05-24")]
    [InlineData("in March", "2026-03-01..2026-03-31")]
    [InlineData("in May", "2026-05-01..2026-05-31")]
    [InlineData("in June", "2025-06-01..2025-06-30")]
    [InlineData("in February", "2026-02-01..2026-02-28")]
    [InlineData("in February 2024", "2024-02-01..2024-02-29")]
    [InlineData("in February 2100", "2100-02-01..2100-02-28")]
    [InlineData("last March", "2026-03-01..2026-03-31")]
    [InlineData("last May", "2025-05-01..2025-05-31")]
    [InlineData("next May", "2027-05-01..2027-05-31")]
    [InlineData("in 2024", "2024-01-01..2024-12-31")]
    [InlineData("during the year 2024", "2024-01-01..2024-12-31")]
    [InlineData("in week 12", "2026-03-16..2026-03-22")]
    [InlineData("in week 1 of 2021", "2021-01-04..2021-01-10")]
    [InlineData("in Q1", "2026-01-01..2026-03-31")]
    [InlineData("in Q3", "2025-07-01..2025-09-30")]
    [InlineData("in the second quarter of 2024", "2024-04-01..2024-06-30")]
    [InlineData("on the end of February 2024", "2024-02-29")]
    public void Dates_of_the_calendar_are_the_latest_that_have_begun(string text, string expected) =>
        Assert.Equal(expected, Read(text, Sunday));

    [Theory]
    [InlineData("since May", "2026-05-01..")]
    [InlineData("since last Tuesday", "2026-05-19..")]
    [InlineData("since 2 weeks ago", "2026-05-10..")]
    [InlineData("since the beginning of the year", "2026-01-01..")]
    [InlineData("after March", "2026-04-01..")]
    [InlineData("after 2024-02-29", "2024-03-01..")]
    [InlineData("before March", "..2026-02-28")]
    [InlineData("before 1 January 2024", "..2023-12-31")]
    [InlineData("until March", "..2026-03-31")]
    [InlineData("up to 2024-01-05", "..2024-01-05")]
    [InlineData("on or after 5 March", "2026-03-05..")]
    [InlineData("on or before 5 March", "..2026-03-05")]
    [InlineData("from March onwards", "2026-03-01..")]
    [InlineData("5 March or later", "2026-03-05..")]
    [InlineData("from March", "2026-03-01..2026-03-31")]
    [InlineData("between 2024-01-05 and the 12th", "2024-01-05..2024-01-12")]
    [InlineData("between 2024-01-25 and the 3rd", "2024-01-25..2024-02-03")]
    [InlineData("between 5 and 12 March 2024", "2024-03-05..2024-03-12")]
    [InlineData("between 28 and 3 March 2024", "2024-02-28..2024-03-03")]
    [InlineData("from 5 to 12 March", "2026-03-05..2026-03-12")]
    [InlineData("5-12 March 2024", "2024-03-05..2024-03-12")]
    [InlineData("March 5–12, 2024", "2024-03-05..2024-03-12")]
    [InlineData("between March and May", "2026-03-01..2026-05-31")]
    [InlineData("between November and February", "2025-11-01..2026-02-28")]
    [InlineData("from November to February 2024", "2023-11-01..2024-02-29")]
    [InlineData("from Monday to Wednesday", "2026-05-18..2026-05-20")]
    [InlineData("between last Monday and Friday", "2026-05-18..2026-05-22")]
    [InlineData("between 2023 and 2024", "2023-01-01..2024-12-31")]
    [InlineData("between 12 March 2024 and 5 March 2024", "2024-03-05..2024-03-12")]
    [InlineData("2024-01-05 to 2024-01-12", "2024-01-05..2024-01-12")]
    [InlineData("2024-01-05..2024-01-12", "2024-01-05..2024-01-12")]
    [InlineData("2024-01-05/2024-01-12", "2024-01-05..2024-01-12")]
    public void Ranges_are_read_with_what_each_end_leaves_to_the_other(string text, string expected) =>
        Assert.Equal(expected, Read(text, Sunday));

    [Theory]
    [InlineData("on Friday", "2026-05-29")]
    [InlineData("on Sunday", "2026-05-24")]
    [InlineData("by Friday", "..2026-05-29")]
    [InlineData("before Friday", "..2026-05-28")]
    [InlineData("in March", "2027-03-01..2027-03-31")]
    [InlineData("on the 12th", "2026-06-12")]
    [InlineData("5 June", "2026-06-05")]
    [InlineData("in 3 days", "2026-05-27")]
    [InlineData("within 3 days", "2026-05-24..2026-05-27")]
    [InlineData("in two months", "2026-07-01..2026-07-31")]
    [InlineData("between Monday and Friday", "2026-05-25..2026-05-29")]
    public void What_is_due_lies_ahead(string text, string expected) =>
        Assert.Equal(expected, Read(text, Sunday, Lean.Future));

    [Theory]
    [InlineData("last Tuesday", "2026-03-03", "2026-02-24")]
    [InlineData("last month", "2024-03-31", "2024-02-01..2024-02-29")]
    [InlineData("the last month", "2024-03-31", "2024-02-29..2024-03-31")]
    [InlineData("yesterday", "2024-03-01", "2024-02-29")]
    [InlineData("yesterday", "2023-03-01", "2023-02-28")]
    [InlineData("tomorrow", "2025-12-31", "2026-01-01")]
    [InlineData("this week", "2026-01-01", "2025-12-29..2026-01-04")]
    [InlineData("last week", "2026-05-25", "2026-05-18..2026-05-24")]
    [InlineData("last year", "2024-02-29", "2023-01-01..2023-12-31")]
    [InlineData("in December", "2026-01-01", "2025-12-01..2025-12-31")]
    [InlineData("last December", "2026-01-01", "2025-12-01..2025-12-31")]
    [InlineData("on the 30th", "2026-03-01", "2026-01-30")]
    [InlineData("29 February", "2024-02-29", "2024-02-29")]
    [InlineData("29 February", "2024-02-28", "2020-02-29")]
    [InlineData("3 months ago", "2026-05-31", "2026-02-01..2026-02-28")]
    public void Ends_of_months_and_years_are_no_special_case(string text, string today, string expected) =>
        Assert.Equal(expected, Read(text, DateOnly.Parse(today, CultureInfo.InvariantCulture)));

    [Theory]
    [InlineData("May")]
    [InlineData("march")]
    [InlineData("2024")]
    [InlineData("the 12th")]
    [InlineData("the first")]
    [InlineData("second")]
    [InlineData("30 February 2024")]
    [InlineData("29 February 2023")]
    [InlineData("2023-02-29")]
    [InlineData("2024-13-01")]
    [InlineData("2021-W53")]
    [InlineData("1/2/2024")]
    [InlineData("Monday 19 May 2026")]
    [InlineData("in the 12th century")]
    [InlineData("in the last week of March")]
    [InlineData("5000 years ago")]
    [InlineData("9999 years ago")]
    [InlineData("1.3")]
    [InlineData("between 1.3 and 1.4")]
    [InlineData("between 5 and 12")]
    [InlineData("10-14 days")]
    [InlineData("2000 steps")]
    [InlineData("in")]
    [InlineData("since")]
    [InlineData("between March and")]
    public void What_is_no_clear_date_is_none(string text) => Assert.Null(Read(text, Sunday));
}
