using System.Text.Json;
using Edge.Assistant.Writing;
using Edge.Inference;
using Edge.Inference.Gguf;
using Edge.TestKit;
using Edge.Training.Data;
using Edge.Training.Recipes;

namespace Edge.Training.Tests.Cards;

/// <summary>Every model under models/ is whole, is the one that its card describes, and writes what its golden file says.</summary>
public sealed class ShippedModelTests
{
    private const long BytesMax = 12_000_000;

    public static TheoryData<string> Folders =>
        [
            .. Directory
                .EnumerateFiles(Path.Combine(Repo.Root, "models"), "*.gguf", SearchOption.AllDirectories)
                .Select(path => Path.GetRelativePath(Repo.Root, Path.GetDirectoryName(path)!))
                .Order(StringComparer.Ordinal),
        ];

    /// <summary>Keys of the GGUF specification (ggml, docs/gguf.md) that a quantized llama model with a vocabulary of byte
    /// pairs has, with the types it gives them.</summary>
    private static readonly (string Key, GgufValueType Type)[] Specified =
    [
        ("general.architecture", GgufValueType.String),
        ("general.name", GgufValueType.String),
        ("general.file_type", GgufValueType.U32),
        ("general.quantization_version", GgufValueType.U32),
        ("llama.context_length", GgufValueType.U32),
        ("llama.embedding_length", GgufValueType.U32),
        ("llama.block_count", GgufValueType.U32),
        ("llama.feed_forward_length", GgufValueType.U32),
        ("llama.rope.dimension_count", GgufValueType.U32),
        ("llama.rope.freq_base", GgufValueType.F32),
        ("llama.attention.head_count", GgufValueType.U32),
        ("llama.attention.head_count_kv", GgufValueType.U32),
        ("llama.attention.layer_norm_rms_epsilon", GgufValueType.F32),
        ("tokenizer.ggml.model", GgufValueType.String),
        ("tokenizer.ggml.pre", GgufValueType.String),
        ("tokenizer.ggml.tokens", GgufValueType.Array),
        ("tokenizer.ggml.token_type", GgufValueType.Array),
        ("tokenizer.ggml.merges", GgufValueType.Array),
        ("tokenizer.ggml.bos_token_id", GgufValueType.U32),
        ("tokenizer.ggml.eos_token_id", GgufValueType.U32),
        ("tokenizer.ggml.add_bos_token", GgufValueType.Bool),
        ("tokenizer.chat_template", GgufValueType.String),
    ];

    [Theory]
    [MemberData(nameof(Folders))]
    public void The_file_has_what_the_format_asks_for(string folder)
    {
        using var file = GgufFile.Open(ModelOf(folder));
        Assert.Equal(3, file.Version);
        Assert.InRange(file.FileBytes, 1, BytesMax);
        var values = file.Metadata.ToDictionary(pair => pair.Key, pair => pair.Value, StringComparer.Ordinal);
        Assert.All(Specified, asked => Assert.Equal(asked.Type, values[asked.Key].Type));

        var layers = int.Parse(
            values["llama.block_count"].Describe(),
            System.Globalization.CultureInfo.InvariantCulture
        );
        string[] blocks =
        [
            "attn_norm",
            "attn_q",
            "attn_k",
            "attn_v",
            "attn_output",
            "ffn_norm",
            "ffn_gate",
            "ffn_up",
            "ffn_down",
        ];
        string[] names =
        [
            "token_embd.weight",
            "output_norm.weight",
            .. Enumerable.Range(0, layers).SelectMany(i => blocks.Select(block => $"blk.{i}.{block}.weight")),
        ];
        Assert.Equal(
            names.Order(StringComparer.Ordinal),
            file.Tensors.Select(t => t.Name).Where(name => name != "output.weight").Order(StringComparer.Ordinal)
        );
        // Each tensor on the alignment, right behind the one before it, and nothing behind the last but its padding.
        var at = file.DataOffset;
        foreach (var tensor in file.Tensors.OrderBy(tensor => tensor.Offset))
        {
            Assert.Equal(at, tensor.Offset);
            at = (tensor.Offset + tensor.Bytes + file.Alignment - 1) / file.Alignment * file.Alignment;
        }
        Assert.Equal(at, file.FileBytes);
    }

    [Theory]
    [MemberData(nameof(Folders))]
    public void It_knows_its_prompts_and_writes_its_golden_tokens(string folder)
    {
        using var model = LanguageModel.Open(ModelOf(folder), threads: 1);
        Assert.True(TaskPrompts.Knows(model));
        Assert.Equal("chatml", model.ChatTemplate.Name);
        Assert.Null(WritingSkill.WhyNot(model));
        using var golden = JsonDocument.Parse(File.ReadAllText(Path.Combine(Repo.Root, folder, "golden.json")));
        Assert.NotEqual(0, golden.RootElement.GetArrayLength());
        foreach (var one in golden.RootElement.EnumerateArray())
        {
            int[] prompt = [.. one.GetProperty("promptTokens").EnumerateArray().Select(id => id.GetInt32())];
            int[] expected = [.. one.GetProperty("tokens").EnumerateArray().Select(id => id.GetInt32())];
            Assert.Equal(
                model.ChatTemplate.Encode(model.Tokenizer, TaskPrompt.Turn(one.GetProperty("prompt").GetString()!)),
                prompt
            );
            var options = new GenerationOptions
            {
                MaxTokens = 24,
                StopStrings = model.ChatTemplate.StopStrings,
                Sampling = new SamplingOptions { Temperature = 0 },
            };
            Assert.Equal(expected, model.Generate(prompt, options).Tokens);
        }
    }

    [Theory]
    [MemberData(nameof(Folders))]
    public void Its_card_and_recipe_are_of_this_file(string folder)
    {
        var path = ModelOf(folder);
        var name = Path.GetFileNameWithoutExtension(path);
        var card = File.ReadAllText(Path.Combine(Repo.Root, folder, "README.md"));
        Assert.Contains(TextHash.Sha256OfFile(path), card, StringComparison.Ordinal);
        Assert.Equal(name, Recipe.Read(Path.Combine(Repo.Root, folder, "recipe.json")).Name);
        var table = File.ReadAllText(Path.Combine(Repo.Root, "models", "README.md"));
        Assert.Contains(TextHash.Sha256OfFile(path), table, StringComparison.Ordinal);
    }

    private static string ModelOf(string folder) =>
        Assert.Single(Directory.GetFiles(Path.Combine(Repo.Root, folder), "*.gguf"));
}
