using Edge.Assistant.Text;

namespace Edge.Assistant.Summaries;

/// <summary>Which units may stand in a summary, and how well they stand there alone.</summary>
internal static class Candidates
{
    private const int CharsMin = 25;
    private const int CharsMax = 420;
    private const int WordsMin = 5;

    public static bool IsSentence(Unit unit) =>
        unit.Kind is UnitKind.Sentence or UnitKind.ListItem
        && unit.Text.Length is >= CharsMin and <= CharsMax
        && Words.Of(unit.Text).Take(WordsMin).Count() == WordsMin
        && !IsBoilerplate(unit.Text);

    /// <summary>A sentence under "Summary" or "Decisions" says more than its place in the note.</summary>
    public static double HeadingBonus(string heading)
    {
        var last = heading.AsSpan()[(heading.LastIndexOf('>') + 1)..].Trim().ToString().ToLowerInvariant();
        return TellingHeadings.Any(last.Contains) ? 0.5 : 0;
    }

    /// <summary>0 to 1: list items, questions, lead-ins and sentences that lean on the one before stand less well.</summary>
    public static double Fitness(Unit unit)
    {
        var fitness = unit.Kind == UnitKind.ListItem ? 0.8 : 1.0;
        if (unit.Indent > 0)
            fitness *= 0.85;
        if (unit.Text[^1] == ':')
            fitness *= 0.4;
        if (unit.Text[^1] == '?')
            fitness *= 0.6;
        if (LeansBack.Any(start => unit.Text.StartsWith(start, StringComparison.Ordinal)))
            fitness *= 0.7;
        if (unit.Text.Contains("://", StringComparison.Ordinal))
            fitness *= 0.4;
        if (unit.Text[^1] is not ('.' or '!' or '?' or '”' or '"' or ')' or ':'))
            fitness *= 0.6;
        if (unit.Heading.Contains("ingredient", StringComparison.OrdinalIgnoreCase) || IsListOfNames(unit.Text))
            fitness *= 0.3;
        return fitness;
    }

    private static bool IsListOfNames(string text)
    {
        var words = Words.Of(text).ToList();
        return words.Count(word => char.IsUpper(word[0])) > 0.7 * words.Count;
    }

    private static bool IsBoilerplate(string text)
    {
        foreach (var mark in Boilerplate)
        {
            if (text.Contains(mark, StringComparison.OrdinalIgnoreCase))
                return true;
        }
        var letters = text.Count(char.IsLetter);
        return letters < text.Length * 0.55 || text.StartsWith("See ", StringComparison.Ordinal);
    }

    private static readonly string[] TellingHeadings =
    [
        "summary",
        "tl;dr",
        "tldr",
        "decision",
        "conclusion",
        "outcome",
        "overview",
        "abstract",
        "in short",
    ];

    private static readonly string[] LeansBack =
    [
        "It ",
        "They ",
        "This ",
        "That ",
        "These ",
        "Those ",
        "But ",
        "And ",
        "Also",
        "However",
        "Then ",
        "He ",
        "She ",
        "So ",
    ];

    private static readonly string[] Boilerplate =
    [
        "all rights reserved",
        "table of contents",
        "click here",
        "watch the recording",
        "prep time:",
        "cook time:",
        "servings:",
        "last updated",
        "edit this page",
        "subscribe to",
        "copyright ©",
        "privacy policy",
    ];
}
