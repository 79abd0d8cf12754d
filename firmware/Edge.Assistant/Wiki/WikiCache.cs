using System.Text.Json;
using System.Text.Json.Serialization;

namespace Edge.Assistant.Wiki;

/// <summary>Facts of the notes as the last build saw them, in a hidden file of the wiki's folder. Derived: without it the
/// next build reads everything. Private notes are not in it.</summary>
/// <param name="Titles">Hash of all titles; when it changes, every note may mention another one.</param>
internal sealed record WikiCache(int Version, string Titles, Dictionary<string, NoteFacts> Notes)
{
    public const string FileName = ".edge-wiki.json";

    /// <summary>Raised whenever facts are read in another way.</summary>
    private const int VersionNow = 1;

    private const long FileBytesMax = 1L << 30;

    public static WikiCache Empty { get; } = new(VersionNow, "", []);

    public static WikiCache Of(VaultScan scan) =>
        new(
            VersionNow,
            scan.Titles,
            scan.Notes.Where(note => !note.Value.IsPrivate).ToDictionary(StringComparer.Ordinal)
        );

    /// <summary>Empty when there is none, or none that can be read.</summary>
    public static WikiCache Load(string folder)
    {
        var file = new FileInfo(Path.Combine(folder, FileName));
        try
        {
            if (!file.Exists || file.LinkTarget is not null || file.Length > FileBytesMax)
                return Empty;
            using var stream = file.OpenRead();
            var read = JsonSerializer.Deserialize(stream, WikiJson.Default.WikiCache);
            return read is { Version: VersionNow, Notes: not null, Titles: not null } && read.Notes.Values.All(IsWhole)
                ? read
                : Empty;
        }
        catch (Exception trouble)
            when (trouble is JsonException or IOException or UnauthorizedAccessException or NotSupportedException)
        {
            return Empty;
        }
    }

    /// <exception cref="IOException">The disk is full or read-only.</exception>
    public void Save(string folder)
    {
        var file = Path.Combine(folder, FileName);
        var unfinished = file + ".new";
        using (var stream = new FileStream(unfinished, FileMode.Create, FileAccess.Write))
            JsonSerializer.Serialize(stream, this, WikiJson.Default.WikiCache);
        File.Move(unfinished, file, overwrite: true);
    }

    private static bool IsWhole(NoteFacts? facts) =>
        facts
            is {
                Hash: not null,
                Names: not null,
                Tags: not null,
                Links: not null,
                Terms: not null,
                Claims: not null,
                Mentions: not null,
            };
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(WikiCache))]
internal sealed partial class WikiJson : JsonSerializerContext;
