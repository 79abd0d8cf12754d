using System.Text;

namespace Edge.Training.Data;

/// <summary>Text files as documents.</summary>
internal static class Documents
{
    /// <summary>Ends a document; stands on a line of its own.</summary>
    public const string EndLine = "<|endoftext|>";

    /// <summary>A longer document goes on as a new one at its next line end: 16 Mi characters.</summary>
    public const int DocumentCharsMax = 16 * 1024 * 1024;

    /// <summary>Documents that end with a line <see cref="EndLine"/>; a file without that line is one document. White space
    /// around a document and empty ones are dropped.</summary>
    public static IEnumerable<string> OfText(string path)
    {
        var document = new StringBuilder();
        foreach (var (line, _) in Utf8Lines.Read(path))
        {
            var ends = line == EndLine;
            if (!ends)
                document.Append(line).Append('\n');
            if (!ends && document.Length < DocumentCharsMax)
                continue;
            if (Finish(document) is { Length: > 0 } text)
                yield return text;
        }
        if (Finish(document) is { Length: > 0 } last)
            yield return last;
    }

    /// <summary>Each line is a document: names.</summary>
    public static IEnumerable<string> OfLines(string path) =>
        Utf8Lines.Read(path).Select(line => line.Text.Trim()).Where(line => line.Length > 0);

    private static string Finish(StringBuilder document)
    {
        var text = document.ToString().Trim();
        document.Clear();
        return text;
    }
}
