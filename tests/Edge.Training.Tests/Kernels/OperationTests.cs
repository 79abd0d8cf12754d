using Edge.Training.Kernels;

namespace Edge.Training.Tests.Kernels;

/// <summary>Each operation's way back against finite differences of its formula in fp64. What is differentiated is the sum
/// of the outputs times random numbers, so that every output counts.</summary>
public sealed unsafe class OperationTests : IDisposable
{
    private readonly Compute _compute = new(2);

    public void Dispose() => _compute.Dispose();

    [Theory]
    [InlineData(1, 8)]
    [InlineData(3, 33)]
    [InlineData(130, 20)]
    public void A_norm_and_its_gradients_are_those_of_the_formula(int rows, int dim)
    {
        const float Epsilon = 1e-5f;
        var (x, w, up) = (
            Differences.Random(rows * dim, 1),
            Differences.Random(dim, 2),
            Differences.Random(rows * dim, 3)
        );
        var (y, inverse) = (new float[rows * dim], new float[rows]);
        var (dx, dw) = (new float[rows * dim], new float[dim]);
        var dy = (float[])up.Clone();
        fixed (
            float* px = x,
                pw = w,
                py = y,
                pi = inverse,
                pdy = dy,
                pdx = dx,
                pdw = dw
        )
        {
            RmsNorm.Forward(_compute, px, pw, py, pi, rows, dim, Epsilon);
            RmsNorm.Backward(_compute, px, pw, pi, pdy, pdx, pdw, rows, dim);
        }
        var (wideX, wideW, wideUp) = (Differences.Wide(x), Differences.Wide(w), Differences.Wide(up));
        Differences.AssertClose(Reference(wideX, wideW), y, "y");
        Differences.AssertClose(Differences.Of(v => Differences.Dot(Reference(v, wideW), wideUp), wideX), dx, "dx");
        Differences.AssertClose(Differences.Of(v => Differences.Dot(Reference(wideX, v), wideUp), wideW), dw, "dw");

        double[] Reference(double[] from, double[] weight)
        {
            var result = new double[rows * dim];
            for (var row = 0; row < rows; row++)
            {
                var sum = 0.0;
                for (var i = 0; i < dim; i++)
                    sum += from[(row * dim) + i] * from[(row * dim) + i];
                for (var i = 0; i < dim; i++)
                    result[(row * dim) + i] = from[(row * dim) + i] / Math.Sqrt((sum / dim) + Epsilon) * weight[i];
            }
            return result;
        }
    }

    [Theory]
    [InlineData(1, 8)]
    [InlineData(5, 21)]
    public void A_gate_and_its_gradients_are_those_of_the_formula(int rows, int hidden)
    {
        var gateUp = Differences.Random(rows * 2 * hidden, 4);
        var up = Differences.Random(rows * hidden, 5);
        var act = new float[rows * hidden];
        var wide = Differences.Wide(gateUp);
        fixed (
            float* pg = gateUp,
                pa = act,
                pu = up
        )
        {
            SwiGlu.Forward(_compute, pg, pa, rows, hidden);
            SwiGlu.Backward(_compute, pg, pu, rows, hidden);
        }
        Differences.AssertClose(Reference(wide), act, "act");
        var wideUp = Differences.Wide(up);
        Differences.AssertClose(Differences.Of(v => Differences.Dot(Reference(v), wideUp), wide), gateUp, "dgate, dup");

        double[] Reference(double[] from)
        {
            var result = new double[rows * hidden];
            for (var row = 0; row < rows; row++)
            for (var i = 0; i < hidden; i++)
            {
                var gate = from[(row * 2 * hidden) + i];
                result[(row * hidden) + i] = gate / (1 + Math.Exp(-gate)) * from[(row * 2 * hidden) + hidden + i];
            }
            return result;
        }
    }

    [Theory]
    [InlineData(1, 2)]
    [InlineData(7, 45)]
    public void A_loss_and_its_gradient_are_those_of_the_formula(int rows, int vocab)
    {
        var scales = Enumerable.Range(0, rows).Select(row => 0.25f + (row * 0.1f)).ToArray();
        var logits = Differences.Random(rows * (vocab + 3), 6);
        var targets = Enumerable.Range(0, rows).Select(row => row * 5 % vocab).ToArray();
        var losses = new float[rows];
        var wide = Differences.Wide(logits);
        fixed (
            float* pl = logits,
                ps = losses,
                pw = scales
        )
        fixed (int* pt = targets)
            CrossEntropy.Run(_compute, pl, vocab + 3, pt, ps, rows, vocab, pw);
        Differences.AssertClose(Reference(wide), losses, "loss");
        var expected = Differences.Of(v => Reference(v).Zip(scales, (loss, scale) => loss * scale).Sum(), wide);
        for (var row = 0; row < rows; row++)
        {
            var at = row * (vocab + 3);
            Differences.AssertClose(expected[at..(at + vocab)], logits.AsSpan(at, vocab), $"dlogits of row {row}");
        }

        double[] Reference(double[] from) =>
            [
                .. targets.Select(
                    (target, row) =>
                    {
                        var own = from.AsSpan(row * (vocab + 3), vocab).ToArray();
                        return Math.Log(own.Sum(Math.Exp)) - own[target];
                    }
                ),
            ];
    }

    [Fact]
    public void A_rotation_and_its_gradient_are_those_of_the_formula()
    {
        const int Heads = 3,
            HeadDim = 8,
            Rows = 5;
        var rotary = new Rotary(Rows, HeadDim, 10_000);
        var x = Differences.Random(Rows * Heads * HeadDim, 7);
        var up = Differences.Random(x.Length, 8);
        var (y, dx) = ((float[])x.Clone(), (float[])up.Clone());
        fixed (
            float* py = y,
                pd = dx
        )
        {
            rotary.Turn(_compute, py, Heads * HeadDim, Rows, Heads, HeadDim, row => row, back: false);
            rotary.Turn(_compute, pd, Heads * HeadDim, Rows, Heads, HeadDim, row => row, back: true);
        }
        var (wide, wideUp) = (Differences.Wide(x), Differences.Wide(up));
        Differences.AssertClose(Reference(wide), y, "y");
        Differences.AssertClose(Differences.Of(v => Differences.Dot(Reference(v), wideUp), wide), dx, "dx");

        static double[] Reference(double[] from)
        {
            var result = (double[])from.Clone();
            for (var i = 0; i < from.Length; i += 2)
            {
                var angle = i / (Heads * HeadDim) * Math.Pow(10_000, -(double)(i % HeadDim) / HeadDim);
                result[i] = (from[i] * Math.Cos(angle)) - (from[i + 1] * Math.Sin(angle));
                result[i + 1] = (from[i] * Math.Sin(angle)) + (from[i + 1] * Math.Cos(angle));
            }
            return result;
        }
    }

    [Fact]
    public void A_lookup_and_its_gradient_are_those_of_the_definition()
    {
        const int Dim = 70;
        int[] tokens = [3, 0, 3, 1, 3];
        var table = Differences.Random(4 * Dim, 9);
        var up = Differences.Random(tokens.Length * Dim, 10);
        var (x, dTable) = (new float[tokens.Length * Dim], new float[4 * Dim]);
        fixed (
            float* pt = table,
                px = x,
                pu = up,
                pd = dTable
        )
        {
            Embedding.Forward(_compute, pt, tokens, px, Dim);
            Embedding.Backward(_compute, tokens, pu, pd, Dim);
        }
        var (wide, wideUp) = (Differences.Wide(table), Differences.Wide(up));
        Differences.AssertClose(Reference(wide), x, "x");
        Differences.AssertClose(Differences.Of(v => Differences.Dot(Reference(v), wideUp), wide), dTable, "dtable");

        double[] Reference(double[] from) => [.. tokens.SelectMany(token => from.AsSpan(token * Dim, Dim).ToArray())];
    }
}
