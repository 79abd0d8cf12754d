using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Edge.Inference.Kernels;

/// <summary>
/// One row of quantised weights as blocks of 32 signed bytes with a scale each. A struct per storage format, so that a
/// kernel is compiled once for each and the format costs nothing inside its loop.
/// </summary>
internal unsafe interface IWeightBlocks<TSelf>
    where TSelf : struct, IWeightBlocks<TSelf>
{
    static abstract TSelf Of(in Matrix w, int row);

    /// <summary>The 32 values of a block.</summary>
    Vector256<sbyte> Load(int block);

    /// <summary>Values 0 to 15 of a block.</summary>
    Vector128<sbyte> LoadLow(int block);

    /// <summary>Values 16 to 31 of a block.</summary>
    Vector128<sbyte> LoadHigh(int block);

    /// <summary>One value; for the scalar twin.</summary>
    int At(int block, int index);

    float Scale(int block);
}

/// <summary>GGUF Q8_0: 34 bytes a block, fp16 scale first.</summary>
internal readonly unsafe struct Q8Blocks(byte* row) : IWeightBlocks<Q8Blocks>
{
    public const int BlockBytes = 34;

    private readonly byte* _row = row;

    public static Q8Blocks Of(in Matrix w, int row) => new(w.Data + (row * w.RowBytes));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Vector256<sbyte> Load(int block) => Vector256.Load((sbyte*)(_row + (block * (nint)BlockBytes) + 2));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Vector128<sbyte> LoadLow(int block) => Vector128.Load((sbyte*)(_row + (block * (nint)BlockBytes) + 2));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Vector128<sbyte> LoadHigh(int block) => Vector128.Load((sbyte*)(_row + (block * (nint)BlockBytes) + 18));

    public int At(int block, int index) => (sbyte)_row[(block * (nint)BlockBytes) + 2 + index];

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public float Scale(int block) => HalfBits.ToSingle(Unsafe.ReadUnaligned<ushort>(_row + (block * (nint)BlockBytes)));
}

/// <summary>GGUF Q4_0: 18 bytes a block, fp16 scale first; byte i holds value i in its low and value i + 16 in its high
/// nibble, both plus 8.</summary>
internal readonly unsafe struct Q4Blocks(byte* row) : IWeightBlocks<Q4Blocks>
{
    public const int BlockBytes = 18;

    private readonly byte* _row = row;

    public static Q4Blocks Of(in Matrix w, int row) => new(w.Data + (row * w.RowBytes));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Vector256<sbyte> Load(int block) => Vector256.Create(LoadLow(block), LoadHigh(block));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Vector128<sbyte> LoadLow(int block) =>
        (Packed(block) & Vector128.Create((byte)15)).AsSByte() - Vector128.Create((sbyte)8);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Vector128<sbyte> LoadHigh(int block) =>
        Vector128.ShiftRightLogical(Packed(block), 4).AsSByte() - Vector128.Create((sbyte)8);

    public int At(int block, int index)
    {
        var packed = _row[(block * (nint)BlockBytes) + 2 + (index & 15)];
        return (index < 16 ? packed & 15 : packed >> 4) - 8;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public float Scale(int block) => HalfBits.ToSingle(Unsafe.ReadUnaligned<ushort>(_row + (block * (nint)BlockBytes)));

    private Vector128<byte> Packed(int block) => Vector128.Load(_row + (block * (nint)BlockBytes) + 2);
}

/// <summary>llama2.c version 2: values and fp32 scales in planes of their own, a scale for every group of
/// 32 * blocksPerGroup values.</summary>
internal readonly unsafe struct PlanarBlocks(byte* values, float* scales, int blocksPerGroup)
    : IWeightBlocks<PlanarBlocks>
{
    private readonly sbyte* _values = (sbyte*)values;
    private readonly float* _scales = scales;
    private readonly int _blocksPerGroup = blocksPerGroup;

    public static PlanarBlocks Of(in Matrix w, int row) =>
        new(w.Data + (row * w.RowBytes), w.Scales + ((long)row * (w.Columns / w.GroupSize)), w.GroupSize / 32);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Vector256<sbyte> Load(int block) => Vector256.Load(_values + ((nint)block * 32));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Vector128<sbyte> LoadLow(int block) => Vector128.Load(_values + ((nint)block * 32));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Vector128<sbyte> LoadHigh(int block) => Vector128.Load(_values + ((nint)block * 32) + 16);

    public int At(int block, int index) => _values[((nint)block * 32) + index];

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public float Scale(int block) => _scales[(uint)block / (uint)_blocksPerGroup];
}
