namespace Edge.Notes;

/// <summary>
/// Packs blocks into passages: never across a heading; small neighbours together up to <see cref="CharsMax"/>; a list with
/// the line that leads to it; code and tables whole up to <see cref="WholeCharsMax"/>. A heading's own line opens its first
/// passage; a heading with nothing under it opens the next one's.
/// </summary>
internal sealed class PassageBuilder(string path, string title, IReadOnlyList<string> lines)
{
    /// <summary>A passage of more characters is not added to, and text longer than this is split at line ends.</summary>
    private const int CharsMax = 900;

    /// <summary>Code and tables are quoted whole up to here; longer ones are logs and data, and are split too.</summary>
    private const int WholeCharsMax = 4000;

    private readonly List<Passage> passages = [];
    private readonly List<(int Level, string Text)> headings = [];
    private string heading = "";

    // The passage being packed: lines [first, last], first < 0 when there is none. It may be headings only.
    private int first = -1;
    private int last;
    private int chars;
    private bool hasBody;

    public List<Passage> Build(List<Block> blocks)
    {
        for (var i = 0; i < blocks.Count; i++)
        {
            if (blocks[i].Kind == BlockKind.Heading)
                Open(blocks[i]);
            else if (i + 1 < blocks.Count && LeadsTo(blocks[i], blocks[i + 1]))
                Pack(blocks[i] with { Kind = blocks[i + 1].Kind, Last = blocks[++i].Last });
            else
                Pack(blocks[i]);
        }
        Close();
        return passages;
    }

    private void Open(Block block)
    {
        if (hasBody || chars > CharsMax)
            Close();
        headings.RemoveAll(h => h.Level >= block.Level);
        headings.Add((block.Level, block.Text));
        heading = string.Join(" > ", headings.Where(h => h.Text.Length > 0).Select(h => h.Text));
        Extend(block.First, block.Last);
    }

    /// <summary>A line such as "You need:" right above a list, code or a table belongs to it.</summary>
    private bool LeadsTo(Block lead, Block next)
    {
        if (lead.Kind != BlockKind.Paragraph || next.Kind is not (BlockKind.List or BlockKind.Code or BlockKind.Table))
            return false;
        if (Chars(lead.First, next.Last) > (next.Kind == BlockKind.List ? CharsMax : WholeCharsMax))
            return false;
        return next.First == lead.Last + 1
            || (next.First <= lead.Last + 3 && lines[lead.Last].AsSpan().TrimEnd().TrimEnd("*_").EndsWith(":"));
    }

    private void Pack(Block block)
    {
        var size = Chars(block.First, block.Last);
        if (hasBody && chars + size > CharsMax)
            Close();
        var max = block.Kind is BlockKind.Code or BlockKind.Table ? WholeCharsMax : CharsMax;
        if (size <= max)
        {
            Extend(block.First, block.Last);
            hasBody = true;
            return;
        }
        Split(block);
    }

    /// <summary>At line ends, in a list preferably where an item begins. A line longer than the limit stands alone.</summary>
    private void Split(Block block)
    {
        for (var i = block.First; i <= block.Last; i++)
        {
            if (string.IsNullOrWhiteSpace(lines[i]))
                continue;
            var next = block.Kind == BlockKind.List ? ItemEnd(i, block.Last) : i;
            if (hasBody && chars + Chars(i, next) > CharsMax)
                Close();
            if (Chars(i, next) > CharsMax)
                next = i;
            Extend(i, next);
            hasBody = true;
            i = next;
        }
    }

    /// <summary>Stops looking once the item is too long to be kept whole.</summary>
    private int ItemEnd(int start, int end)
    {
        var item = start;
        var length = lines[start].Length;
        while (item < end && length <= CharsMax && !LineShape.IsListItem(lines[item + 1]))
            length += lines[++item].Length + 1;
        while (item > start && string.IsNullOrWhiteSpace(lines[item]))
            item--;
        return item;
    }

    private void Extend(int from, int to)
    {
        chars += first < 0 ? Chars(from, to) : Chars(last + 1, to);
        if (first < 0)
            first = from;
        last = to;
    }

    private void Close()
    {
        if (first < 0)
            return;
        var text = string.Join('\n', lines.Skip(first).Take(last - first + 1));
        passages.Add(new Passage(path, title, heading, first + 1, last + 1, text));
        (first, chars, hasBody) = (-1, 0, false);
    }

    private int Chars(int from, int to)
    {
        var sum = 0;
        for (var i = from; i <= to; i++)
            sum += lines[i].Length + 1;
        return sum;
    }
}
