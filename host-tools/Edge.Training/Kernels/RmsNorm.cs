using System.Numerics.Tensors;

namespace Edge.Training.Kernels;

/// <summary>
/// Root-mean-square normalisation of rows: y = x r w with r = 1 / sqrt(mean(x^2) + epsilon). Backward, with s = sum(dy w x):
/// dx = r dy w - x r^3 s / dim and dw = sum over rows of dy x r.
/// </summary>
internal static unsafe class RmsNorm
{
    /// <summary>Rows whose share of dw is summed at a time: fixed, so that threads change no bit.</summary>
    private const int RowBlock = 64;

    /// <param name="x">(rows, dim).</param>
    /// <param name="weight">(dim).</param>
    /// <param name="y">(rows, dim).</param>
    /// <param name="inverse">(rows): r of each row, for the way back.</param>
    public static void Forward(
        Compute compute,
        float* x,
        float* weight,
        float* y,
        float* inverse,
        int rows,
        int dim,
        float epsilon
    ) =>
        compute.For(
            Blocks(rows),
            (block, _) =>
            {
                for (var row = block * RowBlock; row < Math.Min(rows, (block + 1) * RowBlock); row++)
                {
                    var from = Span(x, row, dim);
                    var to = Span(y, row, dim);
                    var r = 1f / MathF.Sqrt((TensorPrimitives.SumOfSquares<float>(from) / dim) + epsilon);
                    inverse[row] = r;
                    TensorPrimitives.Multiply(from, r, to);
                    TensorPrimitives.Multiply(to, new ReadOnlySpan<float>(weight, dim), to);
                }
            }
        );

    /// <summary>Adds to dx and dw.</summary>
    /// <param name="dy">(rows, dim); used up: it holds other numbers afterwards.</param>
    /// <param name="dx">(rows, dim).</param>
    /// <param name="dw">(dim).</param>
    public static void Backward(
        Compute compute,
        float* x,
        float* weight,
        float* inverse,
        float* dy,
        float* dx,
        float* dw,
        int rows,
        int dim
    )
    {
        var sums = compute.Shared((long)Blocks(rows) * dim);
        compute.For(
            Blocks(rows),
            (block, thread) =>
            {
                var sum = Span(sums, block, dim);
                sum.Clear();
                var scaled = new Span<float>(compute.Scratch(thread, dim), dim);
                for (var row = block * RowBlock; row < Math.Min(rows, (block + 1) * RowBlock); row++)
                {
                    var from = Span(x, row, dim);
                    var up = Span(dy, row, dim);
                    var down = Span(dx, row, dim);
                    var r = inverse[row];
                    TensorPrimitives.Multiply(from, r, scaled);
                    TensorPrimitives.MultiplyAdd(up, scaled, sum, sum);
                    TensorPrimitives.Multiply(up, new ReadOnlySpan<float>(weight, dim), up);
                    var s = TensorPrimitives.Dot<float>(up, from);
                    TensorPrimitives.MultiplyAdd(up, r, down, down);
                    TensorPrimitives.MultiplyAdd(from, -r * r * r * s / dim, down, down);
                }
            }
        );
        for (var block = 0; block < Blocks(rows); block++)
            TensorPrimitives.Add(Span(dw, 0, dim), Span(sums, block, dim), Span(dw, 0, dim));
    }

    private static int Blocks(int rows) => (rows + RowBlock - 1) / RowBlock;

    private static Span<float> Span(float* data, int row, int dim) => new(data + ((long)row * dim), dim);
}
