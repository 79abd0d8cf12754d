using System.Text;
using Edge.Assistant.Text;
using Edge.Notes;

namespace Edge.Assistant.Wiki;

/// <summary>A link inside a note to something of the vault.</summary>
/// <param name="Line">From 1.</param>
/// <param name="Target">As written, without label, heading and percent escapes; never empty.</param>
/// <param name="IsWiki">[[Target]]; otherwise a relative markdown link.</param>
internal sealed record NoteLink(int Line, string Target, bool IsWiki);

/// <summary>Finds [[wikilinks]] and relative markdown links outside code and comments. Addresses, anchors and paths from
/// a site's root are not links into the vault.</summary>
internal static class NoteLinks
{
    /// <summary>Links of a note after which the rest is not looked at.</summary>
    private const int LinksMax = 2000;

    /// <summary>Longest link or code span that is looked for, characters.</summary>
    private const int SpanMax = 2000;

    /// <param name="units">Of the same note: their code lines are left out.</param>
    public static IReadOnlyList<NoteLink> Of(Note note, IReadOnlyList<Unit> units)
    {
        var code = CodeLines(units);
        var links = new List<NoteLink>();
        var lines = WithoutComments(note.Lines);
        for (var i = note.BodyFirstLine - 1; i < lines.Count && links.Count < LinksMax; i++)
        {
            if (!code.Contains(i + 1) && lines[i].Contains('['))
                Read(WithoutCodeSpans(lines[i]), i + 1, links);
        }
        return links;
    }

    private static HashSet<int> CodeLines(IReadOnlyList<Unit> units)
    {
        var code = new HashSet<int>();
        foreach (var unit in units)
        {
            for (var line = unit.FirstLine; unit.Kind == UnitKind.Code && line <= unit.LastLine; line++)
                code.Add(line);
        }
        return code;
    }

    /// <summary>Every line keeps its number.</summary>
    private static IReadOnlyList<string> WithoutComments(IReadOnlyList<string> lines)
    {
        if (!lines.Any(line => line.Contains("<!--", StringComparison.Ordinal)))
            return lines;
        var text = string.Join('\n', lines);
        var kept = new StringBuilder(text.Length);
        var from = 0;
        while (text.IndexOf("<!--", from, StringComparison.Ordinal) is var open and >= 0)
        {
            var close = text.IndexOf("-->", open, StringComparison.Ordinal);
            var end = close < 0 ? text.Length : close + 3;
            kept.Append(text, from, open - from).Append('\n', text.AsSpan(open, end - open).Count('\n'));
            from = end;
        }
        return kept.Append(text, from, text.Length - from).ToString().Split('\n');
    }

    private static string WithoutCodeSpans(string line)
    {
        if (!line.Contains('`'))
            return line;
        var kept = new StringBuilder(line);
        for (var i = 0; i < line.Length; i++)
        {
            if (line[i] != '`')
                continue;
            var length = 1;
            while (i + length < line.Length && line[i + length] == '`')
                length++;
            var close = Ahead(line, new string('`', length), i + length);
            var end = close < 0 ? i + length : close + length;
            for (var blank = i; close >= 0 && blank < end; blank++)
                kept[blank] = ' ';
            i = end - 1;
        }
        return kept.ToString();
    }

    private static void Read(string line, int number, List<NoteLink> links)
    {
        for (var i = 0; i + 1 < line.Length && links.Count < LinksMax; i++)
        {
            string? target = null;
            var isWiki = line[i] == '[' && line[i + 1] == '[';
            if (isWiki && Ahead(line, "]]", i) is var close and > 0)
            {
                target = WikiTarget(line[(i + 2)..close]);
                i = close + 1;
            }
            else if (!isWiki && line[i] == ']' && line[i + 1] is '(' or ':')
            {
                var end = line[i + 1] == '(' ? Closing(line, i + 1) : line.Length;
                if (end > 0 && (line[i + 1] == '(' || line.TrimStart().StartsWith('[') && !line.Contains("[^")))
                    target = RelativeTarget(line[(i + 2)..end].Trim());
            }
            if (target is not null)
                links.Add(new NoteLink(number, target, isWiki));
        }
    }

    /// <summary>Not far: lines of a million brackets must not each be searched to the end.</summary>
    private static int Ahead(string line, string mark, int from) =>
        line.IndexOf(mark, from, Math.Min(SpanMax, line.Length - from), StringComparison.Ordinal);

    private static int Closing(string line, int open)
    {
        var depth = 0;
        for (var i = open; i < Math.Min(line.Length, open + SpanMax); i++)
        {
            if (line[i] == '(')
                depth++;
            else if (line[i] == ')' && --depth == 0)
                return i;
        }
        return -1;
    }

    /// <summary>"Note#Heading|label" is "Note". A shell's "[[ -f x" is no link.</summary>
    private static string? WikiTarget(string inner)
    {
        if (inner.Length == 0 || inner[0] is ' ' or '-' or '$' or ':' || inner.AsSpan().IndexOfAny(NotInNames) >= 0)
            return null;
        var target = inner.Split('|')[0].TrimEnd('\\');
        target = target.Split('#')[0].Split('^')[0].Trim();
        return target.Length == 0 || HasScheme(target) ? null : target;
    }

    /// <summary>Null for what is no relative link to a file.</summary>
    private static string? RelativeTarget(string inner)
    {
        if (inner.StartsWith('<'))
            inner = inner.IndexOf('>') is var close and > 0 ? inner[1..close] : "";
        else if (inner.IndexOfAny([' ', '\t']) is var space and > 0)
            inner = inner[(space + 1)..].TrimStart() is ['"' or '\'' or '(', ..] ? inner[..space] : "";
        if (inner.Length == 0 || inner[0] is '#' or '?' or '<' or '[' or '$' or '\\' || HasScheme(inner))
            return null;
        var target = inner.Split('#')[0].Split('?')[0];
        if (target.AsSpan().IndexOfAny(NotInPaths) >= 0)
            return null;
        // A word in brackets after a bracket is more often code or prose than a link.
        if (!target.Contains('/') && !target.Contains('.'))
            return null;
        target = Uri.UnescapeDataString(target);
        return target.Length == 0 || target.Any(char.IsControl) ? null : target;
    }

    /// <summary>"https:", "mailto:", "C:"</summary>
    private static bool HasScheme(string target)
    {
        var colon = target.IndexOf(':');
        return colon > 0 && target.AsSpan(0, colon).IndexOfAnyExcept(SchemeCharacters) < 0;
    }

    private static readonly System.Buffers.SearchValues<char> NotInNames = System.Buffers.SearchValues.Create(
        "[]{}<>\""
    );

    private static readonly System.Buffers.SearchValues<char> NotInPaths = System.Buffers.SearchValues.Create(
        "{}<>`*\""
    );

    private static readonly System.Buffers.SearchValues<char> SchemeCharacters = System.Buffers.SearchValues.Create(
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789+-."
    );
}
