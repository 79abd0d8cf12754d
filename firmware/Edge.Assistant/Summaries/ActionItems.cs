using System.Text.RegularExpressions;
using Edge.Assistant.Text;

namespace Edge.Assistant.Summaries;

public enum ActionKind
{
    Open,
    Done,
    Decision,
}

/// <summary>Something to do, done, or decided, in the note's own words.</summary>
/// <param name="Text">Plain, on one line.</param>
/// <param name="Line">Where it begins, from 1.</param>
public sealed record ActionItem(ActionKind Kind, string Text, int Line);

/// <summary>
/// Finds what a note says is to be done or was decided: task list items, items under a heading such as "Next steps", lines
/// with a label such as "Action:", and sentences such as "Ana will order the bulbs" or "We decided to wait". By form alone,
/// without a model: it would rather miss one than make one up.
/// </summary>
public static partial class ActionItems
{
    /// <summary>Longer sentences are seldom an action.</summary>
    private const int CharsMax = 300;

    /// <param name="lines">Of the whole note, without line ends.</param>
    /// <param name="bodyFirstLine">From 1: after front matter.</param>
    /// <returns>In the order of the note.</returns>
    public static IReadOnlyList<ActionItem> Find(IReadOnlyList<string> lines, int bodyFirstLine)
    {
        var seen = Hidden.Remove(string.Join('\n', lines)).Split('\n');
        var found = new SortedDictionary<int, ActionItem>();
        var code = new HashSet<int>();
        foreach (var unit in NoteOutline.Read(lines, bodyFirstLine))
        {
            if (unit.Kind == UnitKind.Code)
                code.UnionWith(Enumerable.Range(unit.FirstLine, unit.LastLine - unit.FirstLine + 1));
            else if (KindOf(unit) is { } kind)
                found.TryAdd(unit.FirstLine, new ActionItem(kind, WithoutLabel(unit.Text), unit.FirstLine));
        }
        for (var i = bodyFirstLine; i <= seen.Length; i++)
        {
            if (!code.Contains(i) && Task().Match(seen[i - 1]) is { Success: true } task)
                found[i] = new ActionItem(
                    task.Groups["mark"].ValueSpan is " " ? ActionKind.Open : ActionKind.Done,
                    PlainText.Of(task.Groups["text"].Value).Trim(),
                    i
                );
        }
        return [.. found.Values.Where(item => item.Text.Length > 0)];
    }

    /// <summary>"12: [ ] Order the bulbs", a line each; a sentence that says so when there are none.</summary>
    public static string Text(IReadOnlyList<ActionItem> items) =>
        items.Count == 0
            ? "The text names nothing to do and no decision."
            : string.Join('\n', items.Select(item => $"{item.Line}: {Mark(item.Kind)} {item.Text}"));

    private static string Mark(ActionKind kind) =>
        kind switch
        {
            ActionKind.Open => "[ ]",
            ActionKind.Done => "[x]",
            _ => "decided:",
        };

    private static ActionKind? KindOf(Unit unit)
    {
        if (unit.Kind is not (UnitKind.Sentence or UnitKind.ListItem) || unit.Text.Length > CharsMax)
            return null;
        var heading = unit.Heading[(unit.Heading.LastIndexOf('>') + 1)..].Trim();
        if (unit.Text.EndsWith('?') || unit.Text.EndsWith(':'))
            return null;
        if (Decided().IsMatch(unit.Text))
            return ActionKind.Decision;
        if (Labelled().IsMatch(unit.Text) || Promised().IsMatch(unit.Text))
            return ActionKind.Open;
        if (unit.Kind != UnitKind.ListItem)
            return null;
        return DecisionHeading().IsMatch(heading) ? ActionKind.Decision
            : ActionHeading().IsMatch(heading) ? ActionKind.Open
            : null;
    }

    private static string WithoutLabel(string text) => Label().Replace(text, "").Trim();

    [GeneratedRegex(@"^\s*(?:[-*+]|[0-9]{1,9}[.)])\s+\[(?<mark>[ xX])\]\s+(?<text>.*)$")]
    private static partial Regex Task();

    [GeneratedRegex(@"^(?:TODO|To-?do|Action(?: item)?|AI|Next step|Follow-?up)\s*:\s*\S", RegexOptions.IgnoreCase)]
    private static partial Regex Labelled();

    [GeneratedRegex(
        @"^(?:TODO|To-?do|Action(?: item)?|AI|Next step|Follow-?up|Decision|Decided|Agreed)\s*:\s*",
        RegexOptions.IgnoreCase
    )]
    private static partial Regex Label();

    /// <summary>A person begins the sentence: I, we, @name, or a name of one or two words.</summary>
    [GeneratedRegex(
        @"^(?:I|We|@[\w-]+|(?!(?:The|This|That|It|There|They|He|She|You|These|Those|What|Who|If|When|Each|Every|All|Some|Nobody|Somebody|Someone)\b)\p{Lu}\p{Ll}+(?:\s\p{Lu}\p{Ll}+)?)\s+(?:will\s+(?!be\b|have\b|not\b|also\s+be\b)|needs?\s+to\s+|has\s+to\s+|have\s+to\s+|must\s+|(?:am|is|are)\s+going\s+to\s+|to\s+)\p{Ll}"
    )]
    private static partial Regex Promised();

    [GeneratedRegex(
        @"^(?:Decision|Decided|Agreed)\s*:|\b(?:[Ww]e|[Tt]he (?:team|group|committee|board)|it was|was|were)\s+(?:have\s+|has\s+|all\s+)?(?:decided|agreed)\b|^(?:Decided|Agreed)\s+(?:to|that|on)\b"
    )]
    private static partial Regex Decided();

    [GeneratedRegex(
        @"^(?:action(?: item)?s?|to-?dos?|to do|next steps?|follow-?ups?|tasks)\W*$",
        RegexOptions.IgnoreCase
    )]
    private static partial Regex ActionHeading();

    [GeneratedRegex(@"^(?:decisions?|what we decided|resolutions?)\W*$", RegexOptions.IgnoreCase)]
    private static partial Regex DecisionHeading();
}
