using Edge.Inference.Kernels;

namespace Edge.Inference.Tests.Kernels;

public sealed unsafe class FloatDotTests
{
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
