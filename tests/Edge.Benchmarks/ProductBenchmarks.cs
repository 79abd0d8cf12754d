using BenchmarkDotNet.Attributes;
using Edge.Inference;
using Edge.Inference.Kernels;

namespace Edge.Benchmarks;

/// <summary>A product of real shape: one token is decoding, more are prefill.</summary>
public sealed record ProductCase(TensorType Type, int Rows, int Columns, int Tokens, InstructionSet Set) : ICounted
{
    public long Operations => 2L * Rows * Columns * Tokens;

    public override string ToString() => $"{Type} {Rows}x{Columns} t{Tokens} {Set}";
}

/// <summary>Matrix products on one thread, for each storage type and each instruction set of this machine.</summary>
public class ProductBenchmarks
{
    /// <summary>Up and down of smollm2-135m; up of tinyllama-1.1b, which no second-level cache holds.</summary>
    private static readonly (int Rows, int Columns)[] Shapes = [(1536, 576), (576, 1536), (5632, 2048)];

    private static readonly int[] TokenCounts = [1, 4, 16, 64];

    /// <summary>Products above this size are left out for the narrow instruction sets: they would take all day.</summary>
    private const long NarrowOperationsMax = 1 << 28;

    private static readonly TensorType[] Types =
    [
        TensorType.Q8Packed,
        TensorType.Q8_0,
        TensorType.Q4_0,
        TensorType.F16,
        TensorType.F32,
    ];

    private ProductSetup _setup = null!;

    public static IEnumerable<ProductCase> Cases =>
        from type in Types
        from shape in Shapes
        from tokens in TokenCounts
        from set in InstructionSets.Available.Reverse()
        let product = new ProductCase(type, shape.Rows, shape.Columns, tokens, set)
        where set > InstructionSet.Vector128 || product.Operations <= NarrowOperationsMax
        select product;

    [ParamsSource(nameof(Cases))]
    public ProductCase Case { get; set; } = null!;

    [GlobalSetup]
    public void Setup() => _setup = new ProductSetup(Case);

    [GlobalCleanup]
    public void Cleanup() => _setup.Dispose();

    [Benchmark]
    public void Product() => _setup.Run();
}
