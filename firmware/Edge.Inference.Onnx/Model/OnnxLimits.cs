namespace Edge.Inference.Onnx.Model;

/// <summary>What an ONNX file may at most hold; a file beyond one of these is refused by its name.</summary>
public static class OnnxLimits
{
    /// <summary>Bytes of a whole file: neither a protobuf message nor an array can be longer.</summary>
    public const int FileBytesMax = 0x7FFFFFC7;

    /// <summary>Messages within messages, of graphs in attributes of nodes too.</summary>
    public const int DepthMax = 64;

    public const int NodesMax = 1 << 20;

    public const int TensorsMax = 1 << 17;

    public const int DimensionsMax = 8;

    /// <summary>Elements of one tensor: its bytes still fit 64 bits with room to spare.</summary>
    public const long TensorElementsMax = 1L << 40;

    public const int MetadataCountMax = 65_536;

    /// <summary>Bytes of a name, an operator or a metadata key.</summary>
    public const int NameBytesMax = 65_535;

    /// <summary>Bytes of one metadata value: room for the largest vocabularies in base64.</summary>
    public const int MetadataBytesMax = 64 << 20;
}
