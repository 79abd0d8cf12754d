using Edge.Inference.Kernels;

namespace Edge.Inference.Tests.Kernels;

public sealed unsafe class QuantDotTests
{
    private static readonly TensorType[] Types =
    [
        TensorType.Q8_0,
        TensorType.Q4_0,
        TensorType.Q8Planar,
        TensorType.Q8Packed,
        TensorType.Q4Packed,
    ];

    [Fact]
    public void Packed_rows_read_back_as_the_rows_of_the_file()
    {
        foreach (var type in new[] { TensorType.Q8_0, TensorType.Q4_0 })
        {
            using var file = new RandomProduct(new Random(6), type, rows: 37, columns: 96, tokens: 1);
            var packedType = PackedWeights.PackedType(type)!.Value;
            using var packed = new RandomProduct(new Random(6), packedType, rows: 37, columns: 96, tokens: 1);
            for (var row = 0; row < 37; row++)
                Assert.Equal(file.Row(row), packed.Row(row));
        }
    }

    [Fact]
    public void A_product_is_the_product_of_what_the_blocks_stand_for()
    {
        foreach (var type in Types)
        {
            using var product = new RandomProduct(new Random(5), type, rows: 7, columns: 96, tokens: 2);
            var expected = product.Reference();
            var found = product.Run(InstructionSets.Best);
            for (var i = 0; i < expected.Length; i++)
                Assert.Equal(expected[i], found[i], 1e-3);
        }
    }
}
