using System.Numerics.Tensors;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Edge.Inference.Kernels;

/// <summary>The transformer's small functions. Elementwise, so the same to the bit at every vector width.</summary>
public static unsafe class Elementwise
{
    /// <summary>y = x / sqrt(mean(x^2) + epsilon) * weight, all of <paramref name="length"/>; y may be x.</summary>
    public static void RmsNorm(
        float* x,
        ReadOnlySpan<float> weight,
        float epsilon,
        float* y,
        int length,
        InstructionSet set
    )
    {
        var scale = 1f / MathF.Sqrt((FloatDot.Dot(x, x, length, set) / length) + epsilon);
        var target = new Span<float>(y, length);
        TensorPrimitives.Multiply(new ReadOnlySpan<float>(x, length), scale, target);
        TensorPrimitives.Multiply(target, weight, target);
    }

    /// <summary>x += y.</summary>
    public static void Add(float* x, float* y, int length)
    {
        var target = new Span<float>(x, length);
        TensorPrimitives.Add(target, new ReadOnlySpan<float>(y, length), target);
    }

    /// <summary>
    /// Rotates neighbouring pairs (2i, 2i + 1) of one head by the position's angles.
    /// </summary>
    /// <param name="head">At least 2 * <paramref name="pairs"/> floats.</param>
    /// <param name="cosSin">(pairs, 2): cosine, sine.</param>
    public static void Rope(float* head, float* cosSin, int pairs)
    {
        for (var i = 0; i < pairs; i++)
        {
            float cos = cosSin[2 * i],
                sin = cosSin[(2 * i) + 1];
            float a = head[2 * i],
                b = head[(2 * i) + 1];
            head[2 * i] = MathF.FusedMultiplyAdd(a, cos, -(b * sin));
            head[(2 * i) + 1] = MathF.FusedMultiplyAdd(a, sin, b * cos);
        }
    }

    /// <summary>gate = silu(gate) * up, where silu(x) = x / (1 + exp(-x)).</summary>
    public static void SwiGlu(float* gate, float* up, int length)
    {
        var i = 0;
        var one = Vector256.Create(1f);
        for (; i + 8 <= length; i += 8)
        {
            var x = Vector256.Load(gate + i);
            (x / (one + Exp(-x)) * Vector256.Load(up + i)).Store(gate + i);
        }
        for (; i < length; i++)
            gate[i] = gate[i] / (1f + Exp(-gate[i])) * up[i];
    }

    /// <summary>
    /// Softmax in place with the maximum subtracted. The sum runs over 8 virtual lanes (i % 8), added as in
    /// <see cref="Lanes"/>.
    /// </summary>
    /// <param name="length">1 or more.</param>
    public static void Softmax(float* x, int length)
    {
        var max = TensorPrimitives.Max(new ReadOnlySpan<float>(x, length));
        var sums = Vector256<float>.Zero;
        var i = 0;
        for (; i + 8 <= length; i += 8)
        {
            var e = Exp(Vector256.Load(x + i) - Vector256.Create(max));
            e.Store(x + i);
            sums += e;
        }
        for (var lane = 0; i < length; i++, lane++)
        {
            x[i] = Exp(x[i] - max);
            sums = sums.WithElement(lane, sums[lane] + x[i]);
        }
        var all = new Span<float>(x, length);
        TensorPrimitives.Multiply(all, 1f / Lanes.Sum(sums), all);
    }

    // exp(x) = 2^n * e^r, n = round(x / ln 2), |r| <= ln 2 / 2, e^r by its Taylor series to r^7 (relative error below
    // 1e-7). Ours, so that every machine gives the same bits.
    private const float Log2E = 1.44269504f,
        Ln2High = 0.693359375f,
        Ln2Low = -2.12194440e-4f,
        RoundingMagic = 12582912f,
        ExpMin = -87f,
        ExpMax = 88f;

    /// <summary>exp(x); below -87 it is exp(-87), above 88 exp(88).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> Exp(Vector256<float> x)
    {
        x = Vector256.Min(Vector256.Max(x, Vector256.Create(ExpMin)), Vector256.Create(ExpMax));
        var magic = Vector256.Create(RoundingMagic);
        var shifted = Vector256.FusedMultiplyAdd(x, Vector256.Create(Log2E), magic);
        var n = shifted - magic;
        var r = Vector256.FusedMultiplyAdd(n, Vector256.Create(-Ln2High), x);
        r = Vector256.FusedMultiplyAdd(n, Vector256.Create(-Ln2Low), r);
        var p = Vector256.Create(1f / 5040);
        p = Vector256.FusedMultiplyAdd(p, r, Vector256.Create(1f / 720));
        p = Vector256.FusedMultiplyAdd(p, r, Vector256.Create(1f / 120));
        p = Vector256.FusedMultiplyAdd(p, r, Vector256.Create(1f / 24));
        p = Vector256.FusedMultiplyAdd(p, r, Vector256.Create(1f / 6));
        p = Vector256.FusedMultiplyAdd(p, r, Vector256.Create(0.5f));
        p = Vector256.FusedMultiplyAdd(p, r, Vector256.Create(1f));
        p = Vector256.FusedMultiplyAdd(p, r, Vector256.Create(1f));
        var power = Vector256.ShiftLeft(shifted.AsInt32() - magic.AsInt32() + Vector256.Create(127), 23).AsSingle();
        return p * power;
    }

    /// <summary>The same function of one number.</summary>
    public static float Exp(float x)
    {
        x = MathF.Min(MathF.Max(x, ExpMin), ExpMax);
        var shifted = MathF.FusedMultiplyAdd(x, Log2E, RoundingMagic);
        var n = shifted - RoundingMagic;
        var r = MathF.FusedMultiplyAdd(n, -Ln2High, x);
        r = MathF.FusedMultiplyAdd(n, -Ln2Low, r);
        var p = 1f / 5040;
        p = MathF.FusedMultiplyAdd(p, r, 1f / 720);
        p = MathF.FusedMultiplyAdd(p, r, 1f / 120);
        p = MathF.FusedMultiplyAdd(p, r, 1f / 24);
        p = MathF.FusedMultiplyAdd(p, r, 1f / 6);
        p = MathF.FusedMultiplyAdd(p, r, 0.5f);
        p = MathF.FusedMultiplyAdd(p, r, 1f);
        p = MathF.FusedMultiplyAdd(p, r, 1f);
        var power = BitConverter.Int32BitsToSingle(
            (BitConverter.SingleToInt32Bits(shifted) - BitConverter.SingleToInt32Bits(RoundingMagic) + 127) << 23
        );
        return p * power;
    }
}
