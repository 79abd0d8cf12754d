using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.Arm;
using System.Runtime.Intrinsics.X86;

namespace Edge.Bench.Limits;

// Twelve sums that do not wait for each other: enough to hide the latency of a multiplication on every processor we know. Each
// sum is also a factor of its own next product, so that no compiler can take the product out of the loop.

/// <summary>Products of signed bytes, twelve vectors a round.</summary>
internal static class Int8Loops
{
    public static float Pairs256(long rounds)
    {
        var factor = Vector256.Create((byte)3);
        var ones = Vector256.Create((short)1);
        Vector256<int> x0 = Vector256.Create(1),
            x1 = Vector256.Create(2),
            x2 = Vector256.Create(3),
            x3 = Vector256.Create(4),
            x4 = Vector256.Create(5),
            x5 = Vector256.Create(6),
            x6 = Vector256.Create(7),
            x7 = Vector256.Create(8),
            x8 = Vector256.Create(9),
            x9 = Vector256.Create(10),
            x10 = Vector256.Create(11),
            x11 = Vector256.Create(12);
        for (var i = 0L; i < rounds; i++)
        {
            x0 = Step(x0, factor, ones);
            x1 = Step(x1, factor, ones);
            x2 = Step(x2, factor, ones);
            x3 = Step(x3, factor, ones);
            x4 = Step(x4, factor, ones);
            x5 = Step(x5, factor, ones);
            x6 = Step(x6, factor, ones);
            x7 = Step(x7, factor, ones);
            x8 = Step(x8, factor, ones);
            x9 = Step(x9, factor, ones);
            x10 = Step(x10, factor, ones);
            x11 = Step(x11, factor, ones);
        }
        return Vector256.Sum(x0 + x1 + x2 + x3 + x4 + x5 + x6 + x7 + x8 + x9 + x10 + x11);
    }

    public static float Pairs512(long rounds)
    {
        var factor = Vector512.Create((byte)3);
        var ones = Vector512.Create((short)1);
        Vector512<int> x0 = Vector512.Create(1),
            x1 = Vector512.Create(2),
            x2 = Vector512.Create(3),
            x3 = Vector512.Create(4),
            x4 = Vector512.Create(5),
            x5 = Vector512.Create(6),
            x6 = Vector512.Create(7),
            x7 = Vector512.Create(8),
            x8 = Vector512.Create(9),
            x9 = Vector512.Create(10),
            x10 = Vector512.Create(11),
            x11 = Vector512.Create(12);
        for (var i = 0L; i < rounds; i++)
        {
            x0 = Step(x0, factor, ones);
            x1 = Step(x1, factor, ones);
            x2 = Step(x2, factor, ones);
            x3 = Step(x3, factor, ones);
            x4 = Step(x4, factor, ones);
            x5 = Step(x5, factor, ones);
            x6 = Step(x6, factor, ones);
            x7 = Step(x7, factor, ones);
            x8 = Step(x8, factor, ones);
            x9 = Step(x9, factor, ones);
            x10 = Step(x10, factor, ones);
            x11 = Step(x11, factor, ones);
        }
        return Vector512.Sum(x0 + x1 + x2 + x3 + x4 + x5 + x6 + x7 + x8 + x9 + x10 + x11);
    }

    public static float DotProduct(long rounds)
    {
        var a = Vector128.Create((sbyte)3);
        var b = Vector128.Create((sbyte)5);
        Vector128<int> x0 = Vector128.Create(1),
            x1 = Vector128.Create(2),
            x2 = Vector128.Create(3),
            x3 = Vector128.Create(4),
            x4 = Vector128.Create(5),
            x5 = Vector128.Create(6),
            x6 = Vector128.Create(7),
            x7 = Vector128.Create(8),
            x8 = Vector128.Create(9),
            x9 = Vector128.Create(10),
            x10 = Vector128.Create(11),
            x11 = Vector128.Create(12);
        for (var i = 0L; i < rounds; i++)
        {
            x0 = Dp.DotProduct(x0, a, b);
            x1 = Dp.DotProduct(x1, a, b);
            x2 = Dp.DotProduct(x2, a, b);
            x3 = Dp.DotProduct(x3, a, b);
            x4 = Dp.DotProduct(x4, a, b);
            x5 = Dp.DotProduct(x5, a, b);
            x6 = Dp.DotProduct(x6, a, b);
            x7 = Dp.DotProduct(x7, a, b);
            x8 = Dp.DotProduct(x8, a, b);
            x9 = Dp.DotProduct(x9, a, b);
            x10 = Dp.DotProduct(x10, a, b);
            x11 = Dp.DotProduct(x11, a, b);
        }
        return Vector128.Sum(x0 + x1 + x2 + x3 + x4 + x5 + x6 + x7 + x8 + x9 + x10 + x11);
    }

    public static float WideningProduct(long rounds)
    {
        var factor = Vector128.Create((sbyte)3);
        Vector128<int> x0 = Vector128.Create(1),
            x1 = Vector128.Create(2),
            x2 = Vector128.Create(3),
            x3 = Vector128.Create(4),
            x4 = Vector128.Create(5),
            x5 = Vector128.Create(6),
            x6 = Vector128.Create(7),
            x7 = Vector128.Create(8),
            x8 = Vector128.Create(9),
            x9 = Vector128.Create(10),
            x10 = Vector128.Create(11),
            x11 = Vector128.Create(12);
        for (var i = 0L; i < rounds; i++)
        {
            x0 = Step(x0, factor);
            x1 = Step(x1, factor);
            x2 = Step(x2, factor);
            x3 = Step(x3, factor);
            x4 = Step(x4, factor);
            x5 = Step(x5, factor);
            x6 = Step(x6, factor);
            x7 = Step(x7, factor);
            x8 = Step(x8, factor);
            x9 = Step(x9, factor);
            x10 = Step(x10, factor);
            x11 = Step(x11, factor);
        }
        return Vector128.Sum(x0 + x1 + x2 + x3 + x4 + x5 + x6 + x7 + x8 + x9 + x10 + x11);
    }

    public static float Portable(long rounds)
    {
        var factor = Vector128.Create((short)3);
        Vector128<short> x0 = Vector128.Create((short)1),
            x1 = Vector128.Create((short)2),
            x2 = Vector128.Create((short)3),
            x3 = Vector128.Create((short)4),
            x4 = Vector128.Create((short)5),
            x5 = Vector128.Create((short)6),
            x6 = Vector128.Create((short)7),
            x7 = Vector128.Create((short)8),
            x8 = Vector128.Create((short)9),
            x9 = Vector128.Create((short)10),
            x10 = Vector128.Create((short)11),
            x11 = Vector128.Create((short)12);
        for (var i = 0L; i < rounds; i++)
        {
            x0 = (x0 * factor) + factor;
            x1 = (x1 * factor) + factor;
            x2 = (x2 * factor) + factor;
            x3 = (x3 * factor) + factor;
            x4 = (x4 * factor) + factor;
            x5 = (x5 * factor) + factor;
            x6 = (x6 * factor) + factor;
            x7 = (x7 * factor) + factor;
            x8 = (x8 * factor) + factor;
            x9 = (x9 * factor) + factor;
            x10 = (x10 * factor) + factor;
            x11 = (x11 * factor) + factor;
        }
        return Vector128.Sum(x0 + x1 + x2 + x3 + x4 + x5 + x6 + x7 + x8 + x9 + x10 + x11);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<int> Step(Vector256<int> sum, Vector256<byte> factor, Vector256<short> ones) =>
        sum + Avx2.MultiplyAddAdjacent(Avx2.MultiplyAddAdjacent(factor, sum.AsSByte()), ones);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<int> Step(Vector512<int> sum, Vector512<byte> factor, Vector512<short> ones) =>
        sum + Avx512BW.MultiplyAddAdjacent(Avx512BW.MultiplyAddAdjacent(factor, sum.AsSByte()), ones);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<int> Step(Vector128<int> sum, Vector128<sbyte> factor)
    {
        var bytes = sum.AsSByte();
        var products = AdvSimd.MultiplyWideningLower(bytes.GetLower(), factor.GetLower());
        products = AdvSimd.MultiplyWideningUpperAndAdd(products, bytes, factor);
        return AdvSimd.AddPairwiseWideningAndAdd(sum, products);
    }
}
