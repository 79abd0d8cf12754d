namespace Edge.Inference;

/// <summary>How the elements of a tensor are stored. Values up to 255 are GGUF's own numbers.</summary>
public enum TensorType
{
    F32 = 0,
    F16 = 1,

    /// <summary>Blocks of 32: fp16 scale, then 16 bytes of nibbles (low nibbles first); value = scale * (nibble - 8).</summary>
    Q4_0 = 2,

    /// <summary>Blocks of 32: fp16 scale, then 32 signed bytes; value = scale * byte.</summary>
    Q8_0 = 8,
    BF16 = 30,

    /// <summary>llama2.c version 2: a plane of signed bytes and a plane of fp32 scales, one per group.</summary>
    Q8Planar = 256,

    /// <summary>Q8_0 in memory only, sixteen rows interleaved: see Kernels/PackedWeights.</summary>
    Q8Packed = 257,

    /// <summary>Q4_0 in memory only, sixteen rows interleaved: see Kernels/PackedWeights.</summary>
    Q4Packed = 258,
}

/// <summary>
/// A read-only weight matrix, (rows, columns) row-major: each row is the weights of one output. Points into memory
/// that the <see cref="ModelFile"/> owns and keeps mapped; use nothing of it after the file is disposed.
/// </summary>
public readonly unsafe struct Matrix
{
    public Matrix(TensorType type, int rows, int columns, byte* data, float* scales = null, int groupSize = 32)
    {
        Type = type;
        Rows = rows;
        Columns = columns;
        Data = data;
        Scales = scales;
        GroupSize = groupSize;
    }

    public TensorType Type { get; }

    public int Rows { get; }

    public int Columns { get; }

    /// <summary>First byte of row 0. Rows follow each other without padding; no alignment is promised.</summary>
    public byte* Data { get; }

    /// <summary>Q8Planar: one scale per <see cref="GroupSize"/> columns, row-major.</summary>
    public float* Scales { get; }

    /// <summary>Columns that share one scale: 32, or llama2.c's group size (a multiple of 32) for Q8Planar.</summary>
    public int GroupSize { get; }

    /// <summary>Bytes from one row's data to the next row's.</summary>
    public long RowBytes => RowBytesOf(Type, Columns);

    /// <summary>Bytes of the whole matrix, scales included.</summary>
    public long TotalBytes =>
        RowBytes * Rows + (Type == TensorType.Q8Planar ? (long)Rows * (Columns / GroupSize) * sizeof(float) : 0);

    /// <summary>Bytes of one row of <paramref name="columns"/> elements. Quantised types need a multiple of 32.</summary>
    public static long RowBytesOf(TensorType type, int columns) =>
        type switch
        {
            TensorType.F32 => 4L * columns,
            TensorType.F16 or TensorType.BF16 => 2L * columns,
            TensorType.Q4_0 => columns / 32 * 18L,
            TensorType.Q8_0 => columns / 32 * 34L,
            TensorType.Q8Planar => columns,
            _ => throw new ArgumentOutOfRangeException(nameof(type), type, "not a tensor type that Edge computes with"),
        };
}
