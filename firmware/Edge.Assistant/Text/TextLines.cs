using System.Text;

namespace Edge.Assistant.Text;

/// <summary>The lines of a file as <see cref="Notes.Note.Lines"/> has them, without the work of parsing a note.</summary>
internal static class TextLines
{
    /// <summary>Without line ends (CRLF, LF or CR) and byte-order mark; what is not UTF-8 as U+FFFD.</summary>
    public static List<string> Of(byte[] content)
    {
        var lines = new List<string>();
        using var reader = Reader(new MemoryStream(content, writable: false));
        while (reader.ReadLine() is { } line)
            lines.Add(line);
        return lines;
    }

    public static StreamReader Reader(Stream stream) =>
        new(stream, Encoding.UTF8, detectEncodingFromByteOrderMarks: false, bufferSize: 1 << 16);
}
