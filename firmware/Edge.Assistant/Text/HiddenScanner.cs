using System.Text;

namespace Edge.Assistant.Text;

/// <summary>
/// Reads a text line by line, as <see cref="Hidden.Remove"/> reads it whole, and remembers where it hides something that
/// says something: a joiner in a Hindi word, a flag, an empty comment or a soft hyphen hides nothing.
/// </summary>
internal sealed class HiddenScanner
{
    /// <summary>Places of one note that are remembered.</summary>
    public const int FoundMax = 20;

    /// <summary>Scripts from here on may need joiners and word breaks without width: U+0300 on, after the Latin letters.</summary>
    private const char FirstJoined = '\u0300';

    /// <summary>Tag characters of a flag, at most.</summary>
    private const int FlagCharsMax = 16;

    private readonly List<(int Line, HiddenKind Kind)> found = [];
    private bool inComment;
    private bool isTold;
    private int commentLine;

    /// <summary>In order of lines, each kind once a line, at most <see cref="FoundMax"/>.</summary>
    public IReadOnlyList<(int Line, HiddenKind Kind)> Found => found;

    public static IReadOnlyList<HiddenText> Find(string note, IEnumerable<string> lines)
    {
        var scanner = new HiddenScanner();
        var number = 0;
        foreach (var line in lines)
            scanner.Read(line, ++number);
        return scanner.Of(note);
    }

    public IReadOnlyList<HiddenText> Of(string note) =>
        found.Count == 0 ? [] : [.. found.Select(place => new HiddenText(note, place.Line, place.Kind))];

    /// <summary>What of the next line a reader sees.</summary>
    /// <param name="line">Without its end.</param>
    /// <param name="number">From 1.</param>
    public string Read(string line, int number)
    {
        if (!inComment && line.AsSpan().IndexOfAny(Hidden.Suspects) < 0)
            return line;
        var kept = new StringBuilder(line.Length);
        for (var at = 0; at < line.Length; )
        {
            if (inComment)
            {
                at = AfterComment(line, at);
                continue;
            }
            var open = line.IndexOf("<!--", at, StringComparison.Ordinal);
            var end = open < 0 ? line.Length : open;
            Look(line, at, end, number);
            kept.Append(Hidden.Remove(line[at..end]));
            at = end;
            if (open >= 0)
                (inComment, isTold, commentLine, at) = (true, false, number, open + 4);
        }
        return kept.ToString();
    }

    private int AfterComment(string line, int at)
    {
        var close = line.IndexOf("-->", at, StringComparison.Ordinal);
        var inside = line.AsSpan(at, (close < 0 ? line.Length : close) - at);
        if (!isTold && HasWords(inside))
        {
            Add(commentLine, HiddenKind.HtmlComment);
            isTold = true;
        }
        inComment = close < 0;
        return close < 0 ? line.Length : close + 3;
    }

    private static bool HasWords(ReadOnlySpan<char> text)
    {
        foreach (var c in text)
        {
            if (char.IsLetterOrDigit(c))
                return true;
        }
        return false;
    }

    private void Look(string line, int from, int to, int number)
    {
        for (var i = from; i < to; i++)
        {
            if (KindAt(line, i) is { } kind)
                Add(number, kind);
        }
    }

    private static HiddenKind? KindAt(string line, int i)
    {
        switch (line[i])
        {
            case (>= '\u202A' and <= '\u202E') or (>= '\u2066' and <= '\u2069'):
                return HiddenKind.Bidirectional;
            case '\u200E' or '\u200F' or '\u061C':
                return line.Any(IsRightToLeft) ? null : HiddenKind.Bidirectional;
            case '\u200B' or '\u200C' or '\u200D':
                return i > 0 && line[i - 1] >= FirstJoined ? null : HiddenKind.ZeroWidth;
            case '\u180E' or (>= '\u2060' and <= '\u2064') or '\uFEFF':
                return HiddenKind.ZeroWidth;
            case '\uDB40' when i + 1 < line.Length && line[i + 1] <= '\uDC7F':
                return IsFlag(line, i) ? null : HiddenKind.TagCharacters;
            default:
                return null;
        }
    }

    private static bool IsRightToLeft(char c) => c is (>= '\u0590' and <= '\u08FF') or (>= '\uFB1D' and <= '\uFEFC');

    /// <summary>Scotland's flag is a black flag and the letters of its name as tags.</summary>
    private static bool IsFlag(string line, int i)
    {
        var start = i;
        while (start >= 2 && line[start - 2] == '\uDB40' && i - start < 2 * FlagCharsMax)
            start -= 2;
        return start >= 2 && line[start - 2] == '\uD83C' && line[start - 1] == '\uDFF4';
    }

    private void Add(int line, HiddenKind kind)
    {
        if (found.Count < FoundMax && !found.Contains((line, kind)))
            found.Add((line, kind));
    }
}
