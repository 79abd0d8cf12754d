using System.Globalization;

namespace Edge.Inference.Onnx.Model;

/// <summary>One tensor that an ONNX file holds.</summary>
/// <param name="Type">How elements are stored, in ONNX's words: "FLOAT", "UINT8" ...</param>
/// <param name="Dims">Rows first.</param>
/// <param name="Bytes">As stored in the file; 0 where the values are not in one piece.</param>
public sealed record OnnxTensor(string Name, string Type, IReadOnlyList<long> Dims, long Bytes)
{
    /// <summary>ONNX's numbers for element types, with the bits of one element; strings have none.</summary>
    private static readonly Dictionary<long, (string Name, int Bits)> Types = new()
    {
        [1] = ("FLOAT", 32),
        [2] = ("UINT8", 8),
        [3] = ("INT8", 8),
        [4] = ("UINT16", 16),
        [5] = ("INT16", 16),
        [6] = ("INT32", 32),
        [7] = ("INT64", 64),
        [8] = ("STRING", 0),
        [9] = ("BOOL", 8),
        [10] = ("FLOAT16", 16),
        [11] = ("DOUBLE", 64),
        [12] = ("UINT32", 32),
        [13] = ("UINT64", 64),
        [14] = ("COMPLEX64", 64),
        [15] = ("COMPLEX128", 128),
        [16] = ("BFLOAT16", 16),
        [17] = ("FLOAT8E4M3FN", 8),
        [18] = ("FLOAT8E4M3FNUZ", 8),
        [19] = ("FLOAT8E5M2", 8),
        [20] = ("FLOAT8E5M2FNUZ", 8),
        [21] = ("UINT4", 4),
        [22] = ("INT4", 4),
        [23] = ("FLOAT4E2M1", 4),
        [24] = ("FLOAT8E8M0", 8),
        [25] = ("UINT2", 2),
        [26] = ("INT2", 2),
    };

    public long Elements => Dims.Aggregate(1L, (product, dim) => product * dim);

    internal static string? NameOf(long type) => Types.TryGetValue(type, out var known) ? known.Name : null;

    /// <summary>Bytes of so many elements in one piece.</summary>
    internal static long BytesOf(long type, long elements) => ((elements * Types[type].Bits) + 7) / 8;

    /// <summary>"weight (64, 512) FLOAT"</summary>
    public override string ToString() =>
        $"{Name} ({string.Join(", ", Dims.Select(dim => dim.ToString(CultureInfo.InvariantCulture)))}) {Type}";
}
