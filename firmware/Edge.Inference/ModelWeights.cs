namespace Edge.Inference;

/// <summary>All weights of one model. Immutable and shared by every conversation.</summary>
public sealed class ModelWeights
{
    /// <summary>(vocab, dim)</summary>
    public required Matrix TokenEmbedding { get; init; }

    public required IReadOnlyList<LayerWeights> Layers { get; init; }

    /// <summary>(dim)</summary>
    public required float[] OutputNorm { get; init; }

    /// <summary>(vocab, dim); the token embedding itself where the output is tied.</summary>
    public required Matrix Output { get; init; }

    /// <summary>
    /// (RopeDim / 2) or null: each rotation frequency is divided by its entry. Llama 3 scaling as GGUF's
    /// rope_freqs.weight carries it, or a constant for linear scaling.
    /// </summary>
    public float[]? RopeDivisors { get; init; }
}

/// <summary>The weights of one transformer block.</summary>
public sealed class LayerWeights
{
    /// <summary>(dim)</summary>
    public required float[] AttentionNorm { get; init; }

    /// <summary>(heads * head, dim); rows of a head are in rotary pairs (2i, 2i+1).</summary>
    public required Matrix Query { get; init; }

    /// <summary>(kvHeads * head, dim); paired like <see cref="Query"/>.</summary>
    public required Matrix Key { get; init; }

    /// <summary>(kvHeads * head, dim)</summary>
    public required Matrix Value { get; init; }

    /// <summary>(dim, heads * head)</summary>
    public required Matrix AttentionOutput { get; init; }

    /// <summary>(dim)</summary>
    public required float[] FeedForwardNorm { get; init; }

    /// <summary>(hidden, dim): w1, goes through SiLU.</summary>
    public required Matrix Gate { get; init; }

    /// <summary>(hidden, dim): w3.</summary>
    public required Matrix Up { get; init; }

    /// <summary>(dim, hidden): w2.</summary>
    public required Matrix Down { get; init; }
}
