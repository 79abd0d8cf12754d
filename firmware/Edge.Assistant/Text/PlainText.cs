using System.Text;

namespace Edge.Assistant.Text;

/// <summary>
/// Markdown as a person would read it aloud: links become their text, emphasis, code ticks, tags and escapes go, words
/// and numbers stay. Line feeds are kept, so that a line of the result is a line of the source. Linear in the length.
/// </summary>
public static class PlainText
{
    /// <summary>"See **[the plan](plan.md)** for `v2`" gives "See the plan for v2".</summary>
    public static string Of(string markdown)
    {
        var text = Hidden.Remove(markdown);
        if (text.AsSpan().IndexOfAny(Marks) < 0)
            return text;
        var written = new StringBuilder(text.Length);
        var runs = new List<EmphasisRun>();
        for (var i = 0; i < text.Length; )
            i = Step(text, i, written, runs);
        return WithoutEmphasis(written, runs);
    }

    private static readonly System.Buffers.SearchValues<char> Marks = System.Buffers.SearchValues.Create("*_`[]<\\!&~");

    /// <summary>A row of emphasis characters in the output, and whether it may open or close.</summary>
    private sealed class EmphasisRun(int start, int length, char mark, bool opens, bool closes)
    {
        public int Start => start;
        public int Length => length;
        public char Mark => mark;
        public bool Opens => opens;
        public bool Closes => closes;
        public bool Removed { get; set; }
    }

    /// <summary>Writes what stands at <paramref name="i"/> and returns where to go on.</summary>
    private static int Step(string text, int i, StringBuilder written, List<EmphasisRun> runs)
    {
        var c = text[i];
        switch (c)
        {
            case '\\' when i + 1 < text.Length && char.IsPunctuation(text[i + 1]) | char.IsSymbol(text[i + 1]):
                written.Append(text[i + 1]);
                return i + 2;
            case '`':
                return CodeSpan(text, i, written);
            case '!' when i + 1 < text.Length && text[i + 1] == '[':
                return Link(text, i + 1, written, image: true) is var afterImage and > 0
                    ? afterImage
                    : Keep(c, i, written);
            case '[':
                return Link(text, i, written, image: false) is var afterLink and > 0 ? afterLink : Keep(c, i, written);
            case '<':
                return Tag(text, i, written) is var afterTag and > 0 ? afterTag : Keep(c, i, written);
            case '&':
                return Entity(text, i, written) is var afterEntity and > 0 ? afterEntity : Keep(c, i, written);
            case '*' or '_' or '~':
                return Emphasis(text, i, written, runs);
            default:
                return Keep(c, i, written);
        }
    }

    private static int Keep(char c, int i, StringBuilder written)
    {
        written.Append(c);
        return i + 1;
    }

    private static int CodeSpan(string text, int start, StringBuilder written)
    {
        var ticks = Run(text, start, '`');
        var fence = text.Substring(start, Math.Min(ticks, 8));
        var end =
            ticks > 8
                ? -1
                : text.IndexOf(
                    fence,
                    start + ticks,
                    Math.Min(SpanMax, text.Length - start - ticks),
                    StringComparison.Ordinal
                );
        if (end >= 0)
            written.Append(text, start + ticks, end - start - ticks);
        return end >= 0 ? end + ticks : start + ticks;
    }

    /// <summary>Longest link, code span or tag that is looked for, characters.</summary>
    private const int SpanMax = 2000;

    /// <summary>[text](target), [text][name], [[target|text]], [^note]; 0 when it is only a bracket.</summary>
    private static int Link(string text, int open, StringBuilder written, bool image)
    {
        var wiki = open + 1 < text.Length && text[open + 1] == '[';
        if (wiki)
            return WikiLink(text, open, written);
        var close = Matching(text, open, '[', ']');
        if (close < 0)
            return 0;
        var label = text[(open + 1)..close];
        if (label.StartsWith('^'))
            return close + 1;
        var after = close + 1;
        if (after < text.Length && text[after] == '(' && Matching(text, after, '(', ')') is var end and > 0)
            after = end + 1;
        else if (after < text.Length && text[after] == '[' && Matching(text, after, '[', ']') is var named and > 0)
            after = named + 1;
        else
            return 0;
        if (!image)
            written.Append(label.Contains('[') || label.AsSpan().IndexOfAny(Marks) >= 0 ? Of(label) : label);
        return after;
    }

    private static int WikiLink(string text, int open, StringBuilder written)
    {
        var close = text.IndexOf("]]", open, Math.Min(SpanMax, text.Length - open), StringComparison.Ordinal);
        if (close < 0)
            return 0;
        var inner = text.AsSpan(open + 2, close - open - 2);
        if (inner.IndexOfAny('\n', '[') >= 0)
            return 0;
        var bar = inner.IndexOf('|');
        written.Append(bar >= 0 ? inner[(bar + 1)..] : inner);
        return close + 2;
    }

    private static int Matching(string text, int open, char opening, char closing)
    {
        var depth = 0;
        var last = Math.Min(text.Length, open + SpanMax);
        for (var i = open; i < last; i++)
        {
            if (text[i] == '\\')
                i++;
            else if (text[i] == opening)
                depth++;
            else if (text[i] == closing && --depth == 0)
                return i;
        }
        return -1;
    }

    /// <summary>Drops an HTML tag; an autolink keeps its address.</summary>
    private static int Tag(string text, int open, StringBuilder written)
    {
        if (open + 1 >= text.Length || !(char.IsAsciiLetter(text[open + 1]) || text[open + 1] == '/'))
            return 0;
        var close = text.IndexOf('>', open, Math.Min(SpanMax, text.Length - open));
        if (close < 0)
            return 0;
        var inner = text.AsSpan(open + 1, close - open - 1);
        if (inner.Contains("://", StringComparison.Ordinal) && !inner.Contains(' '))
            written.Append(inner);
        return close + 1;
    }

    private static readonly (string Written, char Meant)[] Entities =
    [
        ("&amp;", '&'),
        ("&lt;", '<'),
        ("&gt;", '>'),
        ("&quot;", '"'),
        ("&#39;", '\''),
        ("&nbsp;", ' '),
        ("&deg;", '°'),
        ("&ndash;", '–'),
        ("&mdash;", '—'),
    ];

    private static int Entity(string text, int start, StringBuilder written)
    {
        foreach (var (name, meant) in Entities)
        {
            if (string.CompareOrdinal(text, start, name, 0, name.Length) != 0)
                continue;
            written.Append(meant);
            return start + name.Length;
        }
        return 0;
    }

    private static int Emphasis(string text, int start, StringBuilder written, List<EmphasisRun> runs)
    {
        var mark = text[start];
        var length = Run(text, start, mark);
        var before = start == 0 ? ' ' : text[start - 1];
        var after = start + length < text.Length ? text[start + length] : ' ';
        var opens = !char.IsWhiteSpace(after) && (mark != '_' || !char.IsLetterOrDigit(before));
        var closes = !char.IsWhiteSpace(before) && (mark != '_' || !char.IsLetterOrDigit(after));
        if (length <= 3 && (mark != '~' || length == 2))
            runs.Add(new EmphasisRun(written.Length, length, mark, opens, closes));
        written.Append(mark, length);
        return start + length;
    }

    private static int Run(string text, int start, char mark)
    {
        var end = start;
        while (end < text.Length && text[end] == mark)
            end++;
        return end - start;
    }

    private static string WithoutEmphasis(StringBuilder written, List<EmphasisRun> runs)
    {
        var open = new Stack<EmphasisRun>();
        foreach (var run in runs)
        {
            if (run.Closes && open.TryPeek(out var last) && last.Mark == run.Mark && last.Length == run.Length)
            {
                open.Pop().Removed = true;
                run.Removed = true;
            }
            else if (run.Opens)
            {
                open.Push(run);
            }
        }
        if (!runs.Exists(run => run.Removed))
            return written.ToString();
        var text = written.ToString();
        var kept = new StringBuilder(text.Length);
        var from = 0;
        foreach (var run in runs)
        {
            if (!run.Removed)
                continue;
            kept.Append(text, from, run.Start - from);
            from = run.Start + run.Length;
        }
        return kept.Append(text, from, text.Length - from).ToString();
    }
}
