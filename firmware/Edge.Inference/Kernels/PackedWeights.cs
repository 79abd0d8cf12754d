using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Edge.Inference.Kernels;

// How weights lie in memory once they are packed. Eight rows make a group, so that one vector holds four columns of each
// of eight rows, and the sum over a row never has to be gathered from the lanes of a vector:
//  1. quants: (groups, blocks, 8, 8, 4) signed bytes: byte i of slice k of row r in block b is column 32b + 4k + i of row
//     8 * group + r
//  2. scales: (groups, blocks, 8) fp16
// Rows beyond the last are zero. 34 bytes for 32 weights, as in the file.

/// <summary>Repacks Q8_0 rows into groups of eight.</summary>
internal static unsafe class PackedWeights
{
    public const int GroupRows = 8;

    /// <summary>Bytes of quants of one block of one group.</summary>
    public const int BlockBytes = 256;

    public static int Groups(int rows) => (rows + GroupRows - 1) / GroupRows;

    /// <summary>Bytes of the quants, a multiple of 256.</summary>
    public static long QuantBytes(int rows, int columns) => (long)Groups(rows) * (columns / 32) * BlockBytes;

    /// <summary>Bytes of the scales, a multiple of 16.</summary>
    public static long ScaleBytes(int rows, int columns) => (long)Groups(rows) * (columns / 32) * GroupRows * 2;

    /// <summary>Packs the groups firstGroup to endGroup - 1 of a Q8_0 matrix.</summary>
    public static void Pack(in Matrix source, int firstGroup, int endGroup, byte* quants, ushort* scales)
    {
        var blocks = source.Columns / 32;
        for (var group = firstGroup; group < endGroup; group++)
        for (var r = 0; r < GroupRows; r++)
        {
            var row = (group * GroupRows) + r;
            var from = source.Data + (row * source.RowBytes);
            var to = (uint*)(quants + ((long)group * blocks * BlockBytes)) + r;
            var scale = scales + ((long)group * blocks * GroupRows) + r;
            for (var b = 0; b < blocks; b++, from += Q8Blocks.BlockBytes, to += BlockBytes / 4, scale += GroupRows)
            {
                if (row >= source.Rows)
                {
                    *scale = 0;
                    for (var k = 0; k < 8; k++)
                        to[k * GroupRows] = 0;
                    continue;
                }
                *scale = Unsafe.ReadUnaligned<ushort>(from);
                for (var k = 0; k < 8; k++)
                    to[k * GroupRows] = Unsafe.ReadUnaligned<uint>(from + 2 + (4 * k));
            }
        }
    }

    /// <summary>One row as fp32, (columns).</summary>
    public static void ReadRow(in Matrix w, int row, float* output)
    {
        var blocks = w.Columns / 32;
        var group = row / GroupRows;
        var quants = (sbyte*)w.Data + ((long)group * blocks * BlockBytes) + (row % GroupRows * 4);
        var scales = (ushort*)w.Scales + ((long)group * blocks * GroupRows) + (row % GroupRows);
        for (var b = 0; b < blocks; b++)
        {
            var scale = HalfBits.ToSingle(scales[b * GroupRows]);
            for (var i = 0; i < 32; i++)
                output[(b * 32) + i] = scale * quants[(b * BlockBytes) + (i / 4 * 32) + (i % 4)];
        }
    }

    /// <summary>The eight fp16 scales of a block of a group.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> LoadScales(ushort* scales)
    {
        // Bits 0x8FFFE000 keep the sign and the moved exponent and fraction; see HalfBits.
        var (low, high) = Vector128.Widen(Vector128.Load((short*)scales));
        var wide = Vector256.Create(low, high) << 13;
        var bits = wide & Vector256.Create(unchecked((int)0x8FFFE000));
        return bits.AsSingle() * HalfBits.Rebias;
    }
}
