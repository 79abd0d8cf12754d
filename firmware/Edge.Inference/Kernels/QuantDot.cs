using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.Arm;
using System.Runtime.Intrinsics.X86;

namespace Edge.Inference.Kernels;

/// <summary>
/// Dot product of a quantised weight row and quantised activations, both in blocks of 32 signed bytes with a scale.
/// One definition for every machine: 16 virtual lanes; block b adds to lane 8 * (b % 2) + j the exact integer sum of
/// the four products at bytes 4j to 4j + 3, times (weight scale * activation scale), by one fused multiply-add. Lanes
/// are added in the order of <see cref="Lanes"/>. Weights may be -128; activations are -127 to 127.
/// </summary>
internal static unsafe class QuantDot
{
    public const int LaneCount = 16;

    /// <summary>AVX2: unsigned |w| times signed x with w's sign; 2 * 128 * 127 fits the 16-bit pairs.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float DotAvx2<TBlocks>(TBlocks w, sbyte* x, float* xScales, int blocks)
        where TBlocks : struct, IWeightBlocks<TBlocks>
    {
        Vector256<float> even = default,
            odd = default;
        var ones = Vector256.Create((short)1);
        var b = 0;
        for (; b + 1 < blocks; b += 2)
        {
            even = StepAvx2(w, x, xScales, b, ones, even);
            odd = StepAvx2(w, x, xScales, b + 1, ones, odd);
        }
        if (b < blocks)
            even = StepAvx2(w, x, xScales, b, ones, even);
        return Lanes.Sum(even + odd);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<float> StepAvx2<TBlocks>(
        TBlocks w,
        sbyte* x,
        float* xScales,
        int b,
        Vector256<short> ones,
        Vector256<float> sum
    )
        where TBlocks : struct, IWeightBlocks<TBlocks>
    {
        var weights = w.Load(b);
        var signed = Avx2.Sign(Vector256.Load(x + ((nint)b * 32)), weights);
        var pairs = Avx2.MultiplyAddAdjacent(Avx2.Abs(weights), signed);
        var quads = Avx.ConvertToVector256Single(Avx2.MultiplyAddAdjacent(pairs, ones));
        return Fma.MultiplyAdd(quads, Vector256.Create(w.Scale(b) * xScales[b]), sum);
    }

    /// <summary>Arm with the dot-product extension: four products a lane in one instruction.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float DotAdvSimdDot<TBlocks>(TBlocks w, sbyte* x, float* xScales, int blocks)
        where TBlocks : struct, IWeightBlocks<TBlocks>
    {
        Vector128<float> even0 = default,
            even1 = default,
            odd0 = default,
            odd1 = default;
        var zero = Vector128<int>.Zero;
        for (var b = 0; b < blocks; b++)
        {
            var scale = Vector128.Create(w.Scale(b) * xScales[b]);
            var low = Dp.DotProduct(zero, w.LoadLow(b), Vector128.Load(x + ((nint)b * 32)));
            var high = Dp.DotProduct(zero, w.LoadHigh(b), Vector128.Load(x + ((nint)b * 32) + 16));
            if ((b & 1) == 0)
            {
                even0 = AdvSimd.FusedMultiplyAdd(even0, AdvSimd.ConvertToSingle(low), scale);
                even1 = AdvSimd.FusedMultiplyAdd(even1, AdvSimd.ConvertToSingle(high), scale);
            }
            else
            {
                odd0 = AdvSimd.FusedMultiplyAdd(odd0, AdvSimd.ConvertToSingle(low), scale);
                odd1 = AdvSimd.FusedMultiplyAdd(odd1, AdvSimd.ConvertToSingle(high), scale);
            }
        }
        return Lanes.Sum((even0 + odd0) + (even1 + odd1));
    }

    /// <summary>Any machine with 128-bit vectors; on Arm without the extension this becomes smull and saddlp.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float DotVector128<TBlocks>(TBlocks w, sbyte* x, float* xScales, int blocks)
        where TBlocks : struct, IWeightBlocks<TBlocks>
    {
        Vector128<float> even0 = default,
            even1 = default,
            odd0 = default,
            odd1 = default;
        for (var b = 0; b < blocks; b++)
        {
            var scale = Vector128.Create(w.Scale(b) * xScales[b]);
            var low = Vector128.ConvertToSingle(Quads(w.LoadLow(b), Vector128.Load(x + ((nint)b * 32))));
            var high = Vector128.ConvertToSingle(Quads(w.LoadHigh(b), Vector128.Load(x + ((nint)b * 32) + 16)));
            if ((b & 1) == 0)
            {
                even0 = Vector128.FusedMultiplyAdd(low, scale, even0);
                even1 = Vector128.FusedMultiplyAdd(high, scale, even1);
            }
            else
            {
                odd0 = Vector128.FusedMultiplyAdd(low, scale, odd0);
                odd1 = Vector128.FusedMultiplyAdd(high, scale, odd1);
            }
        }
        return Lanes.Sum((even0 + odd0) + (even1 + odd1));
    }

    /// <summary>Sums of four neighbouring products: 16 bytes to 4 integers.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<int> Quads(Vector128<sbyte> a, Vector128<sbyte> b)
    {
        if (AdvSimd.Arm64.IsSupported)
        {
            var low = AdvSimd.MultiplyWideningLower(a.GetLower(), b.GetLower());
            var high = AdvSimd.MultiplyWideningUpper(a, b);
            return AdvSimd.Arm64.AddPairwise(AdvSimd.AddPairwiseWidening(low), AdvSimd.AddPairwiseWidening(high));
        }
        var (a0, a1) = Vector128.Widen(a);
        var (b0, b1) = Vector128.Widen(b);
        return PairsOfPairs(a0 * b0, a1 * b1);
    }

    /// <summary>16 products (each within 16 bits) to 4 sums of four neighbours.</summary>
    private static Vector128<int> PairsOfPairs(Vector128<short> first, Vector128<short> second)
    {
        var f = AddNeighbours(first);
        var s = AddNeighbours(second);
        return Vector128.Create(f[0] + f[1], f[2] + f[3], s[0] + s[1], s[2] + s[3]);
    }

    private static Vector128<int> AddNeighbours(Vector128<short> products)
    {
        var asInts = products.AsInt32();
        return Vector128.ShiftRightArithmetic(Vector128.ShiftLeft(asInts, 16), 16)
            + Vector128.ShiftRightArithmetic(asInts, 16);
    }

    /// <summary>The definition.</summary>
    public static float DotScalar<TBlocks>(TBlocks w, sbyte* x, float* xScales, int blocks)
        where TBlocks : struct, IWeightBlocks<TBlocks>
    {
        var lanes = stackalloc float[LaneCount];
        new Span<float>(lanes, LaneCount).Clear();
        for (var b = 0; b < blocks; b++)
        {
            var scale = w.Scale(b) * xScales[b];
            for (var j = 0; j < 8; j++)
            {
                var quad = 0;
                for (var i = 4 * j; i < (4 * j) + 4; i++)
                    quad += w.At(b, i) * x[(b * 32) + i];
                var lane = (8 * (b & 1)) + j;
                lanes[lane] = MathF.FusedMultiplyAdd(quad, scale, lanes[lane]);
            }
        }
        return Lanes.Sum(lanes, LaneCount);
    }
}
