using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.Arm;
using System.Runtime.Intrinsics.X86;

namespace Edge.Inference.Kernels;

/// <summary>
/// Dot product of a quantised weight row, where it lies in the file, and quantised activations, both in blocks of 32
/// signed bytes with a scale. One definition for every machine and every storage of the same weights: the sum of a
/// block's 32 products is an exact integer, and block after block
/// result = fma(sum, weight scale * activation scale, result). Weights may be -128; activations are -127 to 127.
/// </summary>
internal static unsafe class QuantDot
{
    /// <summary>AVX2: unsigned |w| times signed x with w's sign; 2 * 128 * 127 fits the 16-bit pairs.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float DotAvx2<TBlocks>(TBlocks w, sbyte* x, float* xScales, int blocks)
        where TBlocks : struct, IWeightBlocks<TBlocks>
    {
        var result = 0f;
        var ones = Vector256.Create((short)1);
        for (var b = 0; b < blocks; b++)
        {
            var weights = w.Load(b);
            var signed = Avx2.Sign(Vector256.Load(x + ((nint)b * 32)), weights);
            var pairs = Avx2.MultiplyAddAdjacent(Avx2.Abs(weights), signed);
            var quads = Avx2.MultiplyAddAdjacent(pairs, ones);
            result = MathF.FusedMultiplyAdd(Vector256.Sum(quads), w.Scale(b) * xScales[b], result);
        }
        return result;
    }

    /// <summary>Arm with the dot-product extension: four products a lane in one instruction.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float DotAdvSimdDot<TBlocks>(TBlocks w, sbyte* x, float* xScales, int blocks)
        where TBlocks : struct, IWeightBlocks<TBlocks>
    {
        var result = 0f;
        for (var b = 0; b < blocks; b++)
        {
            var quads = Dp.DotProduct(Vector128<int>.Zero, w.LoadLow(b), Vector128.Load(x + ((nint)b * 32)));
            quads = Dp.DotProduct(quads, w.LoadHigh(b), Vector128.Load(x + ((nint)b * 32) + 16));
            result = MathF.FusedMultiplyAdd(Vector128.Sum(quads), w.Scale(b) * xScales[b], result);
        }
        return result;
    }

    /// <summary>Any machine with 128-bit vectors; on Arm without the extension this becomes smull and saddlp.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float DotVector128<TBlocks>(TBlocks w, sbyte* x, float* xScales, int blocks)
        where TBlocks : struct, IWeightBlocks<TBlocks>
    {
        var result = 0f;
        for (var b = 0; b < blocks; b++)
        {
            var sums =
                Sums(w.LoadLow(b), Vector128.Load(x + ((nint)b * 32)))
                + Sums(w.LoadHigh(b), Vector128.Load(x + ((nint)b * 32) + 16));
            result = MathF.FusedMultiplyAdd(Vector128.Sum(sums), w.Scale(b) * xScales[b], result);
        }
        return result;
    }

    /// <summary>16 products to 4 partial sums, in no particular order.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<int> Sums(Vector128<sbyte> a, Vector128<sbyte> b)
    {
        if (AdvSimd.IsSupported)
        {
            var low = AdvSimd.MultiplyWideningLower(a.GetLower(), b.GetLower());
            var high = AdvSimd.MultiplyWideningUpper(a, b);
            return AdvSimd.AddPairwiseWideningAndAdd(AdvSimd.AddPairwiseWidening(low), high);
        }
        var (a0, a1) = Vector128.Widen(a);
        var (b0, b1) = Vector128.Widen(b);
        var (p0, p1) = Vector128.Widen(a0 * b0);
        var (p2, p3) = Vector128.Widen(a1 * b1);
        return (p0 + p1) + (p2 + p3);
    }

    /// <summary>The definition.</summary>
    public static float DotScalar<TBlocks>(TBlocks w, sbyte* x, float* xScales, int blocks)
        where TBlocks : struct, IWeightBlocks<TBlocks>
    {
        var result = 0f;
        for (var b = 0; b < blocks; b++)
        {
            var sum = 0;
            for (var i = 0; i < 32; i++)
                sum += w.At(b, i) * x[(b * 32) + i];
            result = MathF.FusedMultiplyAdd(sum, w.Scale(b) * xScales[b], result);
        }
        return result;
    }
}
