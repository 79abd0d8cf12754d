namespace Edge.Assistant.Writing;

/// <summary>
/// The whole clause that a stretch of a text stands in: "1.2" alone misleads where the text says "between 1.2 and 1.5 bar".
/// Clauses end at ". ", "! ", "? ", ": " and "; ", at cells of a table, list items and empty lines; the line feeds of a
/// wrapped paragraph end none.
/// </summary>
internal static class Clause
{
    /// <summary>Around a longer clause the stretch stays as it is, UTF-16 units.</summary>
    private const int CharsMax = 240;

    /// <returns>Without white space and the mark that ends it.</returns>
    public static Range Around(string text, int start, int length)
    {
        var first = start;
        while (first > 0 && !Ends(text, first - 1))
            first--;
        var last = start + length;
        while (last < text.Length && !(last > start && EndsBefore(text, last)))
            last++;
        while (first < start && !char.IsLetterOrDigit(text[first]) && !Opens(text, first))
            first++;
        while (last > start + length && IsEdge(text[last - 1]))
            last--;
        return last - first <= CharsMax ? first..last : start..(start + length);
    }

    private static bool EndsBefore(string text, int i) => Ends(text, i) || Ends(text, i - 1);

    private static bool Ends(string text, int i) =>
        text[i] switch
        {
            '|' => true,
            '.' or '!' or '?' or ':' or ';' => i + 1 == text.Length || char.IsWhiteSpace(text[i + 1]),
            '\n' => BeginsBlock(text, i + 1),
            _ => false,
        };

    /// <summary>An empty line, a list item, a heading, a quotation, a row of a table.</summary>
    private static bool BeginsBlock(string text, int i)
    {
        while (i < text.Length && text[i] is ' ' or '\t')
            i++;
        if (i == text.Length || text[i] is '\r' or '\n' or '|' or '#' or '>')
            return true;
        var end = i;
        while (end < text.Length && char.IsAsciiDigit(text[end]))
            end++;
        var marks =
            end > i ? text.AsSpan(end).StartsWith(". ", StringComparison.Ordinal) : text[i] is '-' or '*' or '+';
        return marks && (end > i || (i + 1 < text.Length && text[i + 1] == ' '));
    }

    private static bool Opens(string text, int i) =>
        i + 1 < text.Length
        && text[i] switch
        {
            '-' or '+' => char.IsAsciiDigit(text[i + 1]),
            '*' or '_' or '`' => !char.IsWhiteSpace(text[i + 1]),
            '(' or '[' or '"' or '“' or '‘' or '\'' or '«' or '£' or '$' or '€' => true,
            _ => false,
        };

    private static bool IsEdge(char c) => char.IsWhiteSpace(c) || c is '|' or '.' or ':' or ';';
}
