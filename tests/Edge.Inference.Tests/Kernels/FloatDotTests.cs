using Edge.Inference.Kernels;

namespace Edge.Inference.Tests.Kernels;

public sealed unsafe class FloatDotTests
{
    public static TheoryData<InstructionSet> Sets => [.. InstructionSets.Available];

    [Theory]
    [MemberData(nameof(Sets))]
    public void Every_length_and_instruction_set_gives_the_bits_of_the_scalar_twin(InstructionSet set)
    {
        var random = new Random(1);
        for (var length = 0; length <= 257; length++)
        {
            var a = Numbers.Floats(random, length + 1);
            var b = Numbers.Floats(random, length + 1);
            fixed (float* x = a)
            fixed (float* y = b)
            {
                // One element in: no alignment is promised.
                var expected = FloatDot.DotScalar(x + 1, y + 1, length);
                Assert.Equal(expected, FloatDot.Dot(x + 1, y + 1, length, set));
            }
        }
    }

    [Fact]
    public void The_scalar_twin_is_a_dot_product()
    {
        var random = new Random(2);
        var a = Numbers.Floats(random, 1000);
        var b = Numbers.Floats(random, 1000);
        double exact = 0;
        for (var i = 0; i < a.Length; i++)
            exact += (double)a[i] * b[i];
        fixed (float* x = a)
        fixed (float* y = b)
            Assert.Equal(exact, FloatDot.DotScalar(x, y, 1000), 1e-4);
    }
}
