namespace Edge.Notes;

/// <summary>
/// Splits a note's body into blocks, line by line, as far as retrieval needs markdown: headings, fences, lists, tables,
/// quotes and comments. Time is linear in the text, and it never fails: what it does not know is a paragraph.
/// </summary>
internal sealed class BlockReader(IReadOnlyList<string> lines, int start)
{
    private readonly List<Block> blocks = [];
    private int at = start;

    // Set once no "-->" follows: many unclosed comments must not each search to the end.
    private bool noCommentEnds;

    public List<Block> Read()
    {
        while (at < lines.Count)
        {
            var line = lines[at];
            if (string.IsNullOrWhiteSpace(line))
                at++;
            else if (LineShape.Heading(line, out var level, out var text))
                Add(new Block(BlockKind.Heading, at, at, level, text));
            else if (LineShape.FenceOpens(line, out var fence))
                Add(new Block(BlockKind.Code, at, FenceEnd(at, fence)));
            else if (line.AsSpan().TrimStart().StartsWith("<!--"))
                Add(new Block(BlockKind.Comment, at, CommentEnd(at)));
            else if (LineShape.IsListItem(line))
                Add(new Block(BlockKind.List, at, ListEnd(at)));
            else if (IsTableAt(at))
                Add(new Block(BlockKind.Table, at, RunEnd(at + 1, BlockKind.Table)));
            else if (LineShape.IsQuote(line))
                Add(new Block(BlockKind.Quote, at, RunEnd(at, BlockKind.Quote)));
            else if (IsUnderlined(at, out level))
                Add(new Block(BlockKind.Heading, at, at + 1, level, line.Trim()));
            else
                Add(new Block(LineShape.IsIndented(line) ? BlockKind.Code : BlockKind.Paragraph, at, ParagraphEnd(at)));
        }
        return blocks;
    }

    private void Add(Block block)
    {
        blocks.Add(block);
        at = block.Last + 1;
    }

    /// <summary>A fence that is never closed runs to the end of the note.</summary>
    private int FenceEnd(int first, LineShape.Fence fence)
    {
        for (var i = first + 1; i < lines.Count; i++)
        {
            if (fence.ClosedBy(lines[i]))
                return i;
        }
        return LastNotBlank(first, lines.Count - 1);
    }

    /// <summary>A comment that is never closed ends at the next blank line, so that it cannot hide the note's headings.</summary>
    private int CommentEnd(int first)
    {
        for (var i = first; i < lines.Count && !noCommentEnds; i++)
        {
            if (lines[i].Contains("-->", StringComparison.Ordinal))
                return i;
        }
        noCommentEnds = true;
        return RunEnd(first, BlockKind.Comment);
    }

    /// <summary>Items, what is indented under them, code inside them, and blank lines between two of those.</summary>
    private int ListEnd(int first)
    {
        var last = first;
        for (var i = first; i < lines.Count; i++)
        {
            var line = lines[i];
            if (string.IsNullOrWhiteSpace(line))
                continue;
            var goesOn = LineShape.IsListItem(line) || char.IsWhiteSpace(line[0]);
            var isNextToLast = i == last + 1 || i == first;
            if (!goesOn && (!isNextToLast || StartsOther(i)))
                return last;
            last = LineShape.FenceOpens(line, out var fence) ? FenceEnd(i, fence) : i;
            i = last;
        }
        return last;
    }

    /// <summary>Lines up to the next blank one, heading or fence; quotes end where the '>' does.</summary>
    private int RunEnd(int first, BlockKind kind)
    {
        var last = first;
        for (var i = first + 1; i < lines.Count && !string.IsNullOrWhiteSpace(lines[i]); i++)
        {
            if (kind == BlockKind.Quote ? !LineShape.IsQuote(lines[i]) : StartsOther(i))
                break;
            last = i;
        }
        return last;
    }

    private int ParagraphEnd(int first)
    {
        var last = first;
        for (var i = first + 1; i < lines.Count && !string.IsNullOrWhiteSpace(lines[i]); i++)
        {
            if (StartsOther(i) || LineShape.IsListItem(lines[i]) || LineShape.IsQuote(lines[i]) || IsTableAt(i))
                break;
            last = i;
        }
        return last;
    }

    private bool StartsOther(int i) =>
        LineShape.Heading(lines[i], out _, out _)
        || LineShape.FenceOpens(lines[i], out _)
        || lines[i].AsSpan().TrimStart().StartsWith("<!--");

    private bool IsTableAt(int i) =>
        i + 1 < lines.Count && lines[i].Contains('|') && LineShape.IsTableRule(lines[i + 1]);

    /// <summary>One line, underlined with '=' or '-'. Two lines or more above a rule are taken for a paragraph.</summary>
    private bool IsUnderlined(int i, out int level)
    {
        level = 0;
        if (i + 1 >= lines.Count || LineShape.IsIndented(lines[i]) || LineShape.IsRule(lines[i]))
            return false;
        level = LineShape.UnderlineLevel(lines[i + 1]);
        return level > 0;
    }

    private int LastNotBlank(int first, int last)
    {
        while (last > first && string.IsNullOrWhiteSpace(lines[last]))
            last--;
        return last;
    }
}
