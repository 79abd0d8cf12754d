using Edge.Inference.Kernels;
using Edge.Inference.Tests.Kernels;

namespace Edge.Inference.Tests;

/// <summary>A small Llama in memory with seeded random weights of any storage type, and what it takes to run it.</summary>
internal sealed unsafe class RandomModel : IDisposable
{
    private readonly List<IDisposable> _owned = [];
    private readonly Random _random = new(11);
    private readonly TensorType _type;

    public RandomModel(TensorType type, int kvHeads = 2)
    {
        _type = type;
        Config = new ModelConfig
        {
            Dim = 64,
            HiddenDim = 96,
            Layers = 2,
            Heads = 4,
            KvHeads = kvHeads,
            HeadDim = 16,
            RopeDim = 16,
            VocabSize = 200,
            ContextLength = 256,
            TiedOutput = true,
        };
        var embedding = Weights(Config.VocabSize, Config.Dim);
        Weight = new ModelWeights
        {
            TokenEmbedding = embedding,
            Output = embedding,
            OutputNorm = Norm(),
            Layers = [.. Enumerable.Range(0, Config.Layers).Select(_ => Layer())],
        };
    }

    public ModelConfig Config { get; }

    public ModelWeights Weight { get; }

    /// <summary>Logits after the last of the tokens, fed in pieces of the given sizes.</summary>
    public float[] Run(ReadOnlySpan<int> tokens, int threads, InstructionSet set, params ReadOnlySpan<int> pieces)
    {
        using var team = new ThreadTeam(threads);
        using var state = new InferenceState(Config, Config.ContextLength, threads);
        var transformer = new Transformer(Config, Weight, team, set);
        var at = 0;
        float[] logits = [];
        foreach (var piece in pieces)
        {
            logits = transformer.Forward(state, tokens.Slice(at, piece), at).ToArray();
            at += piece;
        }
        return at == tokens.Length ? logits : throw new ArgumentException("the pieces do not add up to the tokens");
    }

    public void Dispose()
    {
        foreach (var buffer in _owned)
            buffer.Dispose();
    }

    private LayerWeights Layer() =>
        new()
        {
            AttentionNorm = Norm(),
            Query = Weights(Config.QueryDim, Config.Dim),
            Key = Weights(Config.KvDim, Config.Dim),
            Value = Weights(Config.KvDim, Config.Dim),
            AttentionOutput = Weights(Config.Dim, Config.QueryDim),
            FeedForwardNorm = Norm(),
            Gate = Weights(Config.HiddenDim, Config.Dim),
            Up = Weights(Config.HiddenDim, Config.Dim),
            Down = Weights(Config.Dim, Config.HiddenDim),
        };

    private float[] Norm() => [.. Numbers.Floats(_random, Config.Dim).Select(x => 1 + (x / 4))];

    private Matrix Weights(int rows, int columns)
    {
        var values = Numbers.Floats(_random, rows * columns);
        var buffer = new NativeBuffer<byte>(rows * Matrix.RowBytesOf(_type, columns));
        _owned.Add(buffer);
        var bytes = new Span<byte>(buffer.Pointer, (int)buffer.Length);
        if (_type == TensorType.Q8_0)
            Quantizer.QuantizeQ8(values, bytes);
        else if (_type == TensorType.Q4_0)
            Quantizer.QuantizeQ4(values, bytes);
        else if (_type == TensorType.F16)
            System.Numerics.Tensors.TensorPrimitives.ConvertToHalf(
                values,
                new Span<Half>(buffer.Pointer, values.Length)
            );
        else
            values.CopyTo(new Span<float>(buffer.Pointer, values.Length));
        return new Matrix(_type, rows, columns, buffer.Pointer);
    }
}
