using System.Runtime.Intrinsics.X86;
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

    public static TheoryData<TensorType, InstructionSet> Cases
    {
        get
        {
            var cases = new TheoryData<TensorType, InstructionSet>();
            foreach (var type in Types)
            foreach (var set in InstructionSets.Available)
                cases.Add(type, set);
            return cases;
        }
    }

    public static TheoryData<TensorType, InstructionSet> PackedCases =>
        [.. Cases.Where(c => c.Data.Item1 is TensorType.Q8_0 or TensorType.Q4_0)];

    [Theory]
    [MemberData(nameof(Cases))]
    public void Every_number_of_blocks_and_tokens_gives_the_bits_of_the_scalar_twin(TensorType type, InstructionSet set)
    {
        var random = new Random(3);
        for (var blocks = 1; blocks <= 8; blocks++)
        for (var tokens = 1; tokens <= 9; tokens++)
        {
            using var product = new RandomProduct(random, type, rows: 29, blocks * 32, tokens);
            Assert.Equal(product.Run(InstructionSet.Scalar), product.Run(set));
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void The_most_extreme_bytes_do_not_overflow(TensorType type, InstructionSet set)
    {
        foreach (var tokens in new[] { 1, 5 })
        foreach (byte weights in new[] { 0x00, 0x7F, 0x80, 0xFF })
        foreach (sbyte x in new[] { -127, 127 })
        {
            using var product = new RandomProduct(new Random(4), type, rows: 67, columns: 64, tokens);
            product.FillWeightBytes(weights);
            product.FillActivations(x);
            Assert.Equal(product.Run(InstructionSet.Scalar), product.Run(set));
        }
    }

    [Theory]
    [MemberData(nameof(PackedCases))]
    public void Packed_and_unpacked_weights_give_the_same_bits(TensorType type, InstructionSet set)
    {
        var packedType = PackedWeights.PackedType(type)!.Value;
        for (var rows = 1; rows <= 67; rows++)
        {
            var tokens = 1 + (rows % 9);
            using var file = new RandomProduct(new Random(rows), type, rows, columns: 160, tokens);
            using var packed = new RandomProduct(new Random(rows), packedType, rows, columns: 160, tokens);
            Assert.Equal(file.Run(set), packed.Run(set));
            using var alone = new RandomProduct(new Random(rows), packedType, rows, columns: 96, tokens: 1);
            Assert.Equal(alone.Run(InstructionSet.Scalar), alone.Run(set));
        }
    }

    [Theory]
    [InlineData(TensorType.Q8Packed)]
    [InlineData(TensorType.Q4Packed)]
    public void The_bodies_for_64_byte_vectors_give_the_bits_of_the_scalar_twin(TensorType type)
    {
        Assert.SkipUnless(Avx2.IsSupported, "the stand-in for 64-byte vectors needs AVX2");
        RowsProduct rows =
            type == TensorType.Q8Packed
                ? PackedX64.Rows<PackedWide<PairOps, Pair>>
                : PackedX64.Rows<PackedQ4Wide<PairOps, Pair>>;
        for (var count = 1; count <= 131; count += 1 + (count / 8))
        for (var tokens = 1; tokens <= 17; tokens++)
        {
            using var product = new RandomProduct(new Random(count), type, count, columns: 96, tokens);
            Assert.Equal(product.Run(InstructionSet.Scalar), product.Run(rows));
        }
    }

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
