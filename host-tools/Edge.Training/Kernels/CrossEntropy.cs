using System.Numerics.Tensors;
using System.Runtime.Intrinsics;
using Edge.Inference.Kernels;

namespace Edge.Training.Kernels;

/// <summary>loss = log(sum(exp(logits))) - logits[target], in nats; its gradient is (softmax(logits) - onehot(target)) *
/// scale.</summary>
internal static unsafe class CrossEntropy
{
    /// <summary>Writes each row's loss and, where asked, turns the logits into their gradient, in place.</summary>
    /// <param name="logits">(rows, vocab), rows <paramref name="rowStep"/> floats apart.</param>
    /// <param name="targets">(rows): token ids.</param>
    /// <param name="losses">(rows).</param>
    /// <param name="scales">(rows): what the gradient of each row counts; null leaves the logits as they are.</param>
    public static void Run(
        Compute compute,
        float* logits,
        nint rowStep,
        int* targets,
        float* losses,
        int rows,
        int vocab,
        float* scales
    ) =>
        compute.For(
            rows,
            (row, _) =>
                losses[row] = Row(
                    new Span<float>(logits + (row * rowStep), vocab),
                    targets[row],
                    scales == null ? null : scales[row]
                )
        );

    private static float Row(Span<float> logits, int target, float? scale)
    {
        var max = TensorPrimitives.Max<float>(logits);
        var chosen = logits[target];
        var sum = 0f;
        fixed (float* x = logits)
        {
            var sums = Vector256<float>.Zero;
            var i = 0;
            for (; i + 8 <= logits.Length; i += 8)
            {
                var e = Elementwise.Exp(Vector256.Load(x + i) - Vector256.Create(max));
                if (scale is not null)
                    e.Store(x + i);
                sums += e;
            }
            for (; i < logits.Length; i++)
            {
                var e = Elementwise.Exp(x[i] - max);
                if (scale is not null)
                    x[i] = e;
                sum += e;
            }
            sum += Vector256.Sum(sums);
        }
        if (scale is { } share)
        {
            TensorPrimitives.Multiply(logits, share / sum, logits);
            logits[target] -= share;
        }
        return MathF.Log(sum) + max - chosen;
    }
}
