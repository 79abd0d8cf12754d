using System.Runtime.Intrinsics;

namespace Edge.Bench.Limits;

/// <summary>Fused multiply-adds, twelve vectors a round; the sums tend to 2 and never to a number that is slow.</summary>
internal static class Fp32Loops
{
    public static float Fused128(long rounds)
    {
        var half = Vector128.Create(0.5f);
        var one = Vector128.Create(1f);
        Vector128<float> x0 = Vector128.Create(1f),
            x1 = Vector128.Create(2f),
            x2 = Vector128.Create(3f),
            x3 = Vector128.Create(4f),
            x4 = Vector128.Create(5f),
            x5 = Vector128.Create(6f),
            x6 = Vector128.Create(7f),
            x7 = Vector128.Create(8f),
            x8 = Vector128.Create(9f),
            x9 = Vector128.Create(10f),
            x10 = Vector128.Create(11f),
            x11 = Vector128.Create(12f);
        for (var i = 0L; i < rounds; i++)
        {
            x0 = Vector128.FusedMultiplyAdd(x0, half, one);
            x1 = Vector128.FusedMultiplyAdd(x1, half, one);
            x2 = Vector128.FusedMultiplyAdd(x2, half, one);
            x3 = Vector128.FusedMultiplyAdd(x3, half, one);
            x4 = Vector128.FusedMultiplyAdd(x4, half, one);
            x5 = Vector128.FusedMultiplyAdd(x5, half, one);
            x6 = Vector128.FusedMultiplyAdd(x6, half, one);
            x7 = Vector128.FusedMultiplyAdd(x7, half, one);
            x8 = Vector128.FusedMultiplyAdd(x8, half, one);
            x9 = Vector128.FusedMultiplyAdd(x9, half, one);
            x10 = Vector128.FusedMultiplyAdd(x10, half, one);
            x11 = Vector128.FusedMultiplyAdd(x11, half, one);
        }
        return Vector128.Sum(x0 + x1 + x2 + x3 + x4 + x5 + x6 + x7 + x8 + x9 + x10 + x11);
    }

    public static float Fused256(long rounds)
    {
        var half = Vector256.Create(0.5f);
        var one = Vector256.Create(1f);
        Vector256<float> x0 = Vector256.Create(1f),
            x1 = Vector256.Create(2f),
            x2 = Vector256.Create(3f),
            x3 = Vector256.Create(4f),
            x4 = Vector256.Create(5f),
            x5 = Vector256.Create(6f),
            x6 = Vector256.Create(7f),
            x7 = Vector256.Create(8f),
            x8 = Vector256.Create(9f),
            x9 = Vector256.Create(10f),
            x10 = Vector256.Create(11f),
            x11 = Vector256.Create(12f);
        for (var i = 0L; i < rounds; i++)
        {
            x0 = Vector256.FusedMultiplyAdd(x0, half, one);
            x1 = Vector256.FusedMultiplyAdd(x1, half, one);
            x2 = Vector256.FusedMultiplyAdd(x2, half, one);
            x3 = Vector256.FusedMultiplyAdd(x3, half, one);
            x4 = Vector256.FusedMultiplyAdd(x4, half, one);
            x5 = Vector256.FusedMultiplyAdd(x5, half, one);
            x6 = Vector256.FusedMultiplyAdd(x6, half, one);
            x7 = Vector256.FusedMultiplyAdd(x7, half, one);
            x8 = Vector256.FusedMultiplyAdd(x8, half, one);
            x9 = Vector256.FusedMultiplyAdd(x9, half, one);
            x10 = Vector256.FusedMultiplyAdd(x10, half, one);
            x11 = Vector256.FusedMultiplyAdd(x11, half, one);
        }
        return Vector256.Sum(x0 + x1 + x2 + x3 + x4 + x5 + x6 + x7 + x8 + x9 + x10 + x11);
    }

    public static float Fused512(long rounds)
    {
        var half = Vector512.Create(0.5f);
        var one = Vector512.Create(1f);
        Vector512<float> x0 = Vector512.Create(1f),
            x1 = Vector512.Create(2f),
            x2 = Vector512.Create(3f),
            x3 = Vector512.Create(4f),
            x4 = Vector512.Create(5f),
            x5 = Vector512.Create(6f),
            x6 = Vector512.Create(7f),
            x7 = Vector512.Create(8f),
            x8 = Vector512.Create(9f),
            x9 = Vector512.Create(10f),
            x10 = Vector512.Create(11f),
            x11 = Vector512.Create(12f);
        for (var i = 0L; i < rounds; i++)
        {
            x0 = Vector512.FusedMultiplyAdd(x0, half, one);
            x1 = Vector512.FusedMultiplyAdd(x1, half, one);
            x2 = Vector512.FusedMultiplyAdd(x2, half, one);
            x3 = Vector512.FusedMultiplyAdd(x3, half, one);
            x4 = Vector512.FusedMultiplyAdd(x4, half, one);
            x5 = Vector512.FusedMultiplyAdd(x5, half, one);
            x6 = Vector512.FusedMultiplyAdd(x6, half, one);
            x7 = Vector512.FusedMultiplyAdd(x7, half, one);
            x8 = Vector512.FusedMultiplyAdd(x8, half, one);
            x9 = Vector512.FusedMultiplyAdd(x9, half, one);
            x10 = Vector512.FusedMultiplyAdd(x10, half, one);
            x11 = Vector512.FusedMultiplyAdd(x11, half, one);
        }
        return Vector512.Sum(x0 + x1 + x2 + x3 + x4 + x5 + x6 + x7 + x8 + x9 + x10 + x11);
    }
}
