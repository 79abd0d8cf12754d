using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using static Edge.Inference.Kernels.PackedX64;

namespace Edge.Inference.Kernels;

/// <summary>
/// Packed int8 products with AVX2 (layout: <see cref="PackedWeights"/>; definition: <see cref="QuantDot"/>), four columns
/// of eight rows a vector. The multiply-add of bytes wants one factor unsigned: it gets |x|, and the weight with its bits
/// flipped (-w - 1) where x is negative. What that takes away, the sum of |x| over the negative ones, does not depend on
/// the row, so each block's sum starts with it: one exclusive-or a weight vector, exact for every weight, -128 too.
/// </summary>
[SkipLocalsInit]
internal readonly unsafe struct PackedAvx2 : IPackedBody
{
    private const int TileTokens = Activations.TileTokens;

    public static int BlockBytes => PackedWeights.BlockBytes;

    public static int Tokens => TileTokens;

    /// <summary>Sixteen rows by four tokens: eight sums stay in registers, so that each weight and activation is loaded
    /// once for several products. Tokens beyond the last are computed and left out.</summary>
    public static void Tile(in ProductJob job, int group, int token)
    {
        const int TileBytes = TileTokens * Activations.SplitBytes;
        var block = job.Group(group);
        var x = job.X.Split + ((long)token * job.Blocks * Activations.SplitBytes);
        // (4 tokens, 16 rows) of running results: in memory, since they are touched once a block.
        var results = stackalloc Vector256<float>[2 * TileTokens];
        for (var i = 0; i < 2 * TileTokens; i++)
            results[i] = default;
        var ones = Vector256.Create((short)1);
        for (var b = job.Blocks; b > 0; b--, block += PackedWeights.BlockBytes, x += TileBytes)
        {
            var starts = (int*)(x + (TileTokens * 64));
            var a0 = Vector256.Create(starts[0]);
            var a1 = Vector256.Create(starts[1]);
            var a2 = Vector256.Create(starts[2]);
            var a3 = Vector256.Create(starts[3]);
            var (c0, c1, c2, c3) = (a0, a1, a2, a3);
            var quants = block + PackedWeights.QuantsAt;
            var y = x;
            for (var k = 0; k < 8; k++, quants += PackedWeights.SliceBytes, y += 32)
            {
                var low = Vector256.Load(quants);
                var high = Vector256.Load(quants + 32);
                var (u, flip) = (Four(y), Four(y + 4));
                a0 += Quads(u, low ^ flip, ones);
                c0 += Quads(u, high ^ flip, ones);
                (u, flip) = (Four(y + 8), Four(y + 12));
                a1 += Quads(u, low ^ flip, ones);
                c1 += Quads(u, high ^ flip, ones);
                (u, flip) = (Four(y + 16), Four(y + 20));
                a2 += Quads(u, low ^ flip, ones);
                c2 += Quads(u, high ^ flip, ones);
                (u, flip) = (Four(y + 24), Four(y + 28));
                a3 += Quads(u, low ^ flip, ones);
                c3 += Quads(u, high ^ flip, ones);
            }
            var lowScales = LoadScales(block);
            var highScales = LoadScales(block + 16);
            var xScales = (float*)(starts + TileTokens);
            Add(results, a0, c0, lowScales, highScales, xScales[0]);
            Add(results + 2, a1, c1, lowScales, highScales, xScales[1]);
            Add(results + 4, a2, c2, lowScales, highScales, xScales[2]);
            Add(results + 6, a3, c3, lowScales, highScales, xScales[3]);
        }
        var tokens = Math.Min(TileTokens, job.Tokens - token);
        for (var t = 0; t < tokens; t++)
            Store(job, results + (2 * t), group, token + t);
    }

    /// <summary>Four times sixteen rows by one token.</summary>
    public static void FourGroups(in ProductJob job, int group, int step)
    {
        var block = job.Group(group);
        var distance = (nint)step * job.Blocks * PackedWeights.BlockBytes;
        var x = job.X.Split;
        // (4 groups, 16 rows) of running results: in memory, since they are touched once a block.
        var results = stackalloc Vector256<float>[8];
        for (var i = 0; i < 8; i++)
            results[i] = default;
        var ones = Vector256.Create((short)1);
        for (var b = job.Blocks; b > 0; b--, block += PackedWeights.BlockBytes, x += Activations.SplitBytes)
        {
            var start = (int*)(x + 64);
            var a0 = Vector256.Create(*start);
            var (a1, a2, a3, c0, c1, c2, c3) = (a0, a0, a0, a0, a0, a0, a0);
            var half = block + (2 * distance);
            var slice = block + PackedWeights.QuantsAt;
            var second = half + PackedWeights.QuantsAt;
            var y = x;
            for (var k = 0; k < 8; k++, y += 8, slice += PackedWeights.SliceBytes, second += PackedWeights.SliceBytes)
            {
                var u = Four(y);
                var flip = Four(y + 4);
                a0 += Quads(u, Vector256.Load(slice) ^ flip, ones);
                c0 += Quads(u, Vector256.Load(slice + 32) ^ flip, ones);
                a1 += Quads(u, Vector256.Load(slice + distance) ^ flip, ones);
                c1 += Quads(u, Vector256.Load(slice + distance + 32) ^ flip, ones);
                a2 += Quads(u, Vector256.Load(second) ^ flip, ones);
                c2 += Quads(u, Vector256.Load(second + 32) ^ flip, ones);
                a3 += Quads(u, Vector256.Load(second + distance) ^ flip, ones);
                c3 += Quads(u, Vector256.Load(second + distance + 32) ^ flip, ones);
            }
            var scale = *(float*)(start + 1);
            Add(results, a0, c0, LoadScales(block), LoadScales(block + 16), scale);
            Add(results + 2, a1, c1, LoadScales(block + distance), LoadScales(block + distance + 16), scale);
            Add(results + 4, a2, c2, LoadScales(half), LoadScales(half + 16), scale);
            Add(results + 6, a3, c3, LoadScales(half + distance), LoadScales(half + distance + 16), scale);
        }
        for (var i = 0; i < 4; i++)
            Store(job, results + (2 * i), group + (i * step), 0);
    }

    /// <summary>Twice sixteen rows by one token.</summary>
    public static void TwoGroups(in ProductJob job, int group, int other)
    {
        var block = job.Group(group);
        var distance = (nint)(other - group) * job.Blocks * PackedWeights.BlockBytes;
        var x = job.X.Split;
        var results = stackalloc Vector256<float>[4];
        for (var i = 0; i < 4; i++)
            results[i] = default;
        var ones = Vector256.Create((short)1);
        for (var b = job.Blocks; b > 0; b--, block += PackedWeights.BlockBytes, x += Activations.SplitBytes)
        {
            var start = (int*)(x + 64);
            var a0 = Vector256.Create(*start);
            var (a1, c0, c1) = (a0, a0, a0);
            var slice = block + PackedWeights.QuantsAt;
            var y = x;
            for (var k = 0; k < 8; k++, y += 8, slice += PackedWeights.SliceBytes)
            {
                var u = Four(y);
                var flip = Four(y + 4);
                a0 += Quads(u, Vector256.Load(slice) ^ flip, ones);
                c0 += Quads(u, Vector256.Load(slice + 32) ^ flip, ones);
                a1 += Quads(u, Vector256.Load(slice + distance) ^ flip, ones);
                c1 += Quads(u, Vector256.Load(slice + distance + 32) ^ flip, ones);
            }
            var scale = *(float*)(start + 1);
            Add(results, a0, c0, LoadScales(block), LoadScales(block + 16), scale);
            Add(results + 2, a1, c1, LoadScales(block + distance), LoadScales(block + distance + 16), scale);
        }
        Store(job, results, group, 0);
        Store(job, results + 2, other, 0);
    }

    /// <summary>For each of eight rows the sum of four products; 2 * 127 * 128 fits the 16-bit pairs.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<int> Quads(Vector256<byte> magnitude, Vector256<byte> flipped, Vector256<short> ones) =>
        Avx2.MultiplyAddAdjacent(Avx2.MultiplyAddAdjacent(magnitude, flipped.AsSByte()), ones);
}
