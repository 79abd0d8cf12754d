using System.Globalization;

namespace Edge.Notes;

internal static class NoteDate
{
    private const int DayChars = 10;

    public static DateOnly? Of(string path, IReadOnlyDictionary<string, string> frontMatter)
    {
        foreach (var key in (ReadOnlySpan<string>)["date", "created"])
        {
            if (frontMatter.TryGetValue(key, out var value) && AtStart(value.Trim()) is { } date)
                return date;
        }
        return AtStart(Path.GetFileName(path));
    }

    /// <summary>2024-01-05, 2024/01/05, 2024_01_05, 2024.01.05 or 20240105, followed by anything but a digit. The day is
    /// taken as it is written: time and zone after it do not move it.</summary>
    private static DateOnly? AtStart(string text)
    {
        if (text.Length >= DayChars && text[4] is '-' or '/' or '_' or '.' && text[4] == text[7])
        {
            var digits = string.Concat(text.AsSpan(0, 4), text.AsSpan(5, 2), text.AsSpan(8, 2));
            return EndsAt(text, DayChars) ? Day(digits) : null;
        }
        return text.Length >= 8 && EndsAt(text, 8) ? Day(text[..8]) : null;
    }

    private static bool EndsAt(string text, int length) => text.Length == length || !char.IsDigit(text[length]);

    private static DateOnly? Day(string digits) =>
        DateOnly.TryParseExact(digits, "yyyyMMdd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day)
            ? day
            : null;
}
