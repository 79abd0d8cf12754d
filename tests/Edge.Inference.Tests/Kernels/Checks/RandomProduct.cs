using System.Runtime.Intrinsics.X86;
using Edge.Inference.Kernels;

namespace Edge.Inference.Tests.Kernels;

/// <summary>A matrix product with seeded random weights and quantised activations.</summary>
internal sealed unsafe class RandomProduct : IDisposable
{
    private readonly NativeBuffer<byte> _weights;
    private readonly NativeBuffer<float> _planeScales;
    private readonly NativeBuffer<float> _values;
    private readonly NativeBuffer<sbyte> _quants;
    private readonly NativeBuffer<float> _scales;
    private readonly NativeBuffer<byte> _split;
    private readonly NativeBuffer<byte> _packed;
    private readonly Matrix _file;
    private readonly Matrix _matrix;
    private readonly int _tokens;

    public RandomProduct(Random random, TensorType type, int rows, int columns, int tokens)
    {
        _tokens = tokens;
        var stored = type switch
        {
            TensorType.Q8Packed => TensorType.Q8_0,
            TensorType.Q4Packed => TensorType.Q4_0,
            _ => type,
        };
        _weights = new NativeBuffer<byte>(rows * Matrix.RowBytesOf(stored, columns));
        _planeScales = new NativeBuffer<float>(rows * columns / 32);
        FillWeights(random, stored);
        _file = new Matrix(stored, rows, columns, _weights.Pointer, _planeScales.Pointer);
        _packed = new NativeBuffer<byte>(type == stored ? 0 : PackedWeights.Bytes(type, rows, columns));
        _matrix = type == stored ? _file : new Matrix(type, rows, columns, _packed.Pointer);
        Pack();
        _values = new NativeBuffer<float>(tokens * columns);
        _quants = new NativeBuffer<sbyte>(tokens * columns);
        _scales = new NativeBuffer<float>(tokens * columns / 32);
        _split = new NativeBuffer<byte>((tokens + 3) / 4 * 4 * columns / 32 * Activations.SplitBytes);
        Numbers.Floats(random, tokens * columns).CopyTo(new Span<float>(_values.Pointer, tokens * columns));
        for (var t = 0; t < tokens && MatrixProduct.ReadsQuants(type); t++)
            X.Quantize(t, columns, 0, columns);
    }

    private Activations X =>
        new()
        {
            Values = _values.Pointer,
            Quants = _quants.Pointer,
            Scales = _scales.Pointer,
            Split = _split.Pointer,
            Lanes = _tokens == 1 ? 1 : Activations.TileTokens,
        };

    /// <summary>Sets every weight byte but the scales.</summary>
    public void FillWeightBytes(byte value)
    {
        var block =
            _file.Type == TensorType.Q4_0 ? 18
            : _file.Type == TensorType.Q8_0 ? 34
            : int.MaxValue;
        for (var i = 0; i < _weights.Length; i++)
        {
            if (block == int.MaxValue || i % block >= 2)
                _weights.Pointer[i] = value;
        }
        Pack();
    }

    public void FillActivations(sbyte value)
    {
        new Span<sbyte>(_quants.Pointer, (int)_quants.Length).Fill(value);
        for (var t = 0; t < _tokens && Avx2.IsSupported; t++)
            X.SplitSigns(t, _matrix.Columns, 0, _matrix.Columns);
    }

    /// <summary>Compares an instruction set with the scalar twin.</summary>
    /// <returns>How many results there were.</returns>
    public int Check(InstructionSet set) => KernelCheck.Same(Run(InstructionSet.Scalar), Run(set), ToString());

    /// <summary>(tokens, rows)</summary>
    public float[] Run(InstructionSet set) => Run(MatrixProduct.Choose(_matrix.Type, set));

    /// <summary>(tokens, rows)</summary>
    public float[] Run(RowsProduct product)
    {
        var output = new float[_tokens * _matrix.Rows];
        var scratch = stackalloc float[_matrix.Columns];
        fixed (float* target = output)
        {
            var job = new ProductJob
            {
                W = _matrix,
                X = X,
                Tokens = _tokens,
                Output = target,
                OutputStride = _matrix.Rows,
                Scratch = scratch,
            };
            product(job, 0, _matrix.Rows);
        }
        return output;
    }

    /// <summary>One row of the weights as fp32: (columns).</summary>
    public float[] Row(int row)
    {
        var values = new float[_matrix.Columns];
        fixed (float* target = values)
            MatrixProduct.ReadRow(_matrix, row, target);
        return values;
    }

    /// <summary>The same product in double over the values that the blocks stand for.</summary>
    public double[] Reference()
    {
        var output = new double[_tokens * _matrix.Rows];
        var row = stackalloc float[_matrix.Columns];
        for (var r = 0; r < _matrix.Rows; r++)
        {
            MatrixProduct.ReadRow(_matrix, r, row);
            for (var t = 0; t < _tokens; t++)
            for (var c = 0; c < _matrix.Columns; c++)
            {
                var at = (t * _matrix.Columns) + c;
                output[(t * _matrix.Rows) + r] += (double)row[c] * _quants.Pointer[at] * _scales.Pointer[at / 32];
            }
        }
        return output;
    }

    public override string ToString() =>
        $"{_matrix.Type} of {_matrix.Rows} rows, {_matrix.Columns} columns by {_tokens} tokens";

    private void FillWeights(Random random, TensorType stored)
    {
        var bytes = new Span<byte>(_weights.Pointer, (int)_weights.Length);
        for (var i = 0; i < _planeScales.Length; i++)
            _planeScales.Pointer[i] = random.NextSingle() / 100;
        if (MatrixProduct.ReadsQuants(stored))
        {
            random.NextBytes(bytes);
            var blockBytes = stored == TensorType.Q4_0 ? 18 : 34;
            for (var at = 0; at < bytes.Length && stored != TensorType.Q8Planar; at += blockBytes)
                *(Half*)(_weights.Pointer + at) = (Half)(random.NextSingle() / 100);
            return;
        }
        var values = Numbers.Floats(random, bytes.Length / (stored == TensorType.F32 ? 4 : 2));
        for (var i = 0; i < values.Length; i++)
        {
            if (stored == TensorType.F32)
                ((float*)_weights.Pointer)[i] = values[i];
            else if (stored == TensorType.F16)
                ((Half*)_weights.Pointer)[i] = (Half)values[i];
            else
                ((ushort*)_weights.Pointer)[i] = (ushort)(BitConverter.SingleToUInt32Bits(values[i]) >> 16);
        }
    }

    private void Pack()
    {
        if (_matrix.Type != _file.Type)
            PackedWeights.Pack(_file, 0, PackedWeights.Groups(_file.Rows), _packed.Pointer);
    }

    public void Dispose()
    {
        _packed.Dispose();
        _split.Dispose();
        _weights.Dispose();
        _planeScales.Dispose();
        _values.Dispose();
        _quants.Dispose();
        _scales.Dispose();
    }
}
