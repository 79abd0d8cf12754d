using System.Runtime.Intrinsics;
using Edge.Inference.Kernels;

namespace Edge.Training.Kernels;

/// <summary>act = silu(gate) * up with silu(g) = g s, s = 1 / (1 + exp(-g)). Backward: dup = dact g s and
/// dgate = dact up s (1 + g (1 - s)).</summary>
internal static unsafe class SwiGlu
{
    private const int RowBlock = 16;

    /// <param name="gateUp">(rows, 2 * hidden): gates, then ups.</param>
    /// <param name="act">(rows, hidden).</param>
    public static void Forward(Compute compute, float* gateUp, float* act, int rows, int hidden) =>
        compute.For(
            (rows + RowBlock - 1) / RowBlock,
            (block, _) =>
            {
                for (var row = block * RowBlock; row < Math.Min(rows, (block + 1) * RowBlock); row++)
                    Forward(gateUp + (2L * row * hidden), act + ((long)row * hidden), hidden);
            }
        );

    /// <summary>Turns gateUp into its gradient, in place.</summary>
    /// <param name="dAct">(rows, hidden).</param>
    public static void Backward(Compute compute, float* gateUp, float* dAct, int rows, int hidden) =>
        compute.For(
            (rows + RowBlock - 1) / RowBlock,
            (block, _) =>
            {
                for (var row = block * RowBlock; row < Math.Min(rows, (block + 1) * RowBlock); row++)
                    Backward(gateUp + (2L * row * hidden), dAct + ((long)row * hidden), hidden);
            }
        );

    private static void Forward(float* gateUp, float* act, int hidden)
    {
        var one = Vector256.Create(1f);
        var i = 0;
        for (; i + 8 <= hidden; i += 8)
        {
            var g = Vector256.Load(gateUp + i);
            (g / (one + Elementwise.Exp(-g)) * Vector256.Load(gateUp + hidden + i)).Store(act + i);
        }
        for (; i < hidden; i++)
            act[i] = gateUp[i] / (1f + Elementwise.Exp(-gateUp[i])) * gateUp[hidden + i];
    }

    private static void Backward(float* gateUp, float* dAct, int hidden)
    {
        var one = Vector256.Create(1f);
        var i = 0;
        for (; i + 8 <= hidden; i += 8)
        {
            var (g, up, d) = (
                Vector256.Load(gateUp + i),
                Vector256.Load(gateUp + hidden + i),
                Vector256.Load(dAct + i)
            );
            var s = one / (one + Elementwise.Exp(-g));
            (d * up * s * (one + (g * (one - s)))).Store(gateUp + i);
            (d * g * s).Store(gateUp + hidden + i);
        }
        for (; i < hidden; i++)
        {
            var (g, up, d) = (gateUp[i], gateUp[hidden + i], dAct[i]);
            var s = 1f / (1f + Elementwise.Exp(-g));
            gateUp[i] = d * up * s * (1f + (g * (1f - s)));
            gateUp[hidden + i] = d * g * s;
        }
    }
}
