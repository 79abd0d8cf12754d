using System.Globalization;
using System.Text;
using System.Text.Json;
using Edge.Notes;

namespace Edge.Assistant;

/// <summary>
/// Summaries as markdown files with front matter (source path, source hash, headline, written by), one per note, in a
/// folder of their own that mirrors the vault. Derived: a summary whose hash is not the note's is stale and made again.
/// </summary>
public sealed class SummaryStore
{
    private const int FileBytesMax = 1 << 20;

    private readonly string folder;

    /// <param name="folder">Made when missing.</param>
    public SummaryStore(string folder)
    {
        this.folder = Path.GetFullPath(folder);
        Directory.CreateDirectory(this.folder);
    }

    /// <summary>Null when there is none, it is stale for this hash, or it cannot be read.</summary>
    public Summary? Find(string notePath, string hash)
    {
        var file = FileOf(notePath);
        try
        {
            if (!File.Exists(file) || new FileInfo(file).Length > FileBytesMax)
                return null;
            return Parse(File.ReadAllText(file)) is { } found && found.Note == notePath && found.Hash == hash
                ? found
                : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null; // Derived: it is made again.
        }
    }

    /// <summary>Written beside its place and renamed, so that a reader never sees half a summary.</summary>
    /// <exception cref="IOException">The disk is full or read-only; the old summary is still there.</exception>
    public void Save(Summary summary)
    {
        var file = FileOf(summary.Note);
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        var unfinished = file + ".new";
        using (var stream = new FileStream(unfinished, FileMode.Create, FileAccess.Write))
        {
            stream.Write(Encoding.UTF8.GetBytes(Print(summary)));
            stream.Flush(flushToDisk: true);
        }
        File.Move(unfinished, file, overwrite: true);
    }

    private string FileOf(string notePath)
    {
        NotePath.Check(notePath);
        return Path.Combine(folder, notePath);
    }

    private static string Print(Summary summary) =>
        $"""
            ---
            source: {Quoted(summary.Note)}
            hash: {Quoted(summary.Hash)}
            headline: {Quoted(summary.Headline)}
            written_by: {Quoted(summary.WrittenBy)}
            sources: {Quoted(string.Join(' ', summary.Sources.Select(lines => $"{lines.FirstLine}-{lines.LastLine}")))}
            ---

            {summary.Text}

            """.ReplaceLineEndings("\n");

    /// <summary>YAML's double-quoted style is a superset of a JSON string.</summary>
    private static string Quoted(string text) =>
        $"\"{JsonEncodedText.Encode(text, System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping)}\"";

    private static Summary? Parse(string file)
    {
        var body = file.IndexOf("\n---\n\n", StringComparison.Ordinal);
        if (!file.StartsWith("---\n", StringComparison.Ordinal) || body < 0)
            return null;
        var fields = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var line in file[4..body].Split('\n'))
        {
            var colon = line.IndexOf(": ", StringComparison.Ordinal);
            if (colon < 0 || Unquoted(line[(colon + 2)..]) is not { } value)
                return null;
            fields[line[..colon]] = value;
        }
        var text = file[(body + 6)..];
        return
            fields.TryGetValue("source", out var note)
            && fields.TryGetValue("hash", out var hash)
            && fields.TryGetValue("headline", out var headline)
            && fields.TryGetValue("written_by", out var writtenBy)
            && fields.TryGetValue("sources", out var written)
            && Sources(written) is { } sources
            && text.EndsWith('\n')
            ? new Summary(note, hash, headline, text[..^1], writtenBy) { Sources = sources }
            : null;
    }

    /// <summary>"3-3 7-9"; null when it is not of that form.</summary>
    private static SourceLines[]? Sources(string written)
    {
        var sources = new List<SourceLines>();
        foreach (var range in written.Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            var dash = range.IndexOf('-', StringComparison.Ordinal);
            if (dash < 0 || !int.TryParse(range.AsSpan(0, dash), NumberStyles.None, Invariant, out var first))
                return null;
            if (!int.TryParse(range.AsSpan(dash + 1), NumberStyles.None, Invariant, out var last))
                return null;
            sources.Add(new SourceLines(first, last));
        }
        return sources.Count == 0 ? [] : [.. sources];
    }

    private static CultureInfo Invariant => CultureInfo.InvariantCulture;

    private static string? Unquoted(string json)
    {
        try
        {
            var reader = new Utf8JsonReader(Encoding.UTF8.GetBytes(json));
            return reader.Read() && reader.TokenType == JsonTokenType.String ? reader.GetString() : null;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            return null;
        }
    }
}
