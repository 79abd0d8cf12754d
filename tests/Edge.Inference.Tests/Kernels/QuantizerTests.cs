using Edge.Inference.Kernels;

namespace Edge.Inference.Tests.Kernels;

public sealed unsafe class QuantizerTests
{
    [Fact]
    public void A_group_of_zeros_has_scale_zero_and_no_division()
    {
        var x = stackalloc float[32];
        var values = stackalloc sbyte[32];
        float scale = 7;
        Quantizer.Quantize(x, 32, values, &scale);
        Assert.Equal(0f, scale);
        Assert.True(new ReadOnlySpan<sbyte>(values, 32).IndexOfAnyExcept((sbyte)0) < 0);
    }

    [Fact]
    public void Values_round_to_nearest_even_and_reach_127()
    {
        var x = stackalloc float[32];
        (x[0], x[1], x[2], x[3], x[4]) = (127f, -127f, 2.5f, 3.5f, -0.5f);
        var values = stackalloc sbyte[32];
        float scale;
        Quantizer.Quantize(x, 32, values, &scale);
        Assert.Equal(1f, scale);
        Assert.Equal([127, -127, 2, 4, 0], new ReadOnlySpan<sbyte>(values, 5).ToArray());
    }

    [Fact]
    public void Files_and_activations_get_the_same_values()
    {
        var x = Numbers.Floats(new Random(6), 320);
        var blocks = new byte[340];
        Quantizer.QuantizeQ8(x, blocks);
        var values = stackalloc sbyte[320];
        var scales = stackalloc float[10];
        fixed (float* source = x)
            Quantizer.Quantize(source, 320, values, scales);
        for (var i = 0; i < 320; i++)
            Assert.Equal(values[i], (sbyte)blocks[(i / 32 * 34) + 2 + (i % 32)]);
        for (var g = 0; g < 10; g++)
            Assert.Equal((Half)scales[g], BitConverter.ToHalf(blocks, g * 34));
    }

    [Fact]
    public void Four_bit_blocks_come_back_within_one_step()
    {
        var x = Numbers.Floats(new Random(7), 64);
        var blocks = new byte[36];
        Quantizer.QuantizeQ4(x, blocks);
        var back = stackalloc float[64];
        fixed (byte* data = blocks)
            MatrixProduct.ReadRow(new Matrix(TensorType.Q4_0, 1, 64, data), 0, back);
        for (var g = 0; g < 2; g++)
        {
            var step = MathF.Abs((float)BitConverter.ToHalf(blocks, g * 18));
            for (var i = g * 32; i < (g * 32) + 32; i++)
                Assert.InRange(MathF.Abs(back[i] - x[i]), 0, step * 1.01f);
        }
    }
}
