namespace Edge.Inference.Gguf;

/// <summary>What a GGUF file may at most hold; a file beyond one of these is refused by its name.</summary>
public static class GgufLimits
{
    public const int VersionMin = 2;

    public const int VersionMax = 3;

    /// <summary>Key-value pairs.</summary>
    public const int MetadataCountMax = 65_536;

    public const int TensorCountMax = 65_536;

    /// <summary>Bytes of a metadata key.</summary>
    public const int KeyBytesMax = 65_535;

    /// <summary>Bytes of one string value or array element.</summary>
    public const int StringBytesMax = 16 * 1024 * 1024;

    public const int TensorNameBytesMax = 255;

    /// <summary>Elements of one array.</summary>
    public const int ArrayCountMax = 16 * 1024 * 1024;

    public const int DimensionsMax = 4;

    /// <summary>Elements of one tensor: its bytes still fit 64 bits with room to spare.</summary>
    public const long TensorElementsMax = 1L << 40;

    /// <summary>Bytes; alignments are powers of two.</summary>
    public const int AlignmentMin = 8;

    public const int AlignmentMax = 65_536;

    public const int AlignmentDefault = 32;
}
