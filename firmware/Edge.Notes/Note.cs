namespace Edge.Notes;

/// <summary>A parsed note. Line numbers count from 1 over the file's own lines (CRLF, LF or CR), front matter included.</summary>
public sealed class Note
{
    public string Path => throw new NotImplementedException();

    /// <summary>Front matter "title", else the first level-1 heading, else the file name without ending and dashes.</summary>
    public string Title => throw new NotImplementedException();

    /// <summary>Front matter "date" or "created", else a date at the start of the file name, else null. As written days only.</summary>
    public DateOnly? Date => throw new NotImplementedException();

    /// <summary>Front matter "tags" and #tags of the text, without '#', in order of appearance.</summary>
    public IReadOnlyList<string> Tags => throw new NotImplementedException();

    /// <summary>Front matter "private: true".</summary>
    public bool IsPrivate => throw new NotImplementedException();

    /// <summary>Scalar front matter values by lower-case key. Lists are joined with ", ". Empty where there is none.</summary>
    public IReadOnlyDictionary<string, string> FrontMatter => throw new NotImplementedException();

    /// <summary>Every line as it stands, without its line end or the byte-order mark.</summary>
    public IReadOnlyList<string> Lines => throw new NotImplementedException();

    /// <summary>First line of the body (after front matter), counted from 1.</summary>
    public int BodyFirstLine => throw new NotImplementedException();

    /// <summary>Whole paragraphs, list items grouped, code blocks whole, under their headings; long ones split at line ends.</summary>
    public IReadOnlyList<Passage> Passages => throw new NotImplementedException();

    /// <summary>What is wrong with the note's bytes or front matter, or null.</summary>
    public string? Problem => throw new NotImplementedException();

    public static Note Parse(string path, ReadOnlySpan<byte> content) => throw new NotImplementedException();
}

/// <summary>A run of lines that is retrieved, quoted and cited together.</summary>
/// <param name="Note">Path of the note.</param>
/// <param name="Title">The note's title.</param>
/// <param name="Heading">Headings above it, outermost first, " > " between; "" at the top.</param>
/// <param name="FirstLine">From 1, inclusive.</param>
/// <param name="LastLine">Inclusive.</param>
/// <param name="Text">Those lines as they stand, '\n' between.</param>
public sealed record Passage(string Note, string Title, string Heading, int FirstLine, int LastLine, string Text);
