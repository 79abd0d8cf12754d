using Edge.Conversion;
using Edge.Conversion.Tests;
using Edge.Inference;
using Edge.Inference.Gguf;
using Edge.Inference.Tokenizers;

namespace Edge.Fuzz.Formats;

/// <summary>GGUF models in several types, and byte-level vocabularies.</summary>
internal sealed class GgufFormat : FuzzFormat
{
    private const string FileName = "m.gguf";
    private readonly Dictionary<byte[], (List<(int At, int Bytes)> Fields, int Structure)> known = [];

    public override string Name => "gguf";

    public override void Run(string folder, Random random)
    {
        var path = Path.Combine(folder, FileName);
        using (var gguf = GgufFile.Open(path))
        {
            foreach (var pair in gguf.Metadata)
                pair.Value.Describe();
            if (gguf.Tensors.Count == 0)
            {
                Exercise.Tokens(TokenizerFile.Open(path));
                return;
            }
        }
        Exercise.Model(path, null);
        Exercise.Conversion(path, null, random);
        if (random.Next(20) == 0)
            Exercise.WholeConversion(path, null, Path.Combine(folder, "out.gguf"));
    }

    protected override IEnumerable<Seed> Make(string work)
    {
        var small = new TestLlama
        {
            Dim = 32,
            Hidden = 32,
            Heads = 2,
            KvHeads = 1,
            Layers = 1,
            Tied = true,
            ChatTemplate = "<|im_start|>",
        };
        TestLlama[] models =
        [
            small,
            small with
            {
                Tied = false,
                RopeFactors = [1, 2, 3, 4, 5, 6, 7, 8],
            },
            small with
            {
                LinearScaling = 2,
                HeadDim = 6,
                Hidden = 31,
            },
        ];
        foreach (var model in models)
        {
            var path = Path.Combine(work, FileName);
            model.WriteGguf(path);
            yield return Of(path);
            foreach (var type in new[] { TensorType.F16, TensorType.Q8_0, TensorType.Q4_0 })
            {
                var converted = Path.Combine(work, "c.gguf");
                ModelConverter.Convert(path, converted, new ConversionOptions { Type = type });
                yield return Of(converted);
            }
        }
        var (tokens, merges) = BytePairJson.Small();
        foreach (var words in new[] { "gpt-2", "llama-bpe", "smollm", "default" })
        {
            var path = Path.Combine(work, "v.gguf");
            new GgufWriter()
                .Set("general.architecture", "llama")
                .Set("tokenizer.ggml.model", "gpt2")
                .Set("tokenizer.ggml.pre", words)
                .Set("tokenizer.ggml.tokens", tokens)
                .Set("tokenizer.ggml.token_type", [.. Enumerable.Repeat(1, tokens.Length - 2), 3, 3])
                .Set("tokenizer.ggml.merges", merges)
                .Set("tokenizer.ggml.bos_token_id", 261u)
                .Set("tokenizer.ggml.add_bos_token", true)
                .Save(path);
            yield return Of(path);
        }
    }

    protected override void DamageFiles(Dictionary<string, byte[]> files, Random random)
    {
        var bytes = files[FileName];
        if (!known.TryGetValue(bytes, out var layout))
        {
            layout = (GgufFields.Of(bytes, out var structure), structure);
            known.Add(bytes, layout);
        }
        files[FileName] = Mutator.Damage(bytes, layout.Structure, layout.Fields, random);
    }

    private static Seed Of(string path) => new(new() { [FileName] = File.ReadAllBytes(path) });
}
