using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Edge.Inference.Kernels;

/// <summary>
/// Packed int8 products with AVX2 (layout: <see cref="PackedWeights"/>; definition: <see cref="QuantDot"/>), four columns
/// of eight rows a vector. The multiply-add of bytes wants one factor unsigned: it gets |x|, and the weight with its bits
/// flipped (-w - 1) where x is negative. What that takes away, the sum of |x| over the negative ones, does not depend on
/// the row, so each block's sum starts with it: one exclusive-or a weight vector, exact for every weight, -128 too.
/// </summary>
[SkipLocalsInit]
internal static unsafe class PackedAvx2
{
    private const int TileTokens = Activations.TileTokens;

    /// <summary>A <see cref="RowsProduct"/>.</summary>
    public static void Rows(in ProductJob job, int firstRow, int endRow)
    {
        var first = firstRow / PackedWeights.GroupRows;
        var end = PackedWeights.Groups(endRow);
        if (job.Tokens > 1)
        {
            var tiles = (job.Tokens + TileTokens - 1) / TileTokens;
            for (var group = first; group < end; group++)
            for (var tile = 0; tile < tiles; tile++)
            {
                PrefetchShare(job, group + 1, tile, tiles);
                FourTokens(job, group, tile * TileTokens);
            }
            return;
        }
        // Four places of the matrix are read side by side: measured, memory delivers four streams faster than one, and
        // then asking for weights ahead of their use only gets in the way.
        var quarter = (end - first) / 4;
        for (var g = 0; g < quarter; g++)
            FourGroups(job, first + g, quarter);
        for (var group = first + (4 * quarter); group < end; group += 2)
            TwoGroups(job, group, Math.Min(group + 1, end - 1));
    }

    /// <summary>Sixteen rows by four tokens: eight sums stay in registers, so that each weight and activation is loaded
    /// once for several products. Tokens beyond the last are computed and left out.</summary>
    private static void FourTokens(in ProductJob job, int group, int token)
    {
        const int BlockBytes = TileTokens * Activations.SplitBytes;
        var block = job.Group(group);
        var x = job.X.Split + ((long)token * job.Blocks * Activations.SplitBytes);
        // (4 tokens, 16 rows) of running results: in memory, since they are touched once a block.
        var results = stackalloc Vector256<float>[2 * TileTokens];
        for (var i = 0; i < 2 * TileTokens; i++)
            results[i] = default;
        var ones = Vector256.Create((short)1);
        for (var b = job.Blocks; b > 0; b--, block += PackedWeights.BlockBytes, x += BlockBytes)
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

    /// <summary>Asks for a share of a group's weights while the group before it is computed. An address beyond the last
    /// weight does no harm.</summary>
    private static void PrefetchShare(in ProductJob job, int group, int share, int shares)
    {
        var bytes = job.Blocks * PackedWeights.BlockBytes;
        var start = job.Group(group);
        for (var at = bytes * share / shares; at < bytes * (share + 1) / shares; at += 64)
            Sse.Prefetch0(start + at);
    }

    /// <summary>Four times sixteen rows by one token.</summary>
    private static void FourGroups(in ProductJob job, int group, int step)
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
    private static void TwoGroups(in ProductJob job, int group, int other)
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

    /// <summary>Writes sixteen rows, those beyond the last left out.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Store(in ProductJob job, Vector256<float>* results, int group, int token)
    {
        var row = group * PackedWeights.GroupRows;
        var output = job.TokenOutput(token);
        if (row + PackedWeights.GroupRows <= job.W.Rows)
        {
            results[0].Store(output + row);
            results[1].Store(output + row + 8);
        }
        else
            PackedWeights.Store((float*)results, output, row, PackedWeights.GroupRows, job.W.Rows);
    }

    /// <summary>Eight fp16 scales; see <see cref="HalfBits"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<float> LoadScales(byte* scales)
    {
        var moved = Avx2.ConvertToVector256Int32((short*)scales) << 13;
        return (moved & Vector256.Create(unchecked((int)0x8FFFE000))).AsSingle() * HalfBits.Rebias;
    }

    /// <summary>Four bytes in every lane.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<byte> Four(byte* x) => Vector256.Create(Unsafe.ReadUnaligned<int>(x)).AsByte();

    /// <summary>For each of eight rows the sum of four products; 2 * 127 * 128 fits the 16-bit pairs.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<int> Quads(Vector256<byte> magnitude, Vector256<byte> flipped, Vector256<short> ones) =>
        Avx2.MultiplyAddAdjacent(Avx2.MultiplyAddAdjacent(magnitude, flipped.AsSByte()), ones);

    /// <summary>results[0..1] = fma(sums, scales * xScale, results).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Add(
        Vector256<float>* results,
        Vector256<int> low,
        Vector256<int> high,
        Vector256<float> lowScales,
        Vector256<float> highScales,
        float xScale
    )
    {
        var scale = Vector256.Create(xScale);
        results[0] = Fma.MultiplyAdd(Avx.ConvertToVector256Single(low), lowScales * scale, results[0]);
        results[1] = Fma.MultiplyAdd(Avx.ConvertToVector256Single(high), highScales * scale, results[1]);
    }
}
