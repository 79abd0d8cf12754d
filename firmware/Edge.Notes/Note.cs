using System.Text;

namespace Edge.Notes;

/// <summary>A parsed note. Line numbers count from 1 over the file's own lines (CRLF, LF or CR), front matter included.</summary>
public sealed class Note
{
    private static readonly UTF8Encoding StrictUtf8 = new(false, throwOnInvalidBytes: true);

    private Note(string path, IReadOnlyList<string> lines, string? problem)
    {
        Path = path;
        Lines = lines;
        var front = Notes.FrontMatter.Read(lines);
        BodyFirstLine = front.BodyFirstLine;
        FrontMatter = front.Values;
        IsPrivate = front.IsPrivate;
        Problem = (problem, front.Problem) switch
        {
            (not null, not null) => $"{problem}; {front.Problem}",
            _ => problem ?? front.Problem,
        };

        var blocks = new BlockReader(lines, BodyFirstLine - 1).Read();
        Title = NoteTitle.Of(path, front.Values, blocks);
        Date = NoteDate.Of(path, front.Values);
        Tags = NoteTags.Of(front.Tags, lines, blocks);
        Passages = new PassageBuilder(path, Title, lines).Build(blocks);
    }

    public string Path { get; }

    /// <summary>Front matter "title", else the first level-1 heading, else the file name without ending and dashes.</summary>
    public string Title { get; }

    /// <summary>Front matter "date" or "created", else a date at the start of the file name, else null. As written days only.</summary>
    public DateOnly? Date { get; }

    /// <summary>Front matter "tags" and #tags of the text, without '#', in order of appearance.</summary>
    public IReadOnlyList<string> Tags { get; }

    /// <summary>Front matter "private: true".</summary>
    public bool IsPrivate { get; }

    /// <summary>Scalar front matter values by lower-case key. Lists are joined with ", ". Empty where there is none.</summary>
    public IReadOnlyDictionary<string, string> FrontMatter { get; }

    /// <summary>Every line as it stands, without its line end or the byte-order mark.</summary>
    public IReadOnlyList<string> Lines { get; }

    /// <summary>First line of the body (after front matter), counted from 1.</summary>
    public int BodyFirstLine { get; }

    /// <summary>Whole paragraphs, list items grouped, code blocks whole, under their headings; long ones split at line
    /// ends. Together they hold every line of the body that is not blank, each once.</summary>
    public IReadOnlyList<Passage> Passages { get; }

    /// <summary>What is wrong with the note's bytes or front matter, or null.</summary>
    public string? Problem { get; }

    public static Note Parse(string path, ReadOnlySpan<byte> content)
    {
        ArgumentNullException.ThrowIfNull(path);
        if (content.StartsWith("\uFEFF"u8))
            content = content[3..];
        string text;
        string? problem = null;
        try
        {
            text = StrictUtf8.GetString(content);
        }
        catch (DecoderFallbackException trouble)
        {
            text = Encoding.UTF8.GetString(content);
            problem =
                $"{NotePath.Shown(path)}: is not UTF-8 (at byte {trouble.Index:N0}): what cannot be read shows as \uFFFD; "
                + "save the note as UTF-8";
        }
        return new Note(path, SplitLines(text), problem);
    }

    /// <summary>The empty text has no lines; a line end at the end of the file ends the last line.</summary>
    private static List<string> SplitLines(string text)
    {
        var lines = new List<string>();
        var start = 0;
        while (start < text.Length)
        {
            var length = text.AsSpan(start).IndexOfAny('\r', '\n');
            if (length < 0)
            {
                lines.Add(text[start..]);
                break;
            }
            var end = start + length;
            lines.Add(text[start..end]);
            start = end + (text[end] == '\r' && end + 1 < text.Length && text[end + 1] == '\n' ? 2 : 1);
        }
        return lines;
    }
}

/// <summary>A run of lines that is retrieved, quoted and cited together.</summary>
/// <param name="Note">Path of the note.</param>
/// <param name="Title">The note's title.</param>
/// <param name="Heading">Headings above it, outermost first, " > " between; "" at the top.</param>
/// <param name="FirstLine">From 1, inclusive.</param>
/// <param name="LastLine">Inclusive.</param>
/// <param name="Text">Those lines as they stand, '\n' between.</param>
public sealed record Passage(string Note, string Title, string Heading, int FirstLine, int LastLine, string Text);
