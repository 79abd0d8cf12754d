using System.Runtime.InteropServices;
using Edge.Inference;
using Edge.Inference.Gguf;

namespace Edge.Conversion.Tests;

/// <summary>A small Llama with seeded random weights, kept in GGUF's order, and its vocabulary.</summary>
internal sealed record TestLlama
{
    public int Dim { get; init; } = 64;
    public int Hidden { get; init; } = 96;
    public int Layers { get; init; } = 2;
    public int Heads { get; init; } = 4;
    public int KvHeads { get; init; } = 2;
    public int HeadDim { get; init; } = 16;
    public bool Tied { get; init; }
    public float Theta { get; init; } = 10000f;
    public float Epsilon { get; init; } = 1e-5f;
    public int Context { get; init; } = 32;

    /// <summary>Llama 3's divisors, or null.</summary>
    public float[]? RopeFactors { get; init; }

    public float LinearScaling { get; init; } = 1;
    public string? ChatTemplate { get; init; }
    public TestVocabulary Vocabulary { get; init; } = TestVocabulary.Small;

    public int Vocab => Vocabulary.Tokens.Count;

    /// <summary>(name, rows or 0 for a vector, columns) in the order of a GGUF.</summary>
    public IEnumerable<(string Name, int Rows, int Columns)> Shapes()
    {
        yield return ("token_embd.weight", Vocab, Dim);
        for (var i = 0; i < Layers; i++)
        {
            yield return ($"blk.{i}.attn_norm.weight", 0, Dim);
            yield return ($"blk.{i}.attn_q.weight", Heads * HeadDim, Dim);
            yield return ($"blk.{i}.attn_k.weight", KvHeads * HeadDim, Dim);
            yield return ($"blk.{i}.attn_v.weight", KvHeads * HeadDim, Dim);
            yield return ($"blk.{i}.attn_output.weight", Dim, Heads * HeadDim);
            yield return ($"blk.{i}.ffn_norm.weight", 0, Dim);
            yield return ($"blk.{i}.ffn_gate.weight", Hidden, Dim);
            yield return ($"blk.{i}.ffn_up.weight", Hidden, Dim);
            yield return ($"blk.{i}.ffn_down.weight", Dim, Hidden);
        }
        yield return ("output_norm.weight", 0, Dim);
        if (!Tied)
            yield return ("output.weight", Vocab, Dim);
    }

    /// <summary>The same numbers each time, a different run of them for each name.</summary>
    public static float[] Values(string name, int count)
    {
        var random = new Random(name.Aggregate(17, (seed, letter) => (seed * 31) + letter));
        var norm = name.Contains("norm", StringComparison.Ordinal);
        // Numbers of eight bits are the same in F32, F16 and BF16.
        return
        [
            .. Enumerable
                .Range(0, count)
                .Select(_ => norm ? 1 + (random.Next(-31, 32) / 128f) : random.Next(-127, 128) / 512f),
        ];
    }

    public void WriteGguf(string path) => Fill(new GgufWriter()).Save(path);

    /// <summary>Adds the model to a file.</summary>
    public GgufWriter Fill(GgufWriter writer)
    {
        writer
            .Set("general.architecture", "llama")
            .Set("general.name", "test")
            .Set("llama.context_length", (uint)Context)
            .Set("llama.embedding_length", (uint)Dim)
            .Set("llama.block_count", (uint)Layers)
            .Set("llama.feed_forward_length", (uint)Hidden)
            .Set("llama.attention.head_count", (uint)Heads)
            .Set("llama.attention.head_count_kv", (uint)KvHeads)
            .Set("llama.attention.key_length", (uint)HeadDim)
            .Set("llama.attention.value_length", (uint)HeadDim)
            .Set("llama.attention.layer_norm_rms_epsilon", Epsilon)
            .Set("llama.rope.freq_base", Theta);
        if (LinearScaling != 1)
            writer.Set("llama.rope.scaling.type", "linear").Set("llama.rope.scaling.factor", LinearScaling);
        if (ChatTemplate is not null)
            writer.Set("tokenizer.chat_template", ChatTemplate);
        Vocabulary.WriteGguf(writer);
        if (RopeFactors is { } factors)
            writer.AddTensor("rope_freqs.weight", TensorType.F32, [factors.Length], Bytes(factors));
        foreach (var (name, rows, columns) in Shapes())
        {
            int[] dims = rows == 0 ? [columns] : [columns, rows];
            writer.AddTensor(name, TensorType.F32, dims, Bytes(Values(name, Math.Max(1, rows) * columns)));
        }
        return writer;
    }

    public static byte[] Bytes(float[] values) => MemoryMarshal.AsBytes<float>(values).ToArray();

    /// <summary>Logits after each of a few tokens, as the engine computes them from a file.</summary>
    public static float[][] Logits(string path, string? tokenizer = null)
    {
        using var model = LanguageModel.Open(path, tokenizer, threads: 1);
        return model.Logits([1, 5, 70, 261, 9]);
    }
}
