namespace Edge.Notes;

/// <summary>What one line of markdown looks like by itself.</summary>
internal static class LineShape
{
    private const int IndentMax = 3;

    /// <param name="Mark">'`' or '~'.</param>
    /// <param name="Length">At least 3.</param>
    public readonly record struct Fence(char Mark, int Length)
    {
        public bool ClosedBy(string line)
        {
            var text = line.AsSpan().Trim();
            return text.Length >= Length && text.IndexOfAnyExcept(Mark) < 0;
        }
    }

    /// <summary>"## Text ##" has level 2 and text "Text".</summary>
    public static bool Heading(string line, out int level, out string text)
    {
        level = 0;
        text = "";
        var rest = line.AsSpan().TrimStart(' ');
        if (line.Length - rest.Length > IndentMax || rest.IsEmpty || rest[0] != '#')
            return false;
        level = rest.IndexOfAnyExcept('#');
        if (level < 0)
            level = rest.Length;
        if (level > 6 || (level < rest.Length && rest[level] is not (' ' or '\t')))
            return false;
        rest = rest[level..].Trim();
        var bare = rest.TrimEnd('#');
        if (bare.IsEmpty || bare[^1] is ' ' or '\t')
            rest = bare.TrimEnd();
        text = rest.ToString();
        return true;
    }

    /// <summary>Any indentation: fences stand inside list items too.</summary>
    public static bool FenceOpens(string line, out Fence fence)
    {
        fence = default;
        var rest = line.AsSpan().TrimStart();
        if (rest.Length < 3 || rest[0] is not ('`' or '~'))
            return false;
        var length = rest.IndexOfAnyExcept(rest[0]);
        if (length < 0)
            length = rest.Length;
        // Back-ticks after the mark: code inside a line, not a fence.
        if (length < 3 || (rest[0] == '`' && rest[length..].Contains('`')))
            return false;
        fence = new Fence(rest[0], length);
        return true;
    }

    /// <summary>"- x", "* x", "+ x", "1. x", "12) x", at any depth.</summary>
    public static bool IsListItem(string line)
    {
        var rest = line.AsSpan().TrimStart();
        if (rest.IsEmpty || IsRule(line))
            return false;
        var mark = rest.IndexOfAnyExceptInRange('0', '9');
        if (mark is > 0 and <= 9)
            return rest[mark] is '.' or ')' && EndsMark(rest, mark + 1);
        return rest[0] is '-' or '*' or '+' && EndsMark(rest, 1);
    }

    public static bool IsQuote(string line) => line.AsSpan().TrimStart().StartsWith(">");

    public static bool IsIndented(string line) => line[0] == '\t' || line.StartsWith("    ", StringComparison.Ordinal);

    /// <summary>Three or more of '-', '*' or '_' and nothing else but spaces.</summary>
    public static bool IsRule(string line)
    {
        var mark = '\0';
        var count = 0;
        foreach (var c in line)
        {
            if (c is ' ' or '\t')
                continue;
            if (c is not ('-' or '*' or '_') || (count > 0 && c != mark))
                return false;
            mark = c;
            count++;
        }
        return count >= 3;
    }

    /// <summary>1 for "===", 2 for "---", otherwise 0.</summary>
    public static int UnderlineLevel(string line)
    {
        var text = line.AsSpan().Trim();
        if (text.Length < 2 || text.IndexOfAnyExcept(text[0]) >= 0)
            return 0;
        return text[0] switch
        {
            '=' => 1,
            '-' => 2,
            _ => 0,
        };
    }

    /// <summary>The line under a table's head: "| --- | :-: |".</summary>
    public static bool IsTableRule(string line)
    {
        var text = line.AsSpan().Trim();
        return text.Contains('-') && text.Contains('|') && text.IndexOfAnyExcept("|-: \t") < 0;
    }

    private static bool EndsMark(ReadOnlySpan<char> rest, int at) => at == rest.Length || rest[at] is ' ' or '\t';
}
