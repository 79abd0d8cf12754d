using Edge.Inference.Kernels;

namespace Edge.Inference.Tests.Kernels;

/// <summary>
/// Products with quantised weights. Columns are multiples of 32: readers refuse files with others, so no kernel meets them.
/// </summary>
internal static class ProductChecks
{
    private static readonly TensorType[] Types =
    [
        TensorType.Q8_0,
        TensorType.Q4_0,
        TensorType.Q8Planar,
        TensorType.Q8Packed,
        TensorType.Q4Packed,
    ];

    public static IEnumerable<KernelCheck> OnSet(InstructionSet set)
    {
        foreach (var type in Types)
        {
            yield return new($"{type} product, all columns and tokens", set, () => Columns(type, set));
            yield return new($"{type} product, all rows", set, () => Rows(type, set));
            yield return new($"{type} product, extreme bytes", set, () => Extremes(type, set));
            if (PackedWeights.PackedType(type) is { } packed)
                yield return new($"{type} product, packed and not", set, () => Packed(type, packed, set));
        }
        if (set != InstructionSet.Avx2)
            yield break;
        yield return new(
            "Q8Packed product, 64-byte vectors in halves",
            set,
            () => Wide(TensorType.Q8Packed, PackedX64.Rows<PackedWide<PairOps, Pair>>)
        );
        yield return new(
            "Q4Packed product, 64-byte vectors in halves",
            set,
            () => Wide(TensorType.Q4Packed, PackedX64.Rows<PackedQ4Wide<PairOps, Pair>>)
        );
    }

    private static int Columns(TensorType type, InstructionSet set)
    {
        var random = new Random(4);
        var results = 0;
        for (var columns = 32; columns <= 288; columns += 32)
        for (var tokens = 1; tokens <= 9; tokens++)
        {
            using var product = new RandomProduct(random, type, rows: 29, columns, tokens);
            results += product.Check(set);
        }
        return results;
    }

    private static int Rows(TensorType type, InstructionSet set)
    {
        var random = new Random(5);
        var results = 0;
        for (var rows = 1; rows <= 131; rows += rows < 67 ? 1 : 16)
            foreach (var tokens in new[] { 1, 2 + (rows % 8) })
            {
                using var product = new RandomProduct(random, type, rows, columns: 96, tokens);
                results += product.Check(set);
            }
        return results;
    }

    /// <summary>Bytes of the largest magnitude everywhere: no intermediate sum may overflow.</summary>
    private static int Extremes(TensorType type, InstructionSet set)
    {
        var results = 0;
        foreach (var tokens in new[] { 1, 5, 8 })
        foreach (byte weights in new[] { 0x00, 0x7F, 0x80, 0xFF })
        foreach (sbyte x in new[] { -127, 127 })
        {
            using var product = new RandomProduct(new Random(6), type, rows: 67, columns: 64, tokens);
            product.FillWeightBytes(weights);
            product.FillActivations(x);
            results += product.Check(set);
        }
        return results;
    }

    private static int Packed(TensorType type, TensorType packedType, InstructionSet set)
    {
        var results = 0;
        for (var rows = 1; rows <= 67; rows++)
            foreach (var tokens in new[] { 1, 2 + (rows % 8) })
            {
                using var file = new RandomProduct(new Random(rows), type, rows, columns: 160, tokens);
                using var packed = new RandomProduct(new Random(rows), packedType, rows, columns: 160, tokens);
                results += KernelCheck.Same(file.Run(set), packed.Run(set), $"{file}, packed");
            }
        return results;
    }

    /// <summary>The bodies for AVX-512, run by AVX2 on any x64 machine.</summary>
    private static int Wide(TensorType type, RowsProduct body)
    {
        var results = 0;
        for (var rows = 1; rows <= 131; rows += 1 + (rows / 8))
        for (var tokens = 1; tokens <= 17; tokens++)
        {
            using var product = new RandomProduct(new Random(rows), type, rows, columns: 96, tokens);
            results += KernelCheck.Same(product.Run(InstructionSet.Scalar), product.Run(body), product.ToString());
        }
        return results;
    }
}
