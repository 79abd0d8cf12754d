using System.Runtime.CompilerServices;

namespace Edge.Inference.Kernels;

// How weights lie in memory once they are packed: sixteen rows make a group, so that one vector holds four columns of each
// of several rows, and the sum over a row never has to be gathered from the lanes of a vector. A matrix is one stream that
// is read from front to back: (groups, blocks) of 544 bytes (Q8_0) or 288 (Q4_0) each:
//  1. sixteen fp16 scales, one a row
//  2. Q8_0: quants (8, 16, 4): byte i of row r of slice k in block b is column 32b + 4k + i of row 16 * group + r
//     Q4_0: quants (4, 16, 4): byte i of row r of slice k holds column 32b + 4k + i of that row in its low nibble and
//     column 32b + 16 + 4k + i in its high nibble, both plus 8, as in the file
// Rows beyond the last are zero bytes. As many bytes as in the file; every vector is aligned to its size, up to 32.

/// <summary>Repacks Q8_0 and Q4_0 rows into groups of sixteen.</summary>
internal static unsafe class PackedWeights
{
    public const int GroupRows = 16;

    /// <summary>Rows of one vector.</summary>
    public const int HalfRows = 8;

    /// <summary>Where the quants of a block start, after its scales.</summary>
    public const int QuantsAt = 2 * GroupRows;

    /// <summary>Bytes of a slice of a group: four columns (Q8_0) or two times four (Q4_0) of sixteen rows.</summary>
    public const int SliceBytes = 4 * GroupRows;

    /// <summary>Slices of a Q8_0 block.</summary>
    public const int Slices = 8;

    /// <summary>Slices of a Q4_0 block.</summary>
    public const int Q4Slices = 4;

    /// <summary>Bytes of one block of one group of Q8_0 rows.</summary>
    public const int BlockBytes = QuantsAt + (Slices * SliceBytes);

    /// <summary>Bytes of one block of one group of Q4_0 rows.</summary>
    public const int Q4BlockBytes = QuantsAt + (Q4Slices * SliceBytes);

    /// <summary>The packed form of a storage type; null where there is none.</summary>
    public static TensorType? PackedType(TensorType stored) =>
        stored switch
        {
            TensorType.Q8_0 => TensorType.Q8Packed,
            TensorType.Q4_0 => TensorType.Q4Packed,
            _ => null,
        };

    public static int Groups(int rows) => (rows + GroupRows - 1) / GroupRows;

    /// <summary>Bytes of a packed Q8_0 matrix, a multiple of 32.</summary>
    public static long Bytes(int rows, int columns) => Bytes(TensorType.Q8Packed, rows, columns);

    /// <summary>Bytes of a packed matrix, a multiple of 32.</summary>
    public static long Bytes(TensorType packed, int rows, int columns) =>
        (long)Groups(rows) * (columns / 32) * Shape(packed).BlockBytes;

    /// <summary>Packs the groups firstGroup to endGroup - 1 of a Q8_0 or Q4_0 matrix.</summary>
    /// <param name="target">Start of the packed matrix, aligned to 32.</param>
    public static void Pack(in Matrix source, int firstGroup, int endGroup, byte* target)
    {
        var (slices, blockBytes) = Shape(source.Type);
        var blocks = source.Columns / 32;
        for (var group = firstGroup; group < endGroup; group++)
        for (var r = 0; r < GroupRows; r++)
        {
            var row = (group * GroupRows) + r;
            var inside = row < source.Rows;
            var from = source.Data + (row * source.RowBytes);
            var to = target + ((long)group * blocks * blockBytes);
            for (var b = 0; b < blocks; b++, from += sizeof(ushort) + (4 * slices), to += blockBytes)
            {
                ((ushort*)to)[r] = inside ? Unsafe.ReadUnaligned<ushort>(from) : (ushort)0;
                var quants = (uint*)(to + QuantsAt) + r;
                for (var k = 0; k < slices; k++)
                    quants[k * GroupRows] = inside ? Unsafe.ReadUnaligned<uint>(from + 2 + (4 * k)) : 0;
            }
        }
    }

    /// <summary>One row as fp32, (columns).</summary>
    public static void ReadRow(in Matrix w, int row, float* output)
    {
        var blockBytes = Shape(w.Type).BlockBytes;
        var blocks = w.Columns / 32;
        var block = w.Data + ((long)(row / GroupRows) * blocks * blockBytes);
        var r = row % GroupRows;
        for (var b = 0; b < blocks; b++, block += blockBytes, output += 32)
        {
            var scale = HalfBits.ToSingle(((ushort*)block)[r]);
            for (var i = 0; i < 32; i++)
                output[i] = scale * (w.Type == TensorType.Q8Packed ? At(block, r, i) : Q4At(block, r, i));
        }
    }

    /// <summary>Column i of row r in a block of Q8_0 weights.</summary>
    public static int At(byte* block, int r, int i) =>
        (sbyte)block[QuantsAt + (i / 4 * SliceBytes) + (r * 4) + (i % 4)];

    /// <summary>Column i of row r in a block of Q4_0 weights.</summary>
    public static int Q4At(byte* block, int r, int i)
    {
        var both = block[QuantsAt + (i % 16 / 4 * SliceBytes) + (r * 4) + (i % 4)];
        return (i < 16 ? both & 15 : both >> 4) - 8;
    }

    /// <summary>Writes the results of rows firstRow to firstRow + count - 1, those beyond the last row left out.</summary>
    public static void Store(float* results, float* output, int firstRow, int count, int rows)
    {
        count = Math.Min(count, rows - firstRow);
        if (count > 0)
            Unsafe.CopyBlockUnaligned(output + firstRow, results, (uint)count * sizeof(float));
    }

    private static (int Slices, int BlockBytes) Shape(TensorType type) =>
        type switch
        {
            TensorType.Q8_0 or TensorType.Q8Packed => (Slices, BlockBytes),
            TensorType.Q4_0 or TensorType.Q4Packed => (Q4Slices, Q4BlockBytes),
            _ => throw new ArgumentOutOfRangeException(nameof(type), type, "weights of this type are not packed"),
        };
}
