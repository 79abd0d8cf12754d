using System.Runtime.Intrinsics;
using Edge.Inference.Kernels;

namespace Edge.Inference.Tests.Kernels;

/// <summary>The transformer's small functions against plain loops. They take the machine's vectors as they are, so one
/// run is all.</summary>
internal static unsafe class ElementwiseChecks
{
    public static IReadOnlyList<KernelCheck> All { get; } =
    [
        new("exp", InstructionSets.Best, Exp),
        new("add", InstructionSets.Best, Add),
        new("rope", InstructionSets.Best, Rope),
        new("silu of gate times up", InstructionSets.Best, SwiGlu),
        new("softmax", InstructionSets.Best, Softmax),
    ];

    private static int Exp()
    {
        var results = 0;
        for (var x = -100f; x < 100f; x += 0.0171f)
        {
            var eight = Elementwise.Exp(Vector256.Create(x));
            results += KernelCheck.Same([Elementwise.Exp(x)], [eight[3]], $"exp({x:G9})");
        }
        return results;
    }

    private static int Add()
    {
        var random = new Random(7);
        var results = 0;
        foreach (var length in KernelCheck.Lengths)
        {
            var x = Numbers.Floats(random, length);
            var y = Numbers.Floats(random, length);
            var expected = new float[length];
            for (var i = 0; i < length; i++)
                expected[i] = x[i] + y[i];
            fixed (float* target = x)
            fixed (float* source = y)
                Elementwise.Add(target, source, length);
            results += KernelCheck.Same(expected, x, $"length {length}");
        }
        return results;
    }

    private static int Rope()
    {
        var random = new Random(8);
        var results = 0;
        foreach (var length in KernelCheck.Lengths)
        {
            var pairs = length / 2;
            var head = Numbers.Floats(random, length);
            var angles = Numbers.Floats(random, 2 * pairs);
            var expected = head.ToArray();
            for (var i = 0; i < pairs; i++)
            {
                var (cos, sin, a, b) = (angles[2 * i], angles[(2 * i) + 1], head[2 * i], head[(2 * i) + 1]);
                expected[2 * i] = MathF.FusedMultiplyAdd(a, cos, -(b * sin));
                expected[(2 * i) + 1] = MathF.FusedMultiplyAdd(a, sin, b * cos);
            }
            fixed (float* target = head)
            fixed (float* cosSin = angles)
                Elementwise.Rope(target, cosSin, pairs);
            results += KernelCheck.Same(expected, head, $"{pairs} pairs of {length}");
        }
        return results;
    }

    private static int SwiGlu()
    {
        var random = new Random(9);
        var results = 0;
        foreach (var length in KernelCheck.Lengths)
        {
            var gate = Numbers.Floats(random, length);
            var up = Numbers.Floats(random, length);
            var expected = new float[length];
            for (var i = 0; i < length; i++)
            {
                gate[i] *= 20;
                expected[i] = gate[i] / (1f + Elementwise.Exp(-gate[i])) * up[i];
            }
            fixed (float* target = gate)
            fixed (float* source = up)
                Elementwise.SwiGlu(target, source, length);
            results += KernelCheck.Same(expected, gate, $"length {length}");
        }
        return results;
    }

    /// <summary>Length 0 has no softmax; attention always has a position.</summary>
    private static int Softmax()
    {
        var random = new Random(10);
        var lanes = stackalloc float[8];
        var results = 0;
        foreach (var length in KernelCheck.Lengths.Where(length => length > 0))
        {
            var x = Numbers.Floats(random, length);
            for (var i = 0; i < length; i++)
                x[i] *= 10;
            var max = x.Max();
            var expected = new float[length];
            new Span<float>(lanes, 8).Clear();
            for (var i = 0; i < length; i++)
            {
                expected[i] = Elementwise.Exp(x[i] - max);
                lanes[i % 8] += expected[i];
            }
            var inverse = 1f / Lanes.Sum(lanes, 8);
            for (var i = 0; i < length; i++)
                expected[i] *= inverse;
            fixed (float* p = x)
                Elementwise.Softmax(p, length);
            results += KernelCheck.Same(expected, x, $"length {length}");
        }
        return results;
    }
}
