using Edge.Inference;

namespace Edge.Training.Model;

/// <summary>What a forward pass leaves for the backward pass of one layer; (positions, ...) each.</summary>
internal sealed unsafe class LayerActivations(FloatArena arena, ModelConfig config, int positions)
{
    /// <summary>(dim): what came in.</summary>
    public float* Input { get; } = arena.Take((long)positions * config.Dim);

    public float* AttentionNorm { get; } = arena.Take((long)positions * config.Dim);

    /// <summary>1: the inverse root mean square.</summary>
    public float* AttentionInverse { get; } = arena.Take(positions);

    /// <summary>(query heads + 2 key heads, head width), turned.</summary>
    public float* Qkv { get; } = arena.Take((long)positions * (config.QueryDim + (2 * config.KvDim)));

    /// <summary>(query heads, positions).</summary>
    public float* SoftmaxSums { get; } = arena.Take((long)positions * config.Heads);

    public float* Mixed { get; } = arena.Take((long)positions * config.QueryDim);

    /// <summary>(dim): the input with what attention added.</summary>
    public float* Middle { get; } = arena.Take((long)positions * config.Dim);

    public float* FeedNorm { get; } = arena.Take((long)positions * config.Dim);

    public float* FeedInverse { get; } = arena.Take(positions);

    /// <summary>(2 * hidden); its own gradient on the way back.</summary>
    public float* GateUp { get; } = arena.Take(2L * positions * config.HiddenDim);

    public float* Act { get; } = arena.Take((long)positions * config.HiddenDim);

    public static IEnumerable<long> Lengths(ModelConfig config, int positions)
    {
        long dim = (long)positions * config.Dim;
        return
        [
            dim,
            dim,
            positions,
            (long)positions * (config.QueryDim + (2 * config.KvDim)),
            (long)positions * config.Heads,
            (long)positions * config.QueryDim,
            dim,
            dim,
            positions,
            2L * positions * config.HiddenDim,
            (long)positions * config.HiddenDim,
        ];
    }
}

/// <summary>All memory of a pass over one batch. Knows its size before it is taken.</summary>
internal sealed unsafe class Activations : IDisposable
{
    /// <summary>Positions whose logits exist at a time: all of them at once would be the largest array by far.</summary>
    public const int LogitRows = 512;

    private readonly FloatArena _arena;

    public Activations(ModelConfig config, int positions)
    {
        _arena = new FloatArena(Lengths(config, positions), "for the activations; a smaller batch takes less");
        Layers = [.. Enumerable.Range(0, config.Layers).Select(_ => new LayerActivations(_arena, config, positions))];
        Output = _arena.Take((long)positions * config.Dim);
        OutputNorm = _arena.Take((long)positions * config.Dim);
        OutputInverse = _arena.Take(positions);
        Judged = _arena.Take((long)positions * config.Dim);
        Logits = _arena.Take((long)LogitRows * LogitStep(config));
        Losses = _arena.Take(positions);
        Gradient = _arena.Take((long)positions * config.Dim);
        Branch = _arena.Take((long)positions * Math.Max(config.Dim, config.QueryDim));
        QkvGradient = _arena.Take((long)positions * (config.QueryDim + (2 * config.KvDim)));
        ActGradient = _arena.Take((long)positions * config.HiddenDim);
    }

    public IReadOnlyList<LayerActivations> Layers { get; }

    /// <summary>(positions, dim): of the last layer.</summary>
    public float* Output { get; }

    public float* OutputNorm { get; }

    public float* OutputInverse { get; }

    /// <summary>(judged positions, dim): the normed output where there is a target; then its gradient.</summary>
    public float* Judged { get; }

    /// <summary>(LogitRows, LogitStep).</summary>
    public float* Logits { get; }

    /// <summary>(judged positions).</summary>
    public float* Losses { get; }

    /// <summary>(positions, dim): of the residual stream.</summary>
    public float* Gradient { get; }

    /// <summary>(positions, dim or query width): of a branch.</summary>
    public float* Branch { get; }

    public float* QkvGradient { get; }

    public float* ActGradient { get; }

    /// <summary>Floats from one row of logits to the next; never a power of two.</summary>
    public static int LogitStep(ModelConfig config) => config.VocabSize + 16;

    /// <summary>Bytes that the activations of a batch take.</summary>
    public static long Bytes(ModelConfig config, int positions) =>
        Lengths(config, positions).Sum(FloatArena.Padded) * sizeof(float);

    public void Dispose() => _arena.Dispose();

    private static IEnumerable<long> Lengths(ModelConfig config, int positions)
    {
        long dim = (long)positions * config.Dim;
        IEnumerable<long> own =
        [
            dim,
            dim,
            positions,
            dim,
            (long)LogitRows * LogitStep(config),
            positions,
            dim,
            (long)positions * Math.Max(config.Dim, config.QueryDim),
            (long)positions * (config.QueryDim + (2 * config.KvDim)),
            (long)positions * config.HiddenDim,
        ];
        var layer = LayerActivations.Lengths(config, positions).ToList();
        return own.Concat(Enumerable.Range(0, config.Layers).SelectMany(_ => layer));
    }
}
