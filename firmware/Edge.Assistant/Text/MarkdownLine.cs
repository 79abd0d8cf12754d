namespace Edge.Assistant.Text;

internal enum LineKind
{
    Blank,
    Text,
    Heading,
    ListItem,
    TableRow,
    Fence,
    IndentedCode,
    Quote,
    Rule,

    /// <summary>A link or footnote target, or a line that is nothing but an image or a tag.</summary>
    Reference,
}

/// <summary>What one line of markdown is, seen with the line after it.</summary>
internal static class MarkdownLine
{
    public static LineKind KindOf(string line, string? next)
    {
        var text = line.AsSpan().TrimStart();
        if (text.IsEmpty)
            return LineKind.Blank;
        if (text.StartsWith("```") || text.StartsWith("~~~"))
            return LineKind.Fence;
        if (IsListItem(text))
            return IsRule(text) ? LineKind.Rule : LineKind.ListItem;
        if (line.StartsWith("    ", StringComparison.Ordinal) || line[0] == '\t')
            return LineKind.IndentedCode;
        if (text[0] == '#' && HashHeading(text) > 0)
            return LineKind.Heading;
        if (IsRule(text))
            return LineKind.Rule;
        if (text[0] == '|' || (text.Contains('|') && next is not null && IsTableRule(next)) || IsTableRule(line))
            return LineKind.TableRow;
        if (text[0] == '>')
            return LineKind.Quote;
        if (IsReference(text))
            return LineKind.Reference;
        return next is not null && IsUnderline(next) && text.Length <= 120 ? LineKind.Heading : LineKind.Text;
    }

    /// <summary>Whether a line of kind <paramref name="next"/> goes on with a text that began as <paramref name="kind"/>.</summary>
    public static bool Continues(LineKind kind, LineKind next) =>
        next == LineKind.Text && kind is LineKind.Text or LineKind.ListItem or LineKind.Quote or LineKind.IndentedCode
        || next == LineKind.IndentedCode && kind is LineKind.ListItem or LineKind.Text or LineKind.IndentedCode
        || next == LineKind.Quote && kind == LineKind.Quote;

    /// <summary>The line without its list or quote mark, and the columns before the mark.</summary>
    public static (string Content, int Indent) Content(string line, LineKind kind)
    {
        var text = line.TrimStart();
        var indent = line.Length - text.Length;
        if (kind == LineKind.Quote)
            return (text.TrimStart('>', ' '), 0);
        if (kind != LineKind.ListItem)
            return (text, 0);
        var mark = MarkLength(text);
        var content = text[mark..].TrimStart();
        if (content.Length > 3 && content[0] == '[' && content[2] == ']' && content[1] is ' ' or 'x' or 'X')
            content = content[3..].TrimStart();
        return (content, indent);
    }

    /// <summary>Level and title of a heading line, and whether it is one by the line under it.</summary>
    public static (int Level, string Title, bool Underlined) HeadingOf(string line)
    {
        var text = line.AsSpan().Trim();
        var level = HashHeading(text);
        return level > 0
            ? (level, text[level..].Trim().TrimEnd('#').Trim().ToString(), false)
            : (2, text.ToString(), true);
    }

    public static bool IsUnderline(string line)
    {
        var text = line.AsSpan().Trim();
        return text.Length >= 3 && (text.IndexOfAnyExcept('=') < 0 || text.IndexOfAnyExcept('-') < 0);
    }

    /// <summary>The fence's characters, or null.</summary>
    public static string? FenceOf(string line)
    {
        var text = line.AsSpan().TrimStart();
        if (text.Length < 3 || text[0] is not ('`' or '~'))
            return null;
        var end = text.IndexOfAnyExcept(text[0]);
        var length = end < 0 ? text.Length : end;
        return length >= 3 ? text[..length].ToString() : null;
    }

    /// <summary>"| --- | :-: |"</summary>
    public static bool IsTableRule(string line)
    {
        var text = line.AsSpan().Trim();
        return text.Length >= 3 && text.Contains('|') && text.Contains('-') && text.IndexOfAnyExcept("|-: ") < 0;
    }

    private static int HashHeading(ReadOnlySpan<char> text)
    {
        var level = text.IndexOfAnyExcept('#');
        return level is >= 1 and <= 6 && char.IsWhiteSpace(text[level]) ? level : 0;
    }

    private static bool IsListItem(ReadOnlySpan<char> text) => MarkLength(text) > 0;

    /// <summary>Length of "-", "*", "+", "•", "12." or "12)" with the space after it required; 0 when there is none.</summary>
    private static int MarkLength(ReadOnlySpan<char> text)
    {
        if (text.Length >= 2 && text[0] is '-' or '*' or '+' or '•' or '●')
            return char.IsWhiteSpace(text[1]) ? 1 : 0;
        var digits = text.IndexOfAnyExceptInRange('0', '9');
        if (digits is < 1 or > 4 || text[digits] is not ('.' or ')') || digits + 1 >= text.Length)
            return 0;
        return char.IsWhiteSpace(text[digits + 1]) ? digits + 1 : 0;
    }

    private static bool IsRule(ReadOnlySpan<char> text) =>
        text[0] is '-' or '*' or '_' && text.IndexOfAnyExcept(text[0], ' ') < 0 && text.Count(text[0]) >= 3;

    private static bool IsReference(ReadOnlySpan<char> text)
    {
        if (text[0] == '[' && text.IndexOf("]:") is > 0 and < 200)
            return true;
        var image = text.StartsWith("![") || text.StartsWith("[![");
        if (image)
            return text[^1] == ')' && PlainText.Of(text.ToString()).Trim().Length == 0;
        return text[0] == '<' && text.Length < 2000 && PlainText.Of(text.ToString()).Trim().Length == 0;
    }
}
