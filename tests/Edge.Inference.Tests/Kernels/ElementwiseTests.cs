using Edge.Inference.Kernels;

namespace Edge.Inference.Tests.Kernels;

public sealed unsafe class ElementwiseTests
{
    [Fact]
    public void Exp_is_within_two_parts_in_ten_million()
    {
        for (var x = -87f; x < 88f; x += 0.0137f)
            Assert.InRange(Elementwise.Exp(x) / Math.Exp(x), 1 - 2e-7, 1 + 2e-7);
    }

    [Fact]
    public void Softmax_of_every_length_sums_to_one_and_survives_large_scores()
    {
        for (var length = 1; length <= 70; length++)
        {
            var x = Numbers.Floats(new Random(length), length);
            for (var i = 0; i < length; i++)
                x[i] = (x[i] * 50) + 1e4f;
            var expected = Expected(x);
            fixed (float* p = x)
                Elementwise.Softmax(p, length);
            for (var i = 0; i < length; i++)
                Assert.Equal(expected[i], x[i], 1e-6);
        }

        static double[] Expected(float[] x)
        {
            var e = x.Select(v => Math.Exp((double)v - x.Max())).ToArray();
            return [.. e.Select(v => v / e.Sum())];
        }
    }

    [Fact]
    public void SwiGlu_of_every_length_is_silu_of_gate_times_up()
    {
        for (var length = 0; length <= 40; length++)
        {
            var gate = Numbers.Floats(new Random(length), length + 1);
            var up = Numbers.Floats(new Random(length + 99), length + 1);
            var expected = gate.Zip(up, (g, u) => g / (1 + Math.Exp(-g)) * u).ToArray();
            fixed (float* g = gate)
            fixed (float* u = up)
                Elementwise.SwiGlu(g, u, length);
            for (var i = 0; i < length; i++)
                Assert.Equal(expected[i], gate[i], 1e-6);
        }
    }

    [Fact]
    public void Rope_keeps_lengths_and_turns_by_the_angle()
    {
        float* head = stackalloc float[] { 1, 0, 0, 2, 5, 5 };
        float* cosSin = stackalloc float[] { MathF.Cos(1), MathF.Sin(1), MathF.Cos(2), MathF.Sin(2) };
        Elementwise.Rope(head, cosSin, 2);
        float[] expected = [MathF.Cos(1), MathF.Sin(1), -2 * MathF.Sin(2), 2 * MathF.Cos(2), 5, 5];
        for (var i = 0; i < 6; i++)
            Assert.Equal(expected[i], head[i], 1e-6f);
    }
}
