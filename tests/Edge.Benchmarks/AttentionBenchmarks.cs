using BenchmarkDotNet.Attributes;
using Edge.Inference;
using Edge.Inference.Kernels;

namespace Edge.Benchmarks;

/// <param name="Positions">Positions that the last query attends to.</param>
public sealed record AttentionCase(int Queries, int Head, int Positions) : ICounted
{
    public long Operations => 4L * Queries * Head * Positions;

    public override string ToString() => $"{Queries} queries, head {Head}, {Positions} positions";
}

/// <summary>Attention of one head: one query is decoding, four are prefill.</summary>
public unsafe class AttentionBenchmarks
{
    private NativeBuffer<float> _query = null!;
    private NativeBuffer<float> _keys = null!;
    private NativeBuffer<float> _values = null!;
    private NativeBuffer<float> _scratch = null!;
    private NativeBuffer<float> _output = null!;

    public static IEnumerable<AttentionCase> Cases =>
        from queries in new[] { 1, Attention.QueriesMax }
        from head in new[] { 48, 64 }
        from positions in new[] { 64, 256, 1024 }
        select new AttentionCase(queries, head, positions);

    [ParamsSource(nameof(Cases))]
    public AttentionCase Case { get; set; } = null!;

    [GlobalSetup]
    public void Setup()
    {
        var positions = Attention.RoundPositions(Case.Positions);
        _query = new NativeBuffer<float>((long)Case.Queries * Case.Head);
        _keys = new NativeBuffer<float>((long)positions * Case.Head);
        _values = new NativeBuffer<float>((long)positions * Attention.ValueStride(Case.Head));
        _scratch = new NativeBuffer<float>(Attention.ScratchLength(Case.Head, positions));
        _output = new NativeBuffer<float>((long)Case.Queries * Case.Head);
        RandomFloats.Fill(_query);
        RandomFloats.Fill(_keys);
        RandomFloats.Fill(_values);
    }

    [GlobalCleanup]
    public void Cleanup()
    {
        _query.Dispose();
        _keys.Dispose();
        _values.Dispose();
        _scratch.Dispose();
        _output.Dispose();
    }

    [Benchmark]
    public void Attend() =>
        Attention.Run(
            new HeadCache
            {
                Keys = (byte*)_keys.Pointer,
                Values = (byte*)_values.Pointer,
                Type = KvType.F32,
            },
            _query.Pointer,
            Case.Queries,
            Case.Head,
            Case.Positions - Case.Queries,
            1,
            Case.Head,
            _scratch.Pointer,
            _output.Pointer
        );
}
