using System.Buffers.Binary;
using Edge.Inference;

namespace Edge.Bench.Shapes;

/// <summary>
/// Rows of random weights as files store them, uniform and about 1 / sqrt(columns) in size, so that activations stay of
/// ordinary magnitude through any number of layers. The same seed gives the same bytes.
/// </summary>
internal sealed class RandomRows(ulong seed)
{
    /// <summary>Standard deviation of a uniform number from -1 to 1.</summary>
    private const float UniformDeviation = 0.57735f;

    private ulong _state = seed;

    /// <summary>Fills whole rows.</summary>
    /// <param name="columns">A multiple of 32 for the quantised types.</param>
    /// <param name="rows">A multiple of <see cref="Matrix.RowBytesOf"/>.</param>
    public void Fill(TensorType type, int columns, Span<byte> rows)
    {
        var reach = 1f / (UniformDeviation * MathF.Sqrt(columns));
        switch (type)
        {
            case TensorType.Q8_0:
                FillBlocks(rows, 34, (Half)(reach / 127));
                break;
            case TensorType.Q4_0:
                FillBlocks(rows, 18, (Half)(reach / 8));
                break;
            case TensorType.F16:
                for (var at = 0; at < rows.Length; at += 2)
                    BinaryPrimitives.WriteHalfLittleEndian(rows[at..], (Half)Uniform(reach));
                break;
            case TensorType.F32:
                for (var at = 0; at < rows.Length; at += 4)
                    BinaryPrimitives.WriteSingleLittleEndian(rows[at..], Uniform(reach));
                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(type), type, "weights must be Q8_0, Q4_0, F16 or F32");
        }
    }

    /// <summary>An fp16 scale, then signed bytes of -127 to 127, or nibbles of which any value will do.</summary>
    private void FillBlocks(Span<byte> rows, int blockBytes, Half scale)
    {
        for (var at = 0; at < rows.Length; at += blockBytes)
        {
            BinaryPrimitives.WriteHalfLittleEndian(rows[at..], scale);
            var values = rows.Slice(at + 2, blockBytes - 2);
            for (var i = 0; i < values.Length; i += 8)
                BinaryPrimitives.WriteUInt64LittleEndian(values[i..], Next());
            // No quantiser writes -128.
            if (blockBytes == 34)
                values.Replace((byte)0x80, (byte)0x81);
        }
    }

    /// <summary>-reach to reach, in 2^24 steps.</summary>
    private float Uniform(float reach) => (((Next() >> 40) * (2f / (1 << 24))) - 1f) * reach;

    /// <summary>SplitMix64 (Steele, Lea, Flood 2014).</summary>
    private ulong Next()
    {
        _state += 0x9E3779B97F4A7C15;
        var mixed = (_state ^ (_state >> 30)) * 0xBF58476D1CE4E5B9;
        mixed = (mixed ^ (mixed >> 27)) * 0x94D049BB133111EB;
        return mixed ^ (mixed >> 31);
    }
}
