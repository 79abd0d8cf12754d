using Edge.Inference.Kernels;

namespace Edge.Inference.Tests.Kernels;

/// <summary>Sums over fp32 in 32 virtual lanes, and the products made of them.</summary>
internal static unsafe class FloatChecks
{
    public static IEnumerable<KernelCheck> OnSet(InstructionSet set)
    {
        yield return new("float dot", set, () => Dot(set));
        yield return new("rms norm", set, () => RmsNorm(set));
        foreach (var type in new[] { TensorType.F32, TensorType.F16, TensorType.BF16 })
        {
            yield return new($"{type} product, all columns", set, () => Product(type, set));
            yield return new($"{type} product, long rows", set, () => LongRows(type, set));
        }
    }

    private static int Dot(InstructionSet set)
    {
        var random = new Random(1);
        var results = 0;
        foreach (var length in KernelCheck.Lengths)
        {
            var a = Numbers.Floats(random, length + 1);
            var b = Numbers.Floats(random, length + 1);
            fixed (float* x = a)
            fixed (float* y = b)
            {
                // One element in: no alignment is promised.
                var expected = FloatDot.DotScalar(x + 1, y + 1, length);
                results += KernelCheck.Same([expected], [FloatDot.Dot(x + 1, y + 1, length, set)], $"length {length}");
            }
        }
        return results;
    }

    private static int RmsNorm(InstructionSet set)
    {
        const float Epsilon = 1e-5f;
        var random = new Random(2);
        var results = 0;
        foreach (var length in KernelCheck.Lengths)
        {
            var x = Numbers.Floats(random, length);
            var weight = Numbers.Floats(random, length);
            var expected = new float[length];
            var found = new float[length];
            fixed (float* source = x)
            fixed (float* target = found)
            {
                var mean = FloatDot.DotScalar(source, source, length) / length;
                var scale = 1f / MathF.Sqrt(mean + Epsilon);
                for (var i = 0; i < length; i++)
                    expected[i] = x[i] * scale * weight[i];
                Elementwise.RmsNorm(source, weight, Epsilon, target, length, set);
                results += KernelCheck.Same(expected, found, $"length {length}");
                Elementwise.RmsNorm(source, weight, Epsilon, source, length, set);
                results += KernelCheck.Same(expected, x, $"length {length}, in place");
            }
        }
        return results;
    }

    private static int Product(TensorType type, InstructionSet set)
    {
        var random = new Random(3);
        var results = 0;
        foreach (var columns in KernelCheck.Lengths)
        {
            var (rows, tokens) = (1 + (columns % 7), 1 + (columns % 8));
            using var product = new RandomProduct(random, type, rows, columns, tokens);
            results += product.Check(set);
        }
        for (var rows = 1; rows <= 67; rows++)
        {
            using var product = new RandomProduct(random, type, rows, columns: 45, tokens: 1 + (rows % 5));
            results += product.Check(set);
        }
        return results;
    }

    /// <summary>Rows that fill a panel of widened rows, half of it, and more than all of it.</summary>
    private static int LongRows(TensorType type, InstructionSet set)
    {
        var results = 0;
        foreach (var columns in new[] { 4_096, 8_191, 8_192, 8_193, 16_385 })
        {
            using var product = new RandomProduct(new Random(columns), type, rows: 5, columns, tokens: 4);
            results += product.Check(set);
        }
        return results;
    }
}
