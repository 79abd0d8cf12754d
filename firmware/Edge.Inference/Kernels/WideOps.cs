using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Edge.Inference.Kernels;

/// <summary>
/// The operations on 64 bytes that <see cref="PackedWide{TOps, T}"/> and <see cref="PackedQ4Wide{TOps, T}"/> are written
/// in. The second implementation, on pairs of 32 bytes, is in the tests: it runs them where there is no AVX-512.
/// </summary>
/// <typeparam name="T">64 bytes: as many bytes, 32 shorts, 16 ints or 16 floats.</typeparam>
internal unsafe interface IWideOps<T>
    where T : unmanaged
{
    static abstract T Load(byte* source);

    /// <summary>Four bytes in every int.</summary>
    static abstract T Four(void* x);

    static abstract T Int(int value);

    static abstract T Xor(T a, T b);

    static abstract T LowNibbles(T bytes);

    static abstract T HighNibbles(T bytes);

    /// <summary>Unsigned by signed bytes, neighbouring products added to shorts; the sum must fit.</summary>
    static abstract T Pairs(T unsigned, T signed);

    static abstract T AddShorts(T a, T b);

    static abstract T AddInts(T a, T b);

    /// <summary>Neighbouring shorts added to ints.</summary>
    static abstract T Widen(T shorts);

    /// <summary>Sixteen fp16 scales as floats; see <see cref="HalfBits"/>.</summary>
    static abstract T Scales(byte* halves);

    /// <summary>fma(sums, scales * x, result) of ints, floats and floats.</summary>
    static abstract T Add(T result, T sums, T scales, float x);

    /// <summary>Sixteen floats.</summary>
    static abstract void Store(T floats, float* target);
}

/// <summary>AVX-512F and AVX-512BW.</summary>
internal readonly unsafe struct Avx512Ops : IWideOps<Vector512<byte>>
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<byte> Load(byte* source) => Vector512.Load(source);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<byte> Four(void* x) => Vector512.Create(Unsafe.ReadUnaligned<int>(x)).AsByte();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<byte> Int(int value) => Vector512.Create(value).AsByte();

    /// <summary>As ints, so that a factor that <see cref="Four"/> made is read by the same instruction.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<byte> Xor(Vector512<byte> a, Vector512<byte> b) => (a.AsInt32() ^ b.AsInt32()).AsByte();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<byte> LowNibbles(Vector512<byte> bytes) => bytes & Vector512.Create((byte)15);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<byte> HighNibbles(Vector512<byte> bytes) =>
        Avx512BW.ShiftRightLogical(bytes.AsUInt16(), 4).AsByte() & Vector512.Create((byte)15);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<byte> Pairs(Vector512<byte> unsigned, Vector512<byte> signed) =>
        Avx512BW.MultiplyAddAdjacent(unsigned, signed.AsSByte()).AsByte();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<byte> AddShorts(Vector512<byte> a, Vector512<byte> b) =>
        Avx512BW.Add(a.AsInt16(), b.AsInt16()).AsByte();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<byte> AddInts(Vector512<byte> a, Vector512<byte> b) =>
        Avx512F.Add(a.AsInt32(), b.AsInt32()).AsByte();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<byte> Widen(Vector512<byte> shorts) =>
        Avx512BW.MultiplyAddAdjacent(shorts.AsInt16(), Vector512.Create((short)1)).AsByte();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<byte> Scales(byte* halves)
    {
        var moved = Avx512F.ConvertToVector512Int32(Vector256.Load((short*)halves)) << 13;
        return ((moved & Vector512.Create(unchecked((int)0x8FFFE000))).AsSingle() * HalfBits.Rebias).AsByte();
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<byte> Add(Vector512<byte> result, Vector512<byte> sums, Vector512<byte> scales, float x) =>
        Avx512F
            .FusedMultiplyAdd(
                Avx512F.ConvertToVector512Single(sums.AsInt32()),
                scales.AsSingle() * Vector512.Create(x),
                result.AsSingle()
            )
            .AsByte();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(Vector512<byte> floats, float* target) => floats.AsSingle().Store(target);
}
