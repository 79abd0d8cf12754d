using System.Buffers.Binary;
using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Edge.Inference.Gguf;

namespace Edge.Conversion.Tests;

/// <summary>A SentencePiece vocabulary and the files that say it: written here by code of our own, not the converter's.</summary>
/// <param name="Types">GGUF's numbers.</param>
internal sealed record TestVocabulary(
    IReadOnlyList<string> Tokens,
    IReadOnlyList<float> Scores,
    IReadOnlyList<int> Types
)
{
    /// <summary>Three special tokens, the bytes, a few letters, and tokens that are joined of two others each.</summary>
    public static TestVocabulary Small { get; } = MakeSmall();

    public void WriteGguf(GgufWriter writer) =>
        writer
            .Set("tokenizer.ggml.model", "llama")
            .Set("tokenizer.ggml.tokens", Tokens)
            .Set("tokenizer.ggml.scores", Scores)
            .Set("tokenizer.ggml.token_type", Types)
            .Set("tokenizer.ggml.bos_token_id", 1u)
            .Set("tokenizer.ggml.eos_token_id", 2u)
            .Set("tokenizer.ggml.unknown_token_id", 0u)
            .Set("tokenizer.ggml.add_bos_token", true)
            .Set("tokenizer.ggml.add_space_prefix", true);

    /// <summary>A tokenizer.json as the tools write it for Llama 2: merges in the order of the scores.</summary>
    public JsonObject Json()
    {
        var vocab = new JsonObject();
        for (var id = 0; id < Tokens.Count; id++)
            vocab[Tokens[id]] = id;
        var ids = Tokens.Select((text, id) => (text, id)).ToDictionary(x => x.text, x => x.id, StringComparer.Ordinal);
        var merges = new JsonArray();
        foreach (var id in Enumerable.Range(0, Tokens.Count).Where(Normal).OrderByDescending(id => Scores[id]))
        {
            var text = Tokens[id];
            for (var cut = 1; cut < text.Length; cut++)
            {
                if (char.IsLowSurrogate(text[cut]))
                    continue;
                if (Known(text[..cut]) && Known(text[cut..]))
                    merges.Add($"{text[..cut]} {text[cut..]}");
            }
        }
        var added = new JsonArray();
        for (var id = 0; id < 3; id++)
            added.Add(
                new JsonObject
                {
                    ["id"] = id,
                    ["content"] = Tokens[id],
                    ["special"] = true,
                }
            );
        return new JsonObject
        {
            ["version"] = "1.0",
            ["added_tokens"] = added,
            ["normalizer"] = JsonNode.Parse(
                """{"type":"Sequence","normalizers":[{"type":"Prepend","prepend":"▁"},{"type":"Replace","pattern":{"String":" "},"content":"▁"}]}"""
            ),
            ["pre_tokenizer"] = null,
            ["post_processor"] = JsonNode.Parse(
                """{"type":"TemplateProcessing","single":[{"SpecialToken":{"id":"<s>","type_id":0}},{"Sequence":{"id":"A","type_id":0}}]}"""
            ),
            ["model"] = new JsonObject
            {
                ["type"] = "BPE",
                ["unk_token"] = "<unk>",
                ["fuse_unk"] = true,
                ["byte_fallback"] = true,
                ["vocab"] = vocab,
                ["merges"] = merges,
            },
        };

        bool Known(string text) => ids.TryGetValue(text, out var id) && Normal(id);

        bool Normal(int id) => Types[id] == 1;
    }

    public static string SettingsJson =>
        """{"bos_token":{"content":"<s>"},"eos_token":"</s>","unk_token":"<unk>","add_bos_token":true}""";

    /// <summary>A tokenizer.model: kind BPE, nothing normalised.</summary>
    public byte[] Protobuf(int kind = 2, bool removeSpaces = false)
    {
        var model = new List<byte>();
        for (var id = 0; id < Tokens.Count; id++)
        {
            var text = Encoding.UTF8.GetBytes(Tokens[id]);
            var score = new byte[4];
            BinaryPrimitives.WriteSingleLittleEndian(score, Scores[id]);
            List<byte> piece = [0x0A, .. Varint(text.Length), .. text, 0x15, .. score];
            if (Types[id] != 1)
                piece.AddRange([0x18, (byte)Types[id]]);
            model.AddRange([0x0A, .. Varint(piece.Count), .. piece]);
        }
        byte[] training = [0x18, (byte)kind, .. Varint(40 << 3), 0, .. Varint(41 << 3), 1, .. Varint(42 << 3), 2];
        byte[] normalizer = [0x0A, 8, .. "identity"u8, 0x18, 1, 0x20, removeSpaces ? (byte)1 : (byte)0, 0x28, 1];
        model.AddRange([0x12, .. Varint(training.Length), .. training]);
        model.AddRange([0x1A, .. Varint(normalizer.Length), .. normalizer]);
        return [.. model];
    }

    /// <summary>A llama2.c tokenizer.bin.</summary>
    public byte[] Llama2c()
    {
        var bytes = new List<byte>(new byte[4]);
        var longest = 0;
        for (var id = 0; id < Tokens.Count; id++)
        {
            var text = Encoding.UTF8.GetBytes(
                id is 1 or 2 ? $"\n{Tokens[id]}\n" : Tokens[id].Replace("▁", " ", StringComparison.Ordinal)
            );
            longest = Math.Max(longest, text.Length);
            bytes.AddRange([.. BitConverter.GetBytes(Scores[id]), .. BitConverter.GetBytes(text.Length), .. text]);
        }
        var result = bytes.ToArray();
        BinaryPrimitives.WriteInt32LittleEndian(result, longest);
        return result;
    }

    public void WriteJson(string path) => File.WriteAllText(path, Json().ToJsonString(JsonSerializerOptions.Default));

    private static byte[] Varint(int value)
    {
        var bytes = new List<byte>();
        for (; value >= 0x80; value >>= 7)
            bytes.Add((byte)(value | 0x80));
        bytes.Add((byte)value);
        return [.. bytes];
    }

    private static TestVocabulary MakeSmall()
    {
        List<string> tokens =
        [
            "<unk>",
            "<s>",
            "</s>",
            .. Enumerable.Range(0, 256).Select(b => string.Create(CultureInfo.InvariantCulture, $"<0x{b:X2}>")),
        ];
        List<string> pieces = ["▁", "a", "b", "c", "d", "é", "\U0001F600"];
        var random = new Random(5);
        while (pieces.Count < 50)
        {
            var joint = pieces[random.Next(pieces.Count)] + pieces[random.Next(pieces.Count)];
            // No token goes on over a space, as in the real ones.
            if (joint.Length <= 6 && !pieces.Contains(joint) && joint.LastIndexOf('▁') <= 0)
                pieces.Add(joint);
        }
        tokens.AddRange(pieces[7..]);
        tokens.AddRange(pieces[..7]);
        return new TestVocabulary(
            tokens,
            [.. tokens.Select((_, id) => id < 259 ? 0f : 259f - id)],
            [2, 3, 3, .. Enumerable.Repeat(6, 256), .. Enumerable.Repeat(1, pieces.Count)]
        );
    }
}
