using Edge.Inference.Kernels;

namespace Edge.Inference.Tests.Kernels;

public sealed unsafe class QuantDotTests
{
    public static TheoryData<TensorType, InstructionSet> Cases
    {
        get
        {
            var cases = new TheoryData<TensorType, InstructionSet>();
            foreach (var type in new[] { TensorType.Q8_0, TensorType.Q4_0, TensorType.Q8Planar, TensorType.Q8Packed })
            foreach (var set in InstructionSets.Available)
                cases.Add(type, set);
            return cases;
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Every_number_of_blocks_and_tokens_gives_the_bits_of_the_scalar_twin(TensorType type, InstructionSet set)
    {
        var random = new Random(3);
        for (var blocks = 1; blocks <= 9; blocks++)
        for (var tokens = 1; tokens <= 9; tokens += 2)
        {
            using var product = new RandomProduct(random, type, rows: 29, blocks * 32, tokens);
            Assert.Equal(product.Run(InstructionSet.Scalar), product.Run(set));
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void The_most_extreme_bytes_do_not_overflow(TensorType type, InstructionSet set)
    {
        using var product = new RandomProduct(new Random(4), type, rows: 4, columns: 64, tokens: 1);
        product.FillWeightBytes(0x80);
        product.FillActivations(-127);
        Assert.Equal(product.Run(InstructionSet.Scalar), product.Run(set));
    }

    [Fact]
    public void Packed_and_unpacked_weights_give_the_same_bits()
    {
        for (var rows = 1; rows <= 40; rows++)
        {
            using var file = new RandomProduct(new Random(rows), TensorType.Q8_0, rows, columns: 160, tokens: 6);
            using var packed = new RandomProduct(new Random(rows), TensorType.Q8Packed, rows, columns: 160, tokens: 6);
            Assert.Equal(file.Run(InstructionSets.Best), packed.Run(InstructionSets.Best));
        }
    }

    [Fact]
    public void A_product_is_the_product_of_what_the_blocks_stand_for()
    {
        foreach (var type in new[] { TensorType.Q8_0, TensorType.Q4_0, TensorType.Q8Planar, TensorType.Q8Packed })
        {
            using var product = new RandomProduct(new Random(5), type, rows: 7, columns: 96, tokens: 2);
            var expected = product.Reference();
            var found = product.Run(InstructionSets.Best);
            for (var i = 0; i < expected.Length; i++)
                Assert.Equal(expected[i], found[i], 1e-3);
        }
    }
}
