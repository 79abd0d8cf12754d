using System.Numerics.Tensors;
using System.Runtime.InteropServices;
using Edge.Inference;
using Edge.Inference.Kernels;

namespace Edge.Conversion.Weights;

/// <summary>
/// One tensor of a model to convert, read row by row from its mapped file. Rows come out in GGUF's order whatever the
/// file's own is.
/// </summary>
internal sealed unsafe class SourceTensor
{
    private readonly Matrix matrix;
    private readonly int halfSplitHead;
    private readonly float[]? held;

    /// <param name="halfSplitHead">Above 0: the width of heads whose rows are in Hugging Face's order, first halves of all
    /// rotary pairs before second halves; they come out pair by pair.</param>
    public SourceTensor(string name, Matrix matrix, int halfSplitHead = 0)
    {
        Name = name;
        this.matrix = matrix;
        this.halfSplitHead = halfSplitHead;
    }

    /// <summary>A vector.</summary>
    public SourceTensor(string name, float[] values)
    {
        Name = name;
        held = values;
    }

    /// <summary>GGUF's.</summary>
    public string Name { get; }

    public bool IsVector => held is not null;

    /// <summary>1 for a vector.</summary>
    public int Rows => held is null ? matrix.Rows : 1;

    public int Columns => held?.Length ?? matrix.Columns;

    public TensorType Type => held is null ? matrix.Type : TensorType.F32;

    /// <summary>Columns that share a scale, for the type Q8Planar.</summary>
    public int GroupSize => matrix.GroupSize;

    public long Elements => (long)Rows * Columns;

    public long Bytes => held is null ? matrix.TotalBytes : Elements * sizeof(float);

    /// <summary>Columns first, as GGUF writes them.</summary>
    public int[] Dims => held is null ? [Columns, Rows] : [Columns];

    /// <summary>A vector's values.</summary>
    public float[] Values => held ?? throw new InvalidOperationException($"{Name} is a matrix");

    /// <summary>Reads one row as fp32.</summary>
    /// <exception cref="ModelFormatException">It has a number that is not finite.</exception>
    public void ReadRow(int row, Span<float> output)
    {
        if (held is not null)
        {
            held.CopyTo(output);
            return;
        }
        if (Type is TensorType.Q8_0 or TensorType.Q4_0)
            CheckScales(row);
        if (Type == TensorType.F16)
            TensorPrimitives.ConvertToSingle(MemoryMarshal.Cast<byte, Half>(RawRow(row)), output);
        else
            fixed (float* target = output)
                MatrixProduct.ReadRow(matrix, FileRow(row), target);
        if (!TensorPrimitives.IsFiniteAll<float>(output))
            throw NotFinite(row);
    }

    /// <summary>The bytes of one row as stored. For Q8Planar the values without their scales.</summary>
    public ReadOnlySpan<byte> RawRow(int row) =>
        held is not null
            ? MemoryMarshal.AsBytes<float>(held)
            : new(matrix.Data + (FileRow(row) * matrix.RowBytes), checked((int)matrix.RowBytes));

    /// <summary>The scales of one row of Q8Planar, one a group.</summary>
    /// <exception cref="ModelFormatException">One is not finite.</exception>
    public ReadOnlySpan<float> PlanarScales(int row)
    {
        var groups = Columns / GroupSize;
        var scales = new ReadOnlySpan<float>(matrix.Scales + ((long)FileRow(row) * groups), groups);
        return TensorPrimitives.IsFiniteAll(scales) ? scales : throw NotFinite(row);
    }

    /// <summary>Pair i of a head is rows i and i + head / 2 in the file, rows 2i and 2i + 1 here.</summary>
    private int FileRow(int row)
    {
        if (halfSplitHead == 0)
            return row;
        var inHead = row % halfSplitHead;
        return row - inHead + (inHead % 2 * (halfSplitHead / 2)) + (inHead / 2);
    }

    /// <summary>The engine reads an infinite scale as a number; a model that has one is damaged.</summary>
    private void CheckScales(int row)
    {
        var bytes = RawRow(row);
        var block = Type == TensorType.Q8_0 ? Q8Blocks.BlockBytes : Q4Blocks.BlockBytes;
        for (var at = 0; at < bytes.Length; at += block)
        {
            if ((bytes[at + 1] & 0x7C) == 0x7C)
                throw NotFinite(row);
        }
    }

    private ModelFormatException NotFinite(int row) =>
        new($"tensor {Name}: row {row:N0} has a number that is not finite: the model is damaged.");
}
