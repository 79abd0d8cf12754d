using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Edge.Notes;

namespace Edge.Assistant.Wiki;

/// <summary>
/// The front matter of a page: what it was made from, and the hash of the page itself, by which an edit is noticed.
/// </summary>
/// <param name="Inputs">Hash of all that the page depends on.</param>
/// <param name="Sources">Vault path to <see cref="ContentHash"/> of each note on the page.</param>
/// <param name="Hash">Of the page as it was made, without its own line.</param>
/// <param name="IsIntact">The page is as it was made.</param>
internal sealed record PageHead(
    string Title,
    string Inputs,
    IReadOnlyDictionary<string, string> Sources,
    string Hash,
    bool IsIntact
)
{
    private const string Maker = "made_by: edge wiki";
    private const string Open = "---\n";
    private const string Close = "\n---\n";
    private const string HashKey = "page: ";
    private const string InputsKey = "inputs: ";
    private const string TitleKey = "title: ";

    private static readonly UTF8Encoding StrictUtf8 = new(false, throwOnInvalidBytes: true);

    /// <summary>A whole page file.</summary>
    public static byte[] Write(
        string title,
        string inputs,
        IEnumerable<(string Note, string Hash)> sources,
        string body
    )
    {
        var head = new StringBuilder(Open);
        head.Append(TitleKey).Append(Quoted(title)).Append('\n').Append(Maker).Append('\n');
        head.Append(InputsKey).Append(inputs).Append('\n').Append("sources:");
        var any = false;
        foreach (var (note, hash) in sources)
        {
            head.Append("\n  ").Append(Quoted(note)).Append(": ").Append(hash);
            any = true;
        }
        head.Append(any ? "\n" : " {}\n");
        var tail = $"---\n\n{body}";
        var page = ContentHash.Of(Encoding.UTF8.GetBytes(head + tail));
        return Encoding.UTF8.GetBytes($"{head}{HashKey}{page}\n{tail}");
    }

    /// <summary>Null for a file that no build has made, or whose front matter is no longer ours.</summary>
    public static PageHead? Read(byte[] file)
    {
        string text;
        try
        {
            text = StrictUtf8.GetString(file);
        }
        catch (DecoderFallbackException)
        {
            return null;
        }
        var end = text.IndexOf(Close, StringComparison.Ordinal);
        if (!text.StartsWith(Open, StringComparison.Ordinal) || end < 0)
            return null;
        var lines = text[Open.Length..end].Split('\n');
        var hash = Value(lines, HashKey);
        if (!lines.Contains(Maker) || hash is null || Value(lines, InputsKey) is not { } inputs)
            return null;
        var title = Value(lines, TitleKey) is { } quoted ? Unquoted(quoted) : null;
        var without = text.Remove(
            text.IndexOf($"\n{HashKey}{hash}", StringComparison.Ordinal),
            HashKey.Length + hash.Length + 1
        );
        var isIntact = ContentHash.Of(Encoding.UTF8.GetBytes(without)) == hash;
        return new PageHead(title ?? "", inputs, SourcesOf(lines), hash, isIntact);
    }

    private static string? Value(string[] lines, string key) =>
        Array.Find(lines, line => line.StartsWith(key, StringComparison.Ordinal))?[key.Length..];

    private static Dictionary<string, string> SourcesOf(string[] lines)
    {
        var sources = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var line in lines.SkipWhile(line => line != "sources:").Skip(1))
        {
            if (!line.StartsWith("  \"", StringComparison.Ordinal))
                break;
            var colon = line.LastIndexOf("\": ", StringComparison.Ordinal);
            if (colon > 0 && Unquoted(line[2..(colon + 1)]) is { } note)
                sources[note] = line[(colon + 3)..];
        }
        return sources;
    }

    /// <summary>YAML's double-quoted style is a superset of a JSON string.</summary>
    private static string Quoted(string text) =>
        $"\"{JsonEncodedText.Encode(text, JavaScriptEncoder.UnsafeRelaxedJsonEscaping)}\"";

    private static string? Unquoted(string json)
    {
        try
        {
            var reader = new Utf8JsonReader(Encoding.UTF8.GetBytes(json));
            return reader.Read() && reader.TokenType == JsonTokenType.String ? reader.GetString() : null;
        }
        catch (Exception trouble) when (trouble is JsonException or InvalidOperationException)
        {
            return null;
        }
    }
}
