using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Edge.Inference.Kernels;

/// <summary>How the weights of a block of packed rows are found (layout: <see cref="PackedWeights"/>).</summary>
internal unsafe interface IPacking
{
    static abstract int BlockBytes { get; }

    static abstract bool IsFourBit { get; }

    /// <summary>Column i of row r.</summary>
    static abstract int At(byte* block, int r, int i);

    /// <summary>Columns 4k to 4k + 3 of four rows.</summary>
    static abstract Vector128<sbyte> Load(byte* block, int quarter, int k);
}

internal readonly unsafe struct Q8Packing : IPacking
{
    public static int BlockBytes => PackedWeights.BlockBytes;

    public static bool IsFourBit => false;

    public static int At(byte* block, int r, int i) => PackedWeights.At(block, r, i);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<sbyte> Load(byte* block, int quarter, int k) =>
        Vector128.Load((sbyte*)block + PackedWeights.QuantsAt + (quarter * 16) + (PackedWeights.SliceBytes * k));
}

internal readonly unsafe struct Q4Packing : IPacking
{
    public static int BlockBytes => PackedWeights.Q4BlockBytes;

    public static bool IsFourBit => true;

    public static int At(byte* block, int r, int i) => PackedWeights.Q4At(block, r, i);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<sbyte> Load(byte* block, int quarter, int k)
    {
        var slice = block + PackedWeights.QuantsAt + (k % PackedWeights.Q4Slices * PackedWeights.SliceBytes);
        var both = Vector128.Load(slice + (quarter * 16));
        var nibbles = k < PackedWeights.Q4Slices ? both & Vector128.Create((byte)15) : both >>> 4;
        return nibbles.AsSByte() - Vector128.Create((sbyte)8);
    }
}
