using System.Numerics.Tensors;
using System.Runtime.InteropServices;
using Edge.Inference;
using Edge.Inference.Kernels;

namespace Edge.Conversion.Weights;

/// <summary>
/// Writes tensors in another storage type, a megabyte at a time. What is stored so already goes through as bytes;
/// quantised values go from one int8 layout to another as they are; everything else goes through fp32.
/// </summary>
internal sealed class TensorWriter(Work work)
{
    private const int ChunkBytes = 1 << 20;

    /// <summary>The type a tensor gets: see <see cref="ConversionOptions.Type"/>.</summary>
    public static TensorType TypeFor(SourceTensor tensor, TensorType? asked) =>
        tensor.IsVector ? TensorType.F32
        : asked is TensorType.Q8_0 or TensorType.Q4_0 && tensor.Columns % Quantizer.GroupSize != 0 ? TensorType.F16
        : asked ?? (tensor.Type == TensorType.Q8Planar ? TensorType.Q8_0 : tensor.Type);

    /// <summary>Writes the rows in GGUF's layout of the type.</summary>
    public void Write(SourceTensor tensor, TensorType type, Stream to)
    {
        var rowBytes = checked((int)Matrix.RowBytesOf(type, tensor.Columns));
        var chunkRows = Math.Clamp(ChunkBytes / rowBytes, 1, tensor.Rows);
        var chunk = new byte[chunkRows * rowBytes];
        var row = new float[tensor.Columns];
        for (var first = 0; first < tensor.Rows; first += chunkRows)
        {
            var rows = Math.Min(chunkRows, tensor.Rows - first);
            for (var i = 0; i < rows; i++)
                WriteRow(tensor, first + i, type, row, chunk.AsSpan(i * rowBytes, rowBytes));
            to.Write(chunk.AsSpan(0, rows * rowBytes));
            work.Pass((long)rows * tensor.Columns, tensor.Name);
        }
    }

    /// <summary>Writes a plane of signed bytes, then one fp32 scale for each group of columns.</summary>
    /// <param name="groupSize">The tensor's own when it is Q8Planar, otherwise the quantiser's.</param>
    public void WritePlanar(SourceTensor tensor, int groupSize, Stream to)
    {
        var groups = tensor.Columns / groupSize;
        var scales = new float[checked(tensor.Rows * groups)];
        var row = new float[tensor.Columns];
        var values = new sbyte[tensor.Columns];
        for (var r = 0; r < tensor.Rows; r++)
        {
            Quantise(tensor, r, groupSize, row, values, scales.AsSpan(r * groups, groups));
            to.Write(MemoryMarshal.AsBytes<sbyte>(values));
            work.Pass(tensor.Columns, tensor.Name);
        }
        to.Write(MemoryMarshal.AsBytes<float>(scales));
    }

    private static void WriteRow(SourceTensor tensor, int index, TensorType type, float[] row, Span<byte> to)
    {
        if (tensor.Type == TensorType.Q8Planar && type == TensorType.Q8_0)
        {
            FromPlanar(tensor, index, to);
            return;
        }
        tensor.ReadRow(index, row);
        if (tensor.Type == type)
        {
            tensor.RawRow(index).CopyTo(to);
            return;
        }
        switch (type)
        {
            case TensorType.F32:
                MemoryMarshal.AsBytes<float>(row).CopyTo(to);
                break;
            case TensorType.F16:
                var halves = MemoryMarshal.Cast<byte, Half>(to);
                TensorPrimitives.ConvertToHalf(row, halves);
                if (!TensorPrimitives.IsFiniteAll<Half>(halves))
                    throw TooLarge(tensor, index, "F16");
                break;
            case TensorType.Q8_0:
                Quantizer.QuantizeQ8(row, to);
                CheckScales(tensor, index, to, Q8Blocks.BlockBytes);
                break;
            default:
                Quantizer.QuantizeQ4(row, to);
                CheckScales(tensor, index, to, Q4Blocks.BlockBytes);
                break;
        }
    }

    /// <summary>The same bytes; the scale of their group in fp16 before every 32 of them.</summary>
    private static void FromPlanar(SourceTensor tensor, int index, Span<byte> to)
    {
        var values = tensor.RawRow(index);
        var scales = tensor.PlanarScales(index);
        for (var block = 0; block < values.Length / 32; block++)
        {
            var at = block * Q8Blocks.BlockBytes;
            var scale = (Half)scales[block * 32 / tensor.GroupSize];
            MemoryMarshal.Write(to[at..], scale);
            values.Slice(block * 32, 32).CopyTo(to[(at + 2)..]);
        }
        CheckScales(tensor, index, to, Q8Blocks.BlockBytes);
    }

    private static unsafe void Quantise(
        SourceTensor tensor,
        int index,
        int groupSize,
        float[] row,
        sbyte[] values,
        Span<float> scales
    )
    {
        if (tensor.Type == TensorType.Q8Planar && tensor.GroupSize == groupSize)
        {
            tensor.RawRow(index).CopyTo(MemoryMarshal.AsBytes(values.AsSpan()));
            tensor.PlanarScales(index).CopyTo(scales);
            return;
        }
        tensor.ReadRow(index, row);
        if (tensor.Type == TensorType.Q8_0)
        {
            var blocks = tensor.RawRow(index);
            for (var block = 0; block < scales.Length; block++)
            {
                var bytes = blocks.Slice(block * Q8Blocks.BlockBytes, Q8Blocks.BlockBytes);
                scales[block] = (float)MemoryMarshal.Read<Half>(bytes);
                bytes[2..].CopyTo(MemoryMarshal.AsBytes(values.AsSpan(block * 32, 32)));
            }
            return;
        }
        fixed (float* source = row)
        fixed (sbyte* target = values)
        fixed (float* targetScales = scales)
            Quantizer.Quantize(source, row.Length, target, targetScales);
    }

    private static void CheckScales(SourceTensor tensor, int row, ReadOnlySpan<byte> blocks, int blockBytes)
    {
        for (var at = 0; at < blocks.Length; at += blockBytes)
        {
            if ((blocks[at + 1] & 0x7C) == 0x7C)
                throw TooLarge(tensor, row, "a scale in F16");
        }
    }

    private static ModelFormatException TooLarge(SourceTensor tensor, int row, string what) =>
        new($"tensor {tensor.Name}: row {row:N0} has a number too large for {what}. Convert it to f32.");
}
