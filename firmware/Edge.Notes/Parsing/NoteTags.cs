namespace Edge.Notes;

/// <summary>Tags of the front matter, then "#tag" words of the text, outside code and comments.</summary>
internal static class NoteTags
{
    public static IReadOnlyList<string> Of(
        IReadOnlyList<string> fromFrontMatter,
        IReadOnlyList<string> lines,
        List<Block> blocks
    )
    {
        var tags = new List<string>(fromFrontMatter);
        var seen = new HashSet<string>(tags, StringComparer.OrdinalIgnoreCase);
        foreach (var block in blocks)
        {
            if (block.Kind is BlockKind.Code or BlockKind.Comment)
                continue;
            LineShape.Fence? inside = null;
            for (var i = block.First; i <= block.Last; i++)
            {
                if (inside is { } open)
                    inside = open.ClosedBy(lines[i]) ? null : inside;
                else if (LineShape.FenceOpens(lines[i], out var fence))
                    inside = fence;
                else
                    Scan(lines[i], tags, seen);
            }
        }
        return tags;
    }

    private static void Scan(string line, List<string> tags, HashSet<string> seen)
    {
        for (var i = 0; i < line.Length; i++)
        {
            if (line[i] == '`')
            {
                i = CodeEnd(line, i);
                continue;
            }
            if (line[i] != '#' || (i > 0 && !char.IsWhiteSpace(line[i - 1]) && line[i - 1] is not ('(' or ',')))
                continue;
            var end = i + 1;
            while (end < line.Length && (char.IsLetterOrDigit(line[end]) || line[end] is '_' or '-' or '/'))
                end++;
            var tag = line[(i + 1)..end].TrimEnd('/', '-');
            // "#123" is a number of something, not a tag.
            if (tag.Any(char.IsLetter) && seen.Add(tag))
                tags.Add(tag);
            i = end - 1;
        }
    }

    /// <summary>Index of the last back-tick of a code span, or of its opening run when the line does not close it.</summary>
    private static int CodeEnd(string line, int start)
    {
        var length = 1;
        while (start + length < line.Length && line[start + length] == '`')
            length++;
        var close = line.IndexOf(new string('`', length), start + length, StringComparison.Ordinal);
        return (close < 0 ? start : close) + length - 1;
    }
}
