using System.Globalization;
using System.Text.RegularExpressions;

namespace Edge.Assistant.Wiki;

internal enum ValueKind
{
    None,
    Number,
    Date,
    Weekday,
    Time,
}

/// <summary>A word of a statement, or a value in it.</summary>
/// <param name="Word">Lower case, without the punctuation around it; "" for a value.</param>
/// <param name="Value">Canonical: "300", "2024-03-05", "03-05", "tuesday", "19:30".</param>
/// <param name="Unit">What is written onto a number: "%", "euro", "km"; "" otherwise.</param>
/// <param name="Stops">A comma, semicolon, colon or bracket stands behind it.</param>
internal readonly record struct ClaimToken(string Word, ValueKind Kind, string Value, string Unit, bool Stops)
{
    public bool IsValue => Kind != ValueKind.None;
}

/// <summary>Cuts a sentence into words and values. Numbers with a comma for the decimal point stay words: "1,5" and
/// "1,500" cannot be told apart safely.</summary>
internal static partial class ClaimTokens
{
    private static readonly string[] Months =
    [
        "january",
        "february",
        "march",
        "april",
        "may",
        "june",
        "july",
        "august",
        "september",
        "october",
        "november",
        "december",
    ];

    private static readonly string[] Weekdays =
    [
        "monday",
        "tuesday",
        "wednesday",
        "thursday",
        "friday",
        "saturday",
        "sunday",
    ];

    private static readonly string[] NumberWords =
    [
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

    /// <summary>"Anna's budget isn't €300." gives anna's, budget, is, not, 300 (euro).</summary>
    public static List<ClaimToken> Of(string text)
    {
        var raw = text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
        var tokens = new List<ClaimToken>(raw.Length);
        for (var i = 0; i < raw.Length; )
        {
            if (TryDate(raw, i, out var date, out var used))
                tokens.Add(new ClaimToken("", ValueKind.Date, date, "", Stops(raw[i + used - 1])));
            else if (TryTime(raw, i, out var time, out used))
                tokens.Add(new ClaimToken("", ValueKind.Time, time, "", Stops(raw[i + used - 1])));
            else
            {
                used = 1;
                AddWord(raw[i], tokens);
            }
            i += used;
        }
        return tokens;
    }

    private static bool Stops(string raw) => raw[^1] is ',' or ';' or ':' or ')' or ']' || raw[0] is '(' or '[';

    /// <summary>Without punctuation, emphasis and pictures around it; a lone dash or plus stays.</summary>
    private static string Bare(string raw)
    {
        var start = 0;
        while (
            start < raw.Length
            && !char.IsLetterOrDigit(raw[start])
            && raw[start] is not ('€' or '$' or '£' or '-' or '+')
        )
            start++;
        var end = raw.Length;
        while (
            end > start && !char.IsLetterOrDigit(raw[end - 1]) && raw[end - 1] is not ('€' or '%' or '°' or '+' or '#')
        )
            end--;
        return end > start ? raw[start..end]
            : raw is "–" or "—" ? raw
            : "";
    }

    /// <summary>2024-03-05; 5 March [2024]; 5th of March; March 5[, 2024].</summary>
    private static bool TryDate(string[] raw, int at, out string date, out int used)
    {
        (date, used) = ("", 1);
        var first = Bare(raw[at]).ToLowerInvariant();
        if (DateOnly.TryParseExact(first, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out _))
        {
            date = first;
            return true;
        }
        var next = at + 1 < raw.Length ? Bare(raw[at + 1]).ToLowerInvariant() : "";
        if (Day(first) is { } day)
        {
            var month = at + (next == "of" ? 2 : 1);
            if (month >= raw.Length || Month(Bare(raw[month])) is not { } named)
                return false;
            used = month - at + 1;
            return Finish(raw, at, named, day, Stops(raw[month]), ref date, ref used);
        }
        if (Month(Bare(raw[at])) is not { } spelled || Day(next) is not { } ofMonth || char.IsLower(raw[at][0]))
            return false;
        used = 2;
        return Finish(raw, at, spelled, ofMonth, false, ref date, ref used);
    }

    private static bool Finish(string[] raw, int at, int month, int day, bool ends, ref string date, ref int used)
    {
        date = string.Create(CultureInfo.InvariantCulture, $"{month:00}-{day:00}");
        if (ends || at + used >= raw.Length || !YearText().IsMatch(Bare(raw[at + used])))
            return true;
        date = $"{Bare(raw[at + used])}-{date}";
        used++;
        return true;
    }

    private static int? Day(string word)
    {
        var digits = word.Length > 2 && word[^2..] is "st" or "nd" or "rd" or "th" ? word[..^2] : word;
        return
            digits.Length is 1 or 2
            && int.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var day)
            && day is >= 1 and <= 31
            ? day
            : null;
    }

    private static int? Month(string word)
    {
        if (word.Length < 3)
            return null;
        var lower = word.ToLowerInvariant();
        var at = Array.FindIndex(
            Months,
            month => month == lower || lower.Length is 3 or 4 && month.StartsWith(lower, StringComparison.Ordinal)
        );
        return at < 0 ? null : at + 1;
    }

    /// <summary>19:30; 7:30 pm; 7 pm; 7pm.</summary>
    private static bool TryTime(string[] raw, int at, out string time, out int used)
    {
        (time, used) = ("", 1);
        var word = Bare(raw[at]).ToLowerInvariant();
        var half = word.Length > 2 && word[^2..] is "am" or "pm" ? word[^2..] : null;
        var clock = half is null ? word : word[..^2];
        if (
            half is null
            && at + 1 < raw.Length
            && Bare(raw[at + 1]).ToLowerInvariant() is "am" or "pm" or "a.m" or "p.m"
        )
        {
            half = Bare(raw[at + 1])[..1].ToLowerInvariant() + "m";
            used = 2;
        }
        var found = ClockText().Match(clock);
        if (!found.Success || half is null && !found.Groups[2].Success)
            return false;
        var hour = int.Parse(found.Groups[1].ValueSpan, CultureInfo.InvariantCulture);
        var minute = found.Groups[2].Success ? int.Parse(found.Groups[2].ValueSpan, CultureInfo.InvariantCulture) : 0;
        if (hour > (half is null ? 24 : 12) || minute > 59)
            return false;
        if (half is not null)
            hour = hour % 12 + (half == "pm" ? 12 : 0);
        time = string.Create(CultureInfo.InvariantCulture, $"{hour:00}:{minute:00}");
        return true;
    }

    private static void AddWord(string raw, List<ClaimToken> tokens)
    {
        var word = Bare(raw).Replace('’', '\'').ToLowerInvariant();
        var stops = Stops(raw);
        // Tags and pictures say nothing.
        if (raw is ['#', _, ..] || !word.Any(char.IsLetterOrDigit) && word is not ("-" or "–" or "—" or "+" or "%"))
            return;
        if (Array.IndexOf(Weekdays, word) >= 0)
            tokens.Add(new ClaimToken("", ValueKind.Weekday, word, "", stops));
        else if (Array.IndexOf(NumberWords, word) is var small and >= 0)
            tokens.Add(
                new ClaimToken("", ValueKind.Number, (small + 2).ToString(CultureInfo.InvariantCulture), "", stops)
            );
        else if (TryNumber(word, out var number, out var unit))
            tokens.Add(new ClaimToken("", ValueKind.Number, number, unit, stops));
        else if (word is "cannot" or "can't" or "won't")
            Negated(word[0] == 'w' ? "will" : "can", stops, tokens);
        else if (word.EndsWith("n't", StringComparison.Ordinal))
            Negated(word[..^3], stops, tokens);
        else
            tokens.Add(new ClaimToken(word, ValueKind.None, "", "", stops));
    }

    private static void Negated(string verb, bool stops, List<ClaimToken> tokens)
    {
        tokens.Add(new ClaimToken(verb, ValueKind.None, "", "", false));
        tokens.Add(new ClaimToken("not", ValueKind.None, "", "", stops));
    }

    private static bool TryNumber(string word, out string number, out string unit)
    {
        (number, unit) = ("", "");
        var found = NumberText().Match(word);
        if (!found.Success)
            return false;
        var digits = found.Groups[2].Value.Replace(",", "", StringComparison.Ordinal);
        if (
            !decimal.TryParse(
                digits,
                NumberStyles.AllowDecimalPoint | NumberStyles.AllowLeadingSign,
                CultureInfo.InvariantCulture,
                out var value
            )
        )
            return false;
        number = value.ToString("0.############", CultureInfo.InvariantCulture);
        unit = UnitName(found.Groups[1].Value + found.Groups[3].Value);
        return true;
    }

    /// <summary>One name for a unit however it is written.</summary>
    public static string UnitName(string written) =>
        written switch
        {
            "€" or "eur" or "euro" or "euros" => "euro",
            "$" or "usd" or "dollar" or "dollars" => "dollar",
            "£" or "gbp" or "pounds sterling" => "pound sterling",
            "%" or "percent" => "%",
            _ => written,
        };

    [GeneratedRegex("^([€$£]?)([-+]?(?:[0-9]{1,3}(?:,[0-9]{3})+|[0-9]{1,15})(?:[.][0-9]{1,9})?)(%|€|[a-zµ°]{0,5})$")]
    private static partial Regex NumberText();

    [GeneratedRegex("^([0-9]{1,2})(?::([0-9]{2}))?$")]
    private static partial Regex ClockText();

    [GeneratedRegex("^(?:19|20)[0-9]{2}$")]
    private static partial Regex YearText();
}
