using Edge.Bench.Shapes;
using Edge.Inference;
using Edge.Inference.Kernels;

namespace Edge.Benchmarks;

/// <summary>Random weights and activations for one product, and the call itself: all that this project knows of how the
/// engine lays them out.</summary>
internal sealed unsafe class ProductSetup : IDisposable
{
    private readonly NativeBuffer<byte> _weights;
    private readonly NativeBuffer<byte> _packed;
    private readonly NativeBuffer<float> _values;
    private readonly NativeBuffer<sbyte> _quants;
    private readonly NativeBuffer<float> _scales;
    private readonly NativeBuffer<byte> _split;
    private readonly NativeBuffer<float> _output;
    private readonly NativeBuffer<float> _scratch;
    private readonly RowsProduct _product;
    private readonly ProductJob _job;

    public ProductSetup(ProductCase product)
    {
        var (type, rows, columns, tokens, set) = product;
        var stored = type == TensorType.Q8Packed ? TensorType.Q8_0 : type;
        _weights = new NativeBuffer<byte>(rows * Matrix.RowBytesOf(stored, columns));
        new RandomRows(1).Fill(stored, columns, new Span<byte>(_weights.Pointer, (int)_weights.Length));
        var matrix = new Matrix(stored, rows, columns, _weights.Pointer);
        _packed = new NativeBuffer<byte>(type == stored ? 0 : PackedWeights.Bytes(rows, columns));
        if (type == TensorType.Q8Packed)
        {
            PackedWeights.Pack(matrix, 0, PackedWeights.Groups(rows), _packed.Pointer);
            matrix = new Matrix(type, rows, columns, _packed.Pointer);
        }

        _values = new NativeBuffer<float>((long)tokens * columns);
        _quants = new NativeBuffer<sbyte>((long)tokens * columns);
        _scales = new NativeBuffer<float>((long)tokens * columns / Quantizer.GroupSize);
        RandomFloats.Fill(_values);
        var tiles = (tokens + Activations.TileTokens - 1) / Activations.TileTokens * Activations.TileTokens;
        _split = new NativeBuffer<byte>((long)tiles * columns / Quantizer.GroupSize * Activations.SplitBytes);
        var x = new Activations
        {
            Values = _values.Pointer,
            Quants = _quants.Pointer,
            Scales = _scales.Pointer,
            Split = _split.Pointer,
            Lanes = tokens == 1 ? 1 : Activations.TileTokens,
        };
        for (var t = 0; t < tokens; t++)
            x.Quantize(t, columns, 0, columns);
        _output = new NativeBuffer<float>((long)tokens * rows);
        _scratch = new NativeBuffer<float>(columns);
        _product = MatrixProduct.Choose(type, set);
        _job = new ProductJob
        {
            W = matrix,
            X = x,
            Tokens = tokens,
            Output = _output.Pointer,
            OutputStride = rows,
            Scratch = _scratch.Pointer,
        };
    }

    public void Run() => _product(_job, 0, _job.W.Rows);

    public void Dispose()
    {
        _weights.Dispose();
        _packed.Dispose();
        _values.Dispose();
        _quants.Dispose();
        _scales.Dispose();
        _split.Dispose();
        _output.Dispose();
        _scratch.Dispose();
    }
}
