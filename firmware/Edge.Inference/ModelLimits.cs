namespace Edge.Inference;

/// <summary>
/// The largest shapes that Edge accepts from a file. Far above the models that a device can run, far below where a
/// product of two of them could overflow 64 bits.
/// </summary>
public static class ModelLimits
{
    public const int DimMax = 65_536;

    public const int HiddenDimMax = 524_288;

    public const int LayersMax = 1_024;

    public const int HeadsMax = 1_024;

    public const int HeadDimMax = 4_096;

    public const int VocabMax = 1_048_576;

    public const int ContextMax = 16_777_216;

    /// <summary>Columns of one matrix that share a scale in a llama2.c v2 file.</summary>
    public const int GroupSizeMax = 65_536;

    /// <summary>Bytes of one token's text, in any vocabulary.</summary>
    public const int TokenBytesMax = 65_536;

    /// <summary>Entries of a byte-pair vocabulary's merge list.</summary>
    public const int MergesMax = 4_194_304;
}
