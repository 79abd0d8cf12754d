using System.Runtime.InteropServices;
using Edge.Inference.Gguf;
using Edge.Inference.Kernels;

namespace Edge.Inference.Onnx.Tests;

/// <summary>A GGUF model of any small shape with seeded random weights and a SentencePiece vocabulary of single bytes.</summary>
internal sealed record SmallLlama
{
    public const int Vocab = 3 + 256 + 1;

    public int Dim { get; init; } = 64;
    public int Hidden { get; init; } = 96;
    public int Layers { get; init; } = 2;
    public int Heads { get; init; } = 4;
    public int KvHeads { get; init; } = 4;
    public int HeadDim { get; init; } = 16;
    public int RopeDim { get; init; } = 16;
    public int Context { get; init; } = 160;
    public bool Tied { get; init; } = true;
    public bool Divisors { get; init; }
    public TensorType Type { get; init; } = TensorType.F32;
    public int Seed { get; init; } = 5;

    public void Write(string path)
    {
        var random = new Random(Seed);
        var writer = new GgufWriter()
            .Set("general.architecture", "llama")
            .Set("general.name", "small")
            .Set("edge.tasks", "answer")
            .Set("llama.context_length", (uint)Context)
            .Set("llama.embedding_length", (uint)Dim)
            .Set("llama.block_count", (uint)Layers)
            .Set("llama.feed_forward_length", (uint)Hidden)
            .Set("llama.attention.head_count", (uint)Heads)
            .Set("llama.attention.head_count_kv", (uint)KvHeads)
            .Set("llama.attention.key_length", (uint)HeadDim)
            .Set("llama.attention.value_length", (uint)HeadDim)
            .Set("llama.rope.dimension_count", (uint)RopeDim)
            .Set("llama.rope.freq_base", 50_000f)
            .Set("llama.attention.layer_norm_rms_epsilon", 1e-5f);
        AddVocabulary(writer);
        Matrix("token_embd.weight", Vocab, Dim);
        for (var layer = 0; layer < Layers; layer++)
        {
            Norm($"blk.{layer}.attn_norm.weight");
            Matrix($"blk.{layer}.attn_q.weight", Heads * HeadDim, Dim);
            Matrix($"blk.{layer}.attn_k.weight", KvHeads * HeadDim, Dim);
            Matrix($"blk.{layer}.attn_v.weight", KvHeads * HeadDim, Dim);
            Matrix($"blk.{layer}.attn_output.weight", Dim, Heads * HeadDim);
            Norm($"blk.{layer}.ffn_norm.weight");
            Matrix($"blk.{layer}.ffn_gate.weight", Hidden, Dim);
            Matrix($"blk.{layer}.ffn_up.weight", Hidden, Dim);
            Matrix($"blk.{layer}.ffn_down.weight", Dim, Hidden);
        }
        Norm("output_norm.weight");
        if (!Tied)
            Matrix("output.weight", Vocab, Dim);
        if (Divisors)
            Vector("rope_freqs.weight", RopeDim / 2, () => 1 + (7 * random.NextSingle()));
        writer.Save(path);

        void Norm(string name) => Vector(name, Dim, () => 0.5f + random.NextSingle());

        void Vector(string name, int length, Func<float> next)
        {
            var values = new float[length];
            for (var i = 0; i < length; i++)
                values[i] = next();
            writer.AddTensor(name, TensorType.F32, [length], MemoryMarshal.AsBytes<float>(values).ToArray());
        }

        void Matrix(string name, int rows, int columns)
        {
            var values = new float[rows * columns];
            for (var i = 0; i < values.Length; i++)
                values[i] = ((2 * random.NextSingle()) - 1) * 2 / MathF.Sqrt(columns);
            if (Type != TensorType.Q8_0 || columns % 32 != 0)
            {
                writer.AddTensor(name, TensorType.F32, [columns, rows], MemoryMarshal.AsBytes<float>(values).ToArray());
                return;
            }
            var blocks = new byte[values.Length / 32 * 34];
            Quantizer.QuantizeQ8(values, blocks);
            writer.AddTensor(name, Type, [columns, rows], blocks);
        }
    }

    public static void AddVocabulary(GgufWriter writer) =>
        writer
            .Set("tokenizer.ggml.model", "llama")
            .Set(
                "tokenizer.ggml.tokens",
                (List<string>)["<unk>", "<s>", "</s>", .. Enumerable.Range(0, 256).Select(b => $"<0x{b:X2}>"), "▁"]
            )
            .Set("tokenizer.ggml.scores", new float[Vocab])
            .Set("tokenizer.ggml.token_type", (List<int>)[2, 3, 3, .. Enumerable.Repeat(6, 256), 1]);
}
