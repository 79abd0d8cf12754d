using System.Globalization;
using System.IO.Compression;
using System.Text;
using System.Text.Json;

namespace Edge.Assistant.Evaluation;

/// <summary>A question about a passage.</summary>
/// <param name="Source">Where it comes from; "all" when the file does not say.</param>
/// <param name="Answers">Every one of them is right; none: the passage does not say.</param>
public sealed record QaItem(string Id, string Source, string Context, string Question, IReadOnlyList<string> Answers)
{
    public bool IsAnswerable => Answers.Count > 0;
}

/// <summary>A text with the summary that people wrote.</summary>
/// <param name="Kind">"title" asks for a headline; everything else for a summary.</param>
/// <param name="Query">What the summary is to be about; null for all of the text.</param>
public sealed record SummaryItem(string Id, string Source, string Text, string Summary, string Kind, string? Query)
{
    public bool IsTitle => Kind == "title";
}

/// <summary>Reads files of tasks: one JSON object a line, gzip or not (the content decides); blank lines are skipped.</summary>
public static class TaskFile
{
    /// <summary>Unpacked; more is refused.</summary>
    private const long BytesMax = 1L << 30;

    private const int LineCharsMax = 16 << 20;

    /// <summary>Reads {"id", "source", "context", "question", "answers"}; id and source may be missing.</summary>
    /// <param name="limit">Items to read at most; 0 reads all.</param>
    /// <exception cref="InvalidDataException">A line is not such an object; the message has file and line.</exception>
    public static IReadOnlyList<QaItem> ReadQa(string path, int limit = 0) =>
        Read(
            path,
            limit,
            "{\"context\", \"question\", \"answers\"}",
            (root, line) =>
                new QaItem(
                    IdOf(root, line),
                    Text(root, "source") ?? "all",
                    Needed(root, "context"),
                    Needed(root, "question"),
                    Answers(root)
                )
        );

    /// <summary>Reads {"id", "source", "text", "summary", "kind", "query"}; only text and summary must be there.</summary>
    /// <inheritdoc cref="ReadQa"/>
    public static IReadOnlyList<SummaryItem> ReadSummaries(string path, int limit = 0) =>
        Read(
            path,
            limit,
            "{\"text\", \"summary\"}",
            (root, line) =>
                new SummaryItem(
                    IdOf(root, line),
                    Text(root, "source") ?? "all",
                    Needed(root, "text"),
                    Needed(root, "summary"),
                    Text(root, "kind") ?? "summary",
                    Text(root, "query")
                )
        );

    private static List<T> Read<T>(string path, int limit, string expected, Func<JsonElement, int, T> item)
    {
        if (Directory.Exists(path))
            throw new IOException($"{path} is a folder: name a .jsonl or .jsonl.gz file");
        var items = new List<T>();
        using var reader = new StreamReader(Open(path), Encoding.UTF8);
        long chars = 0;
        for (var line = 1; (limit == 0 || items.Count < limit) && NextLine(reader, path, line) is { } json; line++)
        {
            chars += json.Length;
            if (chars > BytesMax)
                throw new InvalidDataException($"{path}: more than {BytesMax >> 20} MiB unpacked; split the file");
            if (!string.IsNullOrWhiteSpace(json))
                items.Add(Parse(json, path, line, expected, item));
        }
        return items.Count > 0 ? items : throw new InvalidDataException($"{path}: no line with {expected} in it");
    }

    private static Stream Open(string path)
    {
        var file = File.OpenRead(path);
        Span<byte> magic = stackalloc byte[2];
        var packed = file.ReadAtLeast(magic, 2, throwOnEndOfStream: false) == 2 && magic is [0x1F, 0x8B];
        file.Position = 0;
        return packed ? new GZipStream(file, CompressionMode.Decompress) : file;
    }

    /// <summary>Like ReadLine, but a file without line ends does not fill the memory.</summary>
    private static string? NextLine(StreamReader reader, string path, int line)
    {
        var text = new StringBuilder();
        while (true)
        {
            int c;
            try
            {
                c = reader.Read();
            }
            catch (InvalidDataException e)
            {
                throw new InvalidDataException($"{path}, line {line}: the gzip data is damaged: copy it again", e);
            }
            if (c < 0)
                return text.Length > 0 ? text.ToString() : null;
            if (c == '\n')
                return text.ToString();
            if (text.Length == LineCharsMax)
                throw new InvalidDataException(
                    $"{path}, line {line}: longer than {LineCharsMax:N0} characters: is this a .jsonl file?"
                );
            text.Append((char)c);
        }
    }

    private static T Parse<T>(string json, string path, int line, string expected, Func<JsonElement, int, T> item)
    {
        try
        {
            using var parsed = JsonDocument.Parse(json);
            return item(parsed.RootElement, line);
        }
        catch (Exception e) when (e is JsonException or InvalidDataException or InvalidOperationException)
        {
            throw new InvalidDataException($"{path}, line {line}: expected {expected}: {e.Message}", e);
        }
    }

    private static string IdOf(JsonElement root, int line) =>
        root.TryGetProperty("id", out var id) && id.ValueKind == JsonValueKind.Number
            ? id.GetRawText()
            : Text(root, "id") ?? line.ToString(CultureInfo.InvariantCulture);

    private static string? Text(JsonElement root, string name) =>
        root.TryGetProperty(name, out var value) && value.ValueKind != JsonValueKind.Null ? value.GetString() : null;

    private static string Needed(JsonElement root, string name) =>
        Text(root, name) ?? throw new InvalidDataException($"there is no \"{name}\"");

    private static string[] Answers(JsonElement root)
    {
        if (!root.TryGetProperty("answers", out var answers) || answers.ValueKind == JsonValueKind.Null)
            throw new InvalidDataException("there is no \"answers\" (a list; empty when the context does not say)");
        return
        [
            .. answers.EnumerateArray().Select(a => a.GetString() ?? throw new InvalidDataException("null answer")),
        ];
    }
}
