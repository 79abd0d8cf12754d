using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using Edge.Inference.Kernels;

namespace Edge.Inference.Tests.Kernels;

/// <summary>64 bytes as two AVX2 vectors.</summary>
internal readonly record struct Pair(Vector256<byte> Low, Vector256<byte> High);

/// <summary>What a 64-byte vector does, by AVX2: runs the wide bodies on machines without AVX-512.</summary>
internal readonly unsafe struct PairOps : IWideOps<Pair>
{
    public static Pair Load(byte* source) => new(Vector256.Load(source), Vector256.Load(source + 32));

    public static Pair Four(void* x) => new(PackedX64.Four(x), PackedX64.Four(x));

    public static Pair Int(int value) => new(Vector256.Create(value).AsByte(), Vector256.Create(value).AsByte());

    public static Pair Xor(Pair a, Pair b) => new(a.Low ^ b.Low, a.High ^ b.High);

    public static Pair LowNibbles(Pair bytes) => Each(bytes, half => half & Vector256.Create((byte)15));

    public static Pair HighNibbles(Pair bytes) => Each(bytes, half => half >>> 4);

    public static Pair Pairs(Pair unsigned, Pair signed) =>
        new(
            Avx2.MultiplyAddAdjacent(unsigned.Low, signed.Low.AsSByte()).AsByte(),
            Avx2.MultiplyAddAdjacent(unsigned.High, signed.High.AsSByte()).AsByte()
        );

    public static Pair AddShorts(Pair a, Pair b) =>
        new((a.Low.AsInt16() + b.Low.AsInt16()).AsByte(), (a.High.AsInt16() + b.High.AsInt16()).AsByte());

    public static Pair AddInts(Pair a, Pair b) =>
        new((a.Low.AsInt32() + b.Low.AsInt32()).AsByte(), (a.High.AsInt32() + b.High.AsInt32()).AsByte());

    public static Pair Widen(Pair shorts) =>
        Each(shorts, half => Avx2.MultiplyAddAdjacent(half.AsInt16(), Vector256.Create((short)1)).AsByte());

    public static Pair Scales(byte* halves) =>
        new(PackedX64.LoadScales(halves).AsByte(), PackedX64.LoadScales(halves + 16).AsByte());

    public static Pair Add(Pair result, Pair sums, Pair scales, float x) =>
        new(Add(result.Low, sums.Low, scales.Low, x), Add(result.High, sums.High, scales.High, x));

    public static void Store(Pair floats, float* target)
    {
        floats.Low.AsSingle().Store(target);
        floats.High.AsSingle().Store(target + 8);
    }

    private static Vector256<byte> Add(Vector256<byte> result, Vector256<byte> sums, Vector256<byte> scales, float x) =>
        Vector256
            .FusedMultiplyAdd(
                Vector256.ConvertToSingle(sums.AsInt32()),
                scales.AsSingle() * Vector256.Create(x),
                result.AsSingle()
            )
            .AsByte();

    private static Pair Each(Pair pair, Func<Vector256<byte>, Vector256<byte>> change) =>
        new(change(pair.Low), change(pair.High));
}
