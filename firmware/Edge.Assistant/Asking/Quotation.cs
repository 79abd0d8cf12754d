using Edge.Assistant.Text;

namespace Edge.Assistant.Asking;

/// <summary>What is said and what is shown of a unit: its text, and the lines of its block as the file has them.</summary>
/// <param name="Text">Plain, verbatim: the unit, with the line that leads in or the list that it announces.</param>
internal sealed record Quotation(string Text, Citation Citation)
{
    /// <summary>Longest citation, lines.</summary>
    public const int LinesMax = 12;

    private const int AnnouncedMax = 4;

    public static Quotation Of(ScoredUnit found)
    {
        var (units, index) = (found.Note.Units, found.Index);
        var first = index;
        var last = index;
        if (LeadsIn(units[index]))
            last = LastAnnounced(units, index);
        if (units[index].Kind == UnitKind.Code && index > 0 && LeadsIn(units[index - 1]))
            first = index - 1;
        var parent = Parent(units, index);
        var texts = Enumerable.Range(first, last - first + 1).Select(i => units[i].Text);
        if (parent >= 0)
            texts = texts.Prepend(units[parent].Text);
        return new Quotation(string.Join('\n', texts), Cite(found.Note, first, last, parent));
    }

    /// <summary>Whether something of the kind that a question asks for stands in the lines cited.</summary>
    public bool MayAnswer(AnswerKind kind) => AnswerKinds.MayAnswer(kind, PlainText.Of(Citation.Quote));

    private static bool LeadsIn(Unit unit) => unit.Text.EndsWith(':');

    /// <summary>The units that a text ending in ":" announces: the next block, or the deeper items of its own list.</summary>
    private static int LastAnnounced(IReadOnlyList<Unit> units, int index)
    {
        var last = index;
        for (var i = index + 1; i < units.Count && i <= index + AnnouncedMax; i++)
        {
            if (units[i].Kind == UnitKind.Heading || units[i].Block > units[index + 1].Block)
                break;
            last = i;
        }
        return last;
    }

    /// <summary>The list item that this one is under, or -1.</summary>
    private static int Parent(IReadOnlyList<Unit> units, int index)
    {
        if (units[index].Kind != UnitKind.ListItem || units[index].Indent == 0)
            return -1;
        for (var i = index - 1; i >= 0 && units[i].Block == units[index].Block; i--)
        {
            if (units[i].Indent < units[index].Indent)
                return i;
        }
        return -1;
    }

    /// <summary>The whole block where it is short; otherwise the lines around the unit.</summary>
    private static Citation Cite(NoteView note, int first, int last, int parent)
    {
        var units = note.Units;
        var from = units[
            parent >= 0 && units[first].FirstLine - units[parent].FirstLine < LinesMax / 2 ? parent : first
        ].FirstLine;
        var to = Math.Min(units[last].LastLine, from + LinesMax - 1);
        var blockFirst = BlockEdge(units, first, -1).FirstLine;
        var blockLast = BlockEdge(units, last, 1).LastLine;
        if (blockLast - blockFirst < LinesMax)
        {
            from = Math.Min(from, blockFirst);
            to = Math.Max(to, blockLast);
        }
        else
        {
            var spare = LinesMax - (to - from + 1);
            var above = Math.Min(from - blockFirst, spare / 3);
            from -= Math.Max(0, above);
            to = Math.Min(Math.Max(to, blockLast), to + Math.Max(0, spare - Math.Max(0, above)));
        }
        to = Math.Min(WithNextParagraph(units, last, from, to), note.Lines.Count);
        var quote = string.Join('\n', Enumerable.Range(from - 1, to - from + 1).Select(i => note.Lines[i]));
        return new Citation(note.Path, from, to, quote);
    }

    /// <summary>A lone sentence or two are shown with the short paragraph after them, which often finishes the thought.</summary>
    private static int WithNextParagraph(IReadOnlyList<Unit> units, int last, int from, int to)
    {
        if (units[last].Kind != UnitKind.Sentence || to - from >= ShortLines)
            return to;
        var next = last + 1;
        while (next < units.Count && units[next].Block == units[last].Block)
            next++;
        if (next >= units.Count || units[next].Kind is UnitKind.Heading || units[next].FirstLine > to + 2)
            return to;
        var end = BlockEdge(units, next, 1).LastLine;
        return end - from < 2 * ShortLines ? end : to;
    }

    private const int ShortLines = 3;

    private static Unit BlockEdge(IReadOnlyList<Unit> units, int index, int step)
    {
        var i = index;
        while (i + step >= 0 && i + step < units.Count && units[i + step].Block == units[index].Block)
            i += step;
        return units[i];
    }
}
