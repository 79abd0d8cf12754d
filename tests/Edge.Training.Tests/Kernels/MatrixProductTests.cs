using Edge.Training.Kernels;

namespace Edge.Training.Tests.Kernels;

public sealed unsafe class MatrixProductTests
{
    /// <summary>Sizes around the tile (6 rows), a strip (8, 16 or 32 columns), a block of rows (48) and of the inner dimension
    /// (256).</summary>
    public static TheoryData<int, int, int> Sizes
    {
        get
        {
            var sizes = new TheoryData<int, int, int>();
            foreach (var m in new[] { 1, 5, 6, 7, 47, 49, 100 })
            foreach (var n in new[] { 1, 7, 16, 33 })
            foreach (var k in new[] { 1, 3, 64, 256, 259 })
                sizes.Add(m, n, k);
            return sizes;
        }
    }

    [Theory]
    [MemberData(nameof(Sizes))]
    public void All_three_forms_are_the_product_of_the_definition(int m, int n, int k)
    {
        using var compute = new Compute(2);
        var a = Differences.Random(m * k, 1);
        var b = Differences.Random(k * n, 2);
        foreach (var (turnA, turnB) in new[] { (false, true), (false, false), (true, false) })
        foreach (var add in new[] { false, true })
        {
            var c = Differences.Random(m * n, 3);
            var expected = Expected(a, b, c, m, n, k, turnA, turnB, add);
            var here = (float[])c.Clone();
            fixed (
                float* pa = a,
                    pb = b,
                    pc = c,
                    ph = here
            )
            {
                var va = turnA ? new MatrixView(pa, k, m).Transposed : new MatrixView(pa, m, k);
                var vb = turnB ? new MatrixView(pb, n, k).Transposed : new MatrixView(pb, k, n);
                MatrixProduct.Multiply(compute, va, vb, new MatrixView(pc, m, n), add);
                var room = MatrixProduct.PackedFloats(m, k, n);
                MatrixProduct.MultiplyHere(va, vb, new MatrixView(ph, m, n), add, compute.Scratch(0, room));
            }
            for (var i = 0; i < c.Length; i++)
                Assert.Equal(expected[i], c[i], 2e-5 * Math.Sqrt(k));
            Assert.Equal(c, here);
        }
    }

    [Fact]
    public void A_part_of_wider_rows_is_multiplied_in_place()
    {
        using var compute = new Compute(1);
        var wide = Differences.Random(9 * 40, 4);
        var b = Differences.Random(10 * 5, 5);
        var c = new float[9 * 12];
        fixed (
            float* pw = wide,
                pb = b,
                pc = c
        )
            MatrixProduct.Multiply(compute, new(pw + 7, 9, 10, 40), new(pb, 10, 5), new(pc + 2, 9, 5, 12));
        for (var row = 0; row < 9; row++)
        for (var column = 0; column < 12; column++)
        {
            var sum = 0.0;
            if (column is >= 2 and < 7)
                for (var i = 0; i < 10; i++)
                    sum += (double)wide[(row * 40) + 7 + i] * b[(i * 5) + column - 2];
            Assert.Equal(sum, c[(row * 12) + column], 1e-5);
        }
    }

    [Fact]
    public void Sizes_that_do_not_fit_are_refused()
    {
        using var compute = new Compute(1);
        var x = new float[64];
        fixed (float* p = x)
        {
            var (a, b, c) = ((nint)p, (nint)p, (nint)p);
            Assert.Throws<ArgumentException>(() =>
                MatrixProduct.Multiply(compute, new((float*)a, 2, 3), new((float*)b, 4, 2), new((float*)c, 2, 2))
            );
        }
    }

    private static double[] Expected(
        float[] a,
        float[] b,
        float[] c,
        int m,
        int n,
        int k,
        bool turnA,
        bool turnB,
        bool add
    )
    {
        var result = new double[m * n];
        for (var i = 0; i < m; i++)
        for (var j = 0; j < n; j++)
        {
            var sum = add ? c[(i * n) + j] : 0.0;
            for (var p = 0; p < k; p++)
                sum += (double)a[turnA ? (p * m) + i : (i * k) + p] * b[turnB ? (j * k) + p : (p * n) + j];
            result[(i * n) + j] = sum;
        }
        return result;
    }
}
