using System.Text;
using System.Text.Json;
using Edge.Inference;

namespace Edge.Conversion.HuggingFace;

/// <summary>A token that was added to a vocabulary after it was trained.</summary>
/// <param name="Special">It steers the model and is no part of a text.</param>
internal sealed record AddedToken(int Id, string Text, bool Special);

/// <summary>What the small files beside a tokenizer say about it; each may be missing.</summary>
internal sealed record TokenizerSettings
{
    private const string SettingsName = "tokenizer_config.json";

    public string? Bos { get; init; }

    public string? Eos { get; init; }

    public string? Unknown { get; init; }

    public string? Padding { get; init; }

    public bool? AddBos { get; init; }

    public IReadOnlyList<AddedToken> Added { get; init; } = [];

    /// <summary>The Jinja text.</summary>
    public string? ChatTemplate { get; init; }

    /// <summary>From generation_config.json or config.json, where <see cref="Bos"/> does not say.</summary>
    public int? BosId { get; init; }

    /// <summary>From the same: all that end generation.</summary>
    public IReadOnlyList<int> EosIds { get; init; } = [];

    public static TokenizerSettings Read(string folder)
    {
        var settings = new TokenizerSettings();
        if (File.Exists(Path.Combine(folder, SettingsName)))
        {
            using var file = JsonFile.Open(Path.Combine(folder, SettingsName), HuggingFaceLimits.SettingsBytesMax);
            var root = file.Root;
            settings = new TokenizerSettings
            {
                Bos = TokenText(root, "bos_token"),
                Eos = TokenText(root, "eos_token"),
                Unknown = TokenText(root, "unk_token"),
                Padding = TokenText(root, "pad_token"),
                AddBos = root.Find("add_bos_token")?.Flag(),
                Added = ReadAdded(root),
                ChatTemplate = root.Find("chat_template") is { } template ? ReadTemplate(template) : null,
            };
        }
        return ReadIds(folder, settings) with { ChatTemplate = TemplateFile(folder) ?? settings.ChatTemplate };
    }

    /// <summary>A token is a text, or an object with the text as its content.</summary>
    private static string? TokenText(JsonPart root, string name) =>
        root.Find(name) is not { } part ? null
        : part.Kind == JsonValueKind.Object ? part.Require("content").Text()
        : part.Text();

    private static List<AddedToken> ReadAdded(JsonPart root)
    {
        var added = new List<AddedToken>();
        if (root.Find("added_tokens_decoder") is not { } decoder)
            return added;
        foreach (var (key, token) in decoder.Members())
        {
            if (!int.TryParse(key, out var id) || id is < 0 or >= ModelLimits.VocabMax)
                throw decoder.Bad($"has a token with the id \"{Printable.Show(key)}\".");
            added.Add(new AddedToken(id, token.Require("content").Text(), token.Find("special")?.Flag() ?? false));
        }
        return added;
    }

    /// <summary>One text, or a list of them with names; then the one named default.</summary>
    private static string? ReadTemplate(JsonPart template)
    {
        if (template.Kind == JsonValueKind.String)
            return template.Text();
        foreach (var item in template.Items())
        {
            if (item.Require("name").Text() == "default")
                return item.Require("template").Text();
        }
        return null;
    }

    private static string? TemplateFile(string folder)
    {
        var path = Path.Combine(folder, "chat_template.jinja");
        if (!File.Exists(path))
            return null;
        using var file = MappedFile.Open(path);
        if (file.Length > HuggingFaceLimits.SettingsBytesMax)
            throw file.Bad($"has {file.Length:N0} bytes; at most {HuggingFaceLimits.SettingsBytesMax:N0} are read.");
        return Encoding.UTF8.GetString(file.Span(0, (int)file.Length));
    }

    private static TokenizerSettings ReadIds(string folder, TokenizerSettings settings)
    {
        foreach (var name in (string[])["generation_config.json", "config.json"])
        {
            var path = Path.Combine(folder, name);
            if (!File.Exists(path))
                continue;
            using var file = JsonFile.Open(path, HuggingFaceLimits.SettingsBytesMax);
            settings = settings with
            {
                BosId = settings.BosId ?? file.Root.Find("bos_token_id")?.Int(0, ModelLimits.VocabMax - 1),
                EosIds = settings.EosIds.Count > 0 ? settings.EosIds : Ids(file.Root.Find("eos_token_id")),
            };
        }
        return settings;
    }

    private static List<int> Ids(JsonPart? part) =>
        part switch
        {
            null => [],
            { Kind: JsonValueKind.Array } list =>
            [
                .. list.Items().Select(item => item.Int(0, ModelLimits.VocabMax - 1)),
            ],
            { } one => [one.Int(0, ModelLimits.VocabMax - 1)],
        };
}
