namespace Edge.Inference;

/// <summary>The shape of a Llama-family model. Immutable; checked by the reader that made it.</summary>
public sealed record ModelConfig
{
    /// <summary>Width of the residual stream ("embedding length").</summary>
    public required int Dim { get; init; }

    /// <summary>Width of the feed-forward layer.</summary>
    public required int HiddenDim { get; init; }

    public required int Layers { get; init; }

    /// <summary>Query heads.</summary>
    public required int Heads { get; init; }

    /// <summary>Key and value heads; divides <see cref="Heads"/> (grouped-query attention).</summary>
    public required int KvHeads { get; init; }

    /// <summary>Width of one head; not always Dim / Heads.</summary>
    public required int HeadDim { get; init; }

    /// <summary>Leading elements of each head that rotate; even, at most <see cref="HeadDim"/>.</summary>
    public required int RopeDim { get; init; }

    public required int VocabSize { get; init; }

    /// <summary>Positions the model was trained for.</summary>
    public required int ContextLength { get; init; }

    public float RopeTheta { get; init; } = 10000f;

    public float NormEpsilon { get; init; } = 1e-5f;

    /// <summary>The output matrix is the token embedding.</summary>
    public bool TiedOutput { get; init; }

    /// <summary>Heads * HeadDim: the width of the query rows.</summary>
    public int QueryDim => Heads * HeadDim;

    /// <summary>KvHeads * HeadDim: the width of one key or value row.</summary>
    public int KvDim => KvHeads * HeadDim;
}
