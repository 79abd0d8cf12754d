using System.Text.Json.Nodes;

namespace Edge.Conversion.Tests;

/// <summary>Writes tokenizer.json for byte-level vocabularies.</summary>
internal static class BytePairJson
{
    public const string Gpt2Words = """{"type":"ByteLevel","add_prefix_space":false,"trim_offsets":true}""";

    public const string SmolWords =
        """{"type":"Sequence","pretokenizers":[{"type":"Digits","individual_digits":true},{"type":"ByteLevel","add_prefix_space":false,"trim_offsets":true,"use_regex":true}]}""";

    private const string Llama3Regex =
        @"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+";

    public static string Llama3Words => SplitWords(Llama3Regex);

    public static string Qwen2Words =>
        SplitWords(Llama3Regex.Replace(@"\p{N}{1,3}", @"\p{N}", StringComparison.Ordinal));

    /// <param name="mergesAsPairs">As newer files write them.</param>
    public static JsonObject Make(
        string[] tokens,
        string[] merges,
        string words,
        int[]? control = null,
        bool mergesAsPairs = false,
        bool? ignoreMerges = null
    )
    {
        var vocab = new JsonObject();
        for (var id = 0; id < tokens.Length; id++)
            vocab[tokens[id]] = id;
        var list = new JsonArray();
        foreach (var merge in merges)
            list.Add(mergesAsPairs ? new JsonArray([.. merge.Split(' ').Select(x => JsonValue.Create(x))]) : merge);
        var added = new JsonArray();
        foreach (var id in control ?? [])
            added.Add(
                new JsonObject
                {
                    ["id"] = id,
                    ["content"] = tokens[id],
                    ["special"] = true,
                }
            );
        var model = new JsonObject
        {
            ["type"] = "BPE",
            ["dropout"] = null,
            ["unk_token"] = null,
            ["continuing_subword_prefix"] = "",
            ["end_of_word_suffix"] = "",
            ["byte_fallback"] = false,
            ["vocab"] = vocab,
            ["merges"] = list,
        };
        if (ignoreMerges is { } ignore)
            model["ignore_merges"] = ignore;
        return new JsonObject
        {
            ["added_tokens"] = added,
            ["normalizer"] = null,
            ["pre_tokenizer"] = JsonNode.Parse(words),
            ["post_processor"] = JsonNode.Parse("""{"type":"ByteLevel","add_prefix_space":true}"""),
            ["decoder"] = JsonNode.Parse("""{"type":"ByteLevel"}"""),
            ["model"] = model,
        };
    }

    /// <summary>The 256 bytes and some tokens that merges make of them.</summary>
    public static (string[] Tokens, string[] Merges) Small()
    {
        string[] merges = ["a b", "Ġ ab", "1 2", "12 3", "Ġab ab"];
        return (
            [
                .. Bytes(),
                .. merges.Select(merge => merge.Replace(" ", "", StringComparison.Ordinal)),
                "<|begin|>",
                "<|eot_id|>",
            ],
            merges
        );
    }

    /// <summary>GPT-2's letters for bytes.</summary>
    private static IEnumerable<string> Bytes()
    {
        var hidden = 0;
        for (var value = 0; value < 256; value++)
        {
            var visible = value is >= 33 and <= 126 or >= 161 and <= 172 or >= 174;
            yield return ((char)(visible ? value : 256 + hidden++)).ToString();
        }
    }

    private static string SplitWords(string regex) =>
        new JsonObject
        {
            ["type"] = "Sequence",
            ["pretokenizers"] = new JsonArray(
                new JsonObject
                {
                    ["type"] = "Split",
                    ["pattern"] = new JsonObject { ["Regex"] = regex },
                    ["behavior"] = "Isolated",
                    ["invert"] = false,
                },
                new JsonObject
                {
                    ["type"] = "ByteLevel",
                    ["add_prefix_space"] = false,
                    ["use_regex"] = false,
                }
            ),
        }.ToJsonString();
}
