using System.Runtime.CompilerServices;

namespace Edge.Inference.Kernels;

// How weights lie in memory once they are packed: sixteen rows make a group, so that one vector holds four columns of each
// of several rows, and the sum over a row never has to be gathered from the lanes of a vector. A matrix is one stream that
// is read from front to back: (groups, blocks) of 544 bytes each:
//  1. sixteen fp16 scales, one a row
//  2. quants (8, 16, 4): byte i of row r of slice k in block b is column 32b + 4k + i of row 16 * group + r
// Rows beyond the last are zero. 34 bytes for 32 weights, as in the file; every vector is aligned to its size.

/// <summary>Repacks Q8_0 rows into groups of sixteen.</summary>
internal static unsafe class PackedWeights
{
    public const int GroupRows = 16;

    /// <summary>Rows of one vector.</summary>
    public const int HalfRows = 8;

    /// <summary>Where the quants of a block start, after its scales.</summary>
    public const int QuantsAt = 2 * GroupRows;

    /// <summary>Bytes of four columns of a group.</summary>
    public const int SliceBytes = 4 * GroupRows;

    /// <summary>Bytes of one block of one group.</summary>
    public const int BlockBytes = QuantsAt + (8 * SliceBytes);

    public static int Groups(int rows) => (rows + GroupRows - 1) / GroupRows;

    /// <summary>Bytes of a packed matrix, a multiple of 32.</summary>
    public static long Bytes(int rows, int columns) => (long)Groups(rows) * (columns / 32) * BlockBytes;

    /// <summary>Packs the groups firstGroup to endGroup - 1 of a Q8_0 matrix.</summary>
    /// <param name="target">Start of the packed matrix, aligned to 32.</param>
    public static void Pack(in Matrix source, int firstGroup, int endGroup, byte* target)
    {
        var blocks = source.Columns / 32;
        for (var group = firstGroup; group < endGroup; group++)
        for (var r = 0; r < GroupRows; r++)
        {
            var row = (group * GroupRows) + r;
            var from = source.Data + (row * source.RowBytes);
            var to = target + ((long)group * blocks * BlockBytes);
            var quants = (uint*)(to + QuantsAt) + r;
            for (var b = 0; b < blocks; b++, from += Q8Blocks.BlockBytes, to += BlockBytes, quants += BlockBytes / 4)
            {
                var inside = row < source.Rows;
                ((ushort*)to)[r] = inside ? Unsafe.ReadUnaligned<ushort>(from) : (ushort)0;
                for (var k = 0; k < 8; k++)
                    quants[k * GroupRows] = inside ? Unsafe.ReadUnaligned<uint>(from + 2 + (4 * k)) : 0;
            }
        }
    }

    /// <summary>One row as fp32, (columns).</summary>
    public static void ReadRow(in Matrix w, int row, float* output)
    {
        var blocks = w.Columns / 32;
        var block = w.Data + ((long)(row / GroupRows) * blocks * BlockBytes);
        var r = row % GroupRows;
        for (var b = 0; b < blocks; b++, block += BlockBytes)
        {
            var scale = HalfBits.ToSingle(((ushort*)block)[r]);
            var quants = (sbyte*)block + QuantsAt + (r * 4);
            for (var i = 0; i < 32; i++)
                output[(b * 32) + i] = scale * quants[(i / 4 * SliceBytes) + (i % 4)];
        }
    }

    /// <summary>Writes the results of rows firstRow to firstRow + count - 1, those beyond the last row left out.</summary>
    public static void Store(float* results, float* output, int firstRow, int count, int rows)
    {
        count = Math.Min(count, rows - firstRow);
        if (count > 0)
            Unsafe.CopyBlockUnaligned(output + firstRow, results, (uint)count * sizeof(float));
    }
}
