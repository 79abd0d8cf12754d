using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Edge.Inference.Kernels;

/// <summary>
/// Rows of activations in the forms that products read. The quantised forms hold only after the caller quantised them.
/// </summary>
internal readonly unsafe struct Activations
{
    /// <summary>Tokens that lie together in <see cref="Split"/> when there are several.</summary>
    public const int TileTokens = 4;

    /// <summary>Bytes of one block of one token in <see cref="Split"/>.</summary>
    public const int SplitBytes = 64 + (2 * sizeof(int)) + sizeof(float);

    /// <summary>(tokens, columns) fp32.</summary>
    public required float* Values { get; init; }

    /// <summary>(tokens, columns) signed bytes.</summary>
    public required sbyte* Quants { get; init; }

    /// <summary>(tokens, columns / 32) fp32.</summary>
    public required float* Scales { get; init; }

    /// <summary>
    /// (tiles, columns / 32, 76 * lanes), x64 only: for each tile of tokens and block of columns everything that
    /// <see cref="PackedAvx2"/> and <see cref="PackedQ4Avx2"/> read, in the order in which they read it:
    /// (8, lanes, 2, 4) bytes: of four columns and a token the magnitudes |x|, then a mask that is 255 where x is negative;
    /// (lanes) int: of a token the sum of |x| over its negative x; (lanes) fp32: of a token the scale;
    /// (lanes) int: of a token -8 times the sum of x, which is what Q4_0's nibbles, stored plus 8, give too much.
    /// </summary>
    public required byte* Split { get; init; }

    /// <summary>Tokens of a tile of <see cref="Split"/>: 1 where there is one token, else <see cref="TileTokens"/>.</summary>
    public required int Lanes { get; init; }

    /// <summary>One row as the only token. Rows seen this way do not overlap each other, but they do overlap the tiles of
    /// several tokens.</summary>
    /// <param name="columns">Values of a row.</param>
    public Activations Row(int row, int columns)
    {
        var start = (long)row * columns;
        var block = start / Quantizer.GroupSize;
        return new Activations
        {
            Values = Values + start,
            Quants = Quants + start,
            Scales = Scales + block,
            Split = Split + (block * SplitBytes),
            Lanes = 1,
        };
    }

    /// <summary>Quantises <paramref name="length"/> values (a multiple of 32) of a token from column
    /// <paramref name="first"/> on (one, too), in every form that this machine's products read.</summary>
    /// <param name="columns">Values of a token.</param>
    public void Quantize(int token, int columns, int first, int length)
    {
        var start = ((long)token * columns) + first;
        Quantizer.Quantize(Values + start, length, Quants + start, Scales + (start / Quantizer.GroupSize));
        if (Avx2.IsSupported)
            SplitSigns(token, columns, first, length);
    }

    /// <summary>Fills <see cref="Split"/> from <see cref="Quants"/> and <see cref="Scales"/>; x64 only.</summary>
    public void SplitSigns(int token, int columns, int first, int length)
    {
        var blocks = columns / Quantizer.GroupSize;
        var lane = token % Lanes;
        var split = Split + ((((long)(token / Lanes) * blocks) + (first / Quantizer.GroupSize)) * Lanes * SplitBytes);
        var block = ((long)token * blocks) + (first / Quantizer.GroupSize);
        for (var end = block + (length / Quantizer.GroupSize); block < end; block++, split += Lanes * SplitBytes)
        {
            var x = Vector256.Load(Quants + (block * Quantizer.GroupSize));
            var negative = Vector256.LessThan(x, Vector256<sbyte>.Zero).AsByte();
            var magnitude = Avx2.Abs(x);
            var pairs = (ulong*)split + lane;
            var low = Vector256.Create(Interleave(magnitude, negative, 0), Interleave(magnitude, negative, 1));
            var high = Vector256.Create(Interleave(magnitude, negative, 2), Interleave(magnitude, negative, 3));
            for (var k = 0; k < 4; k++)
            {
                pairs[k * Lanes] = low[k];
                pairs[(k + 4) * Lanes] = high[k];
            }
            var starts = (int*)(split + (Lanes * 64));
            starts[lane] = Vector256.Sum(
                Avx2.SumAbsoluteDifferences(magnitude & negative, Vector256<byte>.Zero).AsInt32()
            );
            ((float*)(starts + Lanes))[lane] = Scales[block];
            var sums = Avx2.MultiplyAddAdjacent(Vector256.Create((byte)1), x);
            starts[(2 * Lanes) + lane] = -8 * Vector256.Sum(Avx2.MultiplyAddAdjacent(sums, Vector256.Create((short)1)));
        }
    }

    /// <summary>Two times four magnitudes and their masks: columns 8 * eighth and on.</summary>
    private static Vector128<ulong> Interleave(Vector256<byte> magnitude, Vector256<byte> mask, int eighth)
    {
        var (m, s) = eighth < 2 ? (magnitude.GetLower(), mask.GetLower()) : (magnitude.GetUpper(), mask.GetUpper());
        var both =
            eighth % 2 == 0 ? Sse2.UnpackLow(m.AsUInt32(), s.AsUInt32()) : Sse2.UnpackHigh(m.AsUInt32(), s.AsUInt32());
        return both.AsUInt64();
    }
}
