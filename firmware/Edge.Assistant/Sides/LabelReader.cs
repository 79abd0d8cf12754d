using Edge.Assistant.Asking;
using Edge.Assistant.Text;

namespace Edge.Assistant.Sides;

/// <summary>Lines under a label: "## Drawbacks", "Pros:", "- Con: slow".</summary>
/// <param name="Sign">1 for, -1 against the note's thing.</param>
/// <param name="First">Index of the unit that says the label.</param>
/// <param name="Last">Of the last unit under it.</param>
internal readonly record struct Labelled(int Sign, int First, int Last);

/// <summary>Finds what stands under labels that speak of the claim's thing and of nothing else.</summary>
internal sealed class LabelReader(StanceClaim claim)
{
    /// <summary>Of a label, words.</summary>
    private const int LabelWordsMax = 8;

    public IEnumerable<Labelled> In(NoteView note)
    {
        for (var i = 0; i < note.Units.Count; i++)
        {
            var unit = note.Units[i];
            if (unit.Kind == UnitKind.Heading)
            {
                if (
                    SignOf(note, unit.Text, unit.Heading) is not 0 and var sign
                    && Under(note, i) is var last
                    && last > i
                )
                    yield return new Labelled(sign, i, last);
                continue;
            }
            if (unit.Kind is not (UnitKind.Sentence or UnitKind.ListItem))
                continue;
            var colon = unit.Text.IndexOf(':', StringComparison.Ordinal);
            if (colon == unit.Text.Length - 1 || colon < 0)
            {
                var label = unit.Text.TrimEnd(':');
                if (SignOf(note, label, unit.Heading) is not 0 and var sign && Listed(note, i) is var last && last > i)
                    yield return new Labelled(sign, i, last);
            }
            else if (SignOf(note, unit.Text[..colon], unit.Heading) is not 0 and var sign)
            {
                yield return new Labelled(sign, i, i);
            }
        }
    }

    /// <summary>0: no label, or one of something else.</summary>
    private int SignOf(NoteView note, string label, string heading)
    {
        var tokens = StanceToken.Read(label, claim.TermOf);
        if (tokens.Count is 0 or > LabelWordsMax || LabelSign(tokens) is not (not 0 and var sign))
            return 0;
        var covered = tokens.Where(token => token.Term >= 0).Select(token => token.Term).ToHashSet();
        // Up the headings until the thing is named: another thing in between is what the label is about.
        var above = heading.Length == 0 ? [] : heading.Split(" > ").Reverse().Append(note.Title);
        foreach (var segment in above.DefaultIfEmpty(note.Title))
        {
            if (covered.Count == claim.Terms.Count)
                break;
            var read = StanceToken.Read(segment, claim.TermOf);
            if (read.Exists(token => token.IsForeign && !StanceWords.GenericHeadings.Contains(token.Word)))
                return 0;
            covered.UnionWith(read.Where(token => token.Term >= 0).Select(token => token.Term));
        }
        return covered.Count == claim.Terms.Count ? sign : 0;
    }

    /// <summary>Nothing but label words of one side, the claim's terms and grammar. "Arguments for", "Reasons against X".</summary>
    private static int LabelSign(List<StanceToken> tokens)
    {
        var sign = 0;
        for (var i = 0; i < tokens.Count; i++)
        {
            var word = tokens[i].Word;
            if (tokens[i].Term >= 0)
                continue;
            var said = StanceWords.Labels.GetValueOrDefault(word);
            if (StanceWords.Arguments.Contains(word))
                said =
                    i + 1 < tokens.Count && tokens[i + 1].Word == "against" ? -1
                    : i + 1 < tokens.Count && tokens[i + 1].Word == "for" ? 1
                    : 0;
            else if (said == 0 && (tokens[i].IsForeign || StanceWords.Negations.Contains(word)))
                return 0;
            if (said != 0 && sign != 0 && said != sign)
                return 0;
            sign = said != 0 ? said : sign;
        }
        return sign;
    }

    /// <summary>Up to the next heading.</summary>
    private static int Under(NoteView note, int heading)
    {
        var last = heading;
        while (last + 1 < note.Units.Count && note.Units[last + 1].Kind != UnitKind.Heading)
            last++;
        return last;
    }

    /// <summary>The deeper items of a list, or the next block.</summary>
    private static int Listed(NoteView note, int label)
    {
        var (units, last) = (note.Units, label);
        var isItem = units[label].Kind == UnitKind.ListItem;
        for (var i = label + 1; i < units.Count && units[i].Kind != UnitKind.Heading; i++)
        {
            var belongs = isItem
                ? units[i].Block == units[label].Block && units[i].Indent > units[label].Indent
                : units[i].Block == units[label + 1].Block && units[i].Kind == UnitKind.ListItem;
            if (!belongs)
                break;
            last = i;
        }
        return last;
    }
}
