using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Edge.Inference.Kernels;

/// <summary>
/// Dot product of two fp32 vectors with one definition for every machine: 32 virtual lanes, lane i % 32 gets
/// fma(a[i], b[i], lane), then lanes are added in the fixed tree of <see cref="Lanes"/>. The result does not depend on
/// the vector width, so prefill, decode, x64 and Arm agree to the bit.
/// </summary>
public static unsafe class FloatDot
{
    internal const int LaneCount = 32;

    /// <summary>Sum of a[i] * b[i]. No alignment needed; 0 for length 0.</summary>
    /// <param name="length">Elements of both, 0 or more.</param>
    public static float Dot(float* a, float* b, int length, InstructionSet set) =>
        set switch
        {
            InstructionSet.Avx512 => Dot512(a, b, length),
            InstructionSet.Avx2 => Dot256(a, b, length),
            InstructionSet.Scalar => DotScalar(a, b, length),
            _ => Dot128(a, b, length),
        };

    internal static float Dot512(float* a, float* b, int length)
    {
        Vector512<float> s0 = default,
            s1 = default;
        var whole = length & ~(LaneCount - 1);
        for (var i = 0; i < whole; i += LaneCount)
        {
            s0 = Vector512.FusedMultiplyAdd(Vector512.Load(a + i), Vector512.Load(b + i), s0);
            s1 = Vector512.FusedMultiplyAdd(Vector512.Load(a + i + 16), Vector512.Load(b + i + 16), s1);
        }
        if (whole < length)
        {
            var tail = stackalloc float[2 * LaneCount];
            CopyTail(a + whole, b + whole, length - whole, tail);
            s0 = Vector512.FusedMultiplyAdd(Vector512.Load(tail), Vector512.Load(tail + 32), s0);
            s1 = Vector512.FusedMultiplyAdd(Vector512.Load(tail + 16), Vector512.Load(tail + 48), s1);
        }
        var sum = s0 + s1;
        return Lanes.Sum(sum.GetLower() + sum.GetUpper());
    }

    internal static float Dot256(float* a, float* b, int length)
    {
        Vector256<float> s0 = default,
            s1 = default,
            s2 = default,
            s3 = default;
        var whole = length & ~(LaneCount - 1);
        for (var i = 0; i < whole; i += LaneCount)
        {
            s0 = Vector256.FusedMultiplyAdd(Vector256.Load(a + i), Vector256.Load(b + i), s0);
            s1 = Vector256.FusedMultiplyAdd(Vector256.Load(a + i + 8), Vector256.Load(b + i + 8), s1);
            s2 = Vector256.FusedMultiplyAdd(Vector256.Load(a + i + 16), Vector256.Load(b + i + 16), s2);
            s3 = Vector256.FusedMultiplyAdd(Vector256.Load(a + i + 24), Vector256.Load(b + i + 24), s3);
        }
        if (whole < length)
        {
            var tail = stackalloc float[2 * LaneCount];
            CopyTail(a + whole, b + whole, length - whole, tail);
            s0 = Vector256.FusedMultiplyAdd(Vector256.Load(tail), Vector256.Load(tail + 32), s0);
            s1 = Vector256.FusedMultiplyAdd(Vector256.Load(tail + 8), Vector256.Load(tail + 40), s1);
            s2 = Vector256.FusedMultiplyAdd(Vector256.Load(tail + 16), Vector256.Load(tail + 48), s2);
            s3 = Vector256.FusedMultiplyAdd(Vector256.Load(tail + 24), Vector256.Load(tail + 56), s3);
        }
        return Lanes.Sum((s0 + s2) + (s1 + s3));
    }

    internal static float Dot128(float* a, float* b, int length)
    {
        Vector128<float> s0 = default,
            s1 = default,
            s2 = default,
            s3 = default,
            s4 = default,
            s5 = default,
            s6 = default,
            s7 = default;
        var tail = stackalloc float[2 * LaneCount];
        for (var i = 0; i < length; i += LaneCount)
        {
            float* x = a + i,
                y = b + i;
            if (length - i < LaneCount)
            {
                CopyTail(x, y, length - i, tail);
                x = tail;
                y = tail + LaneCount;
            }
            s0 = Vector128.FusedMultiplyAdd(Vector128.Load(x), Vector128.Load(y), s0);
            s1 = Vector128.FusedMultiplyAdd(Vector128.Load(x + 4), Vector128.Load(y + 4), s1);
            s2 = Vector128.FusedMultiplyAdd(Vector128.Load(x + 8), Vector128.Load(y + 8), s2);
            s3 = Vector128.FusedMultiplyAdd(Vector128.Load(x + 12), Vector128.Load(y + 12), s3);
            s4 = Vector128.FusedMultiplyAdd(Vector128.Load(x + 16), Vector128.Load(y + 16), s4);
            s5 = Vector128.FusedMultiplyAdd(Vector128.Load(x + 20), Vector128.Load(y + 20), s5);
            s6 = Vector128.FusedMultiplyAdd(Vector128.Load(x + 24), Vector128.Load(y + 24), s6);
            s7 = Vector128.FusedMultiplyAdd(Vector128.Load(x + 28), Vector128.Load(y + 28), s7);
        }
        return Lanes.Sum(((s0 + s4) + (s2 + s6)) + ((s1 + s5) + (s3 + s7)));
    }

    internal static float DotScalar(float* a, float* b, int length)
    {
        var lanes = stackalloc float[LaneCount];
        new Span<float>(lanes, LaneCount).Clear();
        for (var i = 0; i < length; i++)
            lanes[i % LaneCount] = MathF.FusedMultiplyAdd(a[i], b[i], lanes[i % LaneCount]);
        return Lanes.Sum(lanes, LaneCount);
    }

    /// <summary>Zero-pads the last elements to a full step: (32) of a, then (32) of b.</summary>
    private static void CopyTail(float* a, float* b, int count, float* tail)
    {
        Unsafe.InitBlockUnaligned(tail, 0, 2 * LaneCount * sizeof(float));
        Unsafe.CopyBlockUnaligned(tail, a, (uint)count * sizeof(float));
        Unsafe.CopyBlockUnaligned(tail + LaneCount, b, (uint)count * sizeof(float));
    }
}
