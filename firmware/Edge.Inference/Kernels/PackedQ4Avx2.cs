using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using static Edge.Inference.Kernels.PackedX64;

namespace Edge.Inference.Kernels;

/// <summary>
/// Packed int4 products with AVX2 (layout: <see cref="PackedWeights"/>; definition: <see cref="QuantDot"/>). A nibble n, 0
/// to 15, is the unsigned factor of the multiply-add of bytes and x the signed one: a pair of products is at most
/// 2 * 15 * 127 = 3810, so the eight pairs of a block add up in 16 bits. The weight is n - 8: each block's sum starts with
/// -8 times the sum of x, which does not depend on the row.
/// </summary>
[SkipLocalsInit]
internal readonly unsafe struct PackedQ4Avx2 : IPackedBody
{
    private const int TileTokens = Activations.TileTokens;

    public static int BlockBytes => PackedWeights.Q4BlockBytes;

    public static int Tokens => TileTokens;

    /// <summary>Sixteen rows by four tokens: eight sums stay in registers.</summary>
    public static void Tile(in ProductJob job, int group, int token)
    {
        const int TileBytes = TileTokens * Activations.SplitBytes;
        var block = job.Group(group, PackedWeights.Q4BlockBytes);
        var split = job.X.Split + ((long)token * job.Blocks * Activations.SplitBytes) + (TileTokens * 64);
        var tokens = Math.Min(TileTokens, job.Tokens - token);
        // Tokens beyond the last: any that exist, they are computed and left out.
        var x0 = job.TokenQuants(token);
        var x1 = job.TokenQuants(token + Math.Min(1, tokens - 1));
        var x2 = job.TokenQuants(token + Math.Min(2, tokens - 1));
        var x3 = job.TokenQuants(token + tokens - 1);
        // (4 tokens, 16 rows) of running results: in memory, since they are touched once a block.
        var results = stackalloc Vector256<float>[2 * TileTokens];
        for (var i = 0; i < 2 * TileTokens; i++)
            results[i] = default;
        var nibble = Vector256.Create((byte)15);
        for (nint at = 0, end = (nint)job.Blocks * 32; at < end; block += BlockBytes, split += TileBytes)
        {
            Vector256<short> a0 = default;
            var (a1, a2, a3, c0, c1, c2, c3) = (a0, a0, a0, a0, a0, a0, a0);
            var quants = block + PackedWeights.QuantsAt;
            for (var half = at + 16; at < half; at += 4, quants += PackedWeights.SliceBytes)
            {
                var (low, high) = (Vector256.Load(quants), Vector256.Load(quants + 32));
                var (l0, l1, h0, h1) = (low & nibble, High(low, nibble), high & nibble, High(high, nibble));
                var (y, z) = (Four(x0 + at), Four(x0 + at + 16));
                a0 = a0 + Pairs(l0, y) + Pairs(l1, z);
                c0 = c0 + Pairs(h0, y) + Pairs(h1, z);
                (y, z) = (Four(x1 + at), Four(x1 + at + 16));
                a1 = a1 + Pairs(l0, y) + Pairs(l1, z);
                c1 = c1 + Pairs(h0, y) + Pairs(h1, z);
                (y, z) = (Four(x2 + at), Four(x2 + at + 16));
                a2 = a2 + Pairs(l0, y) + Pairs(l1, z);
                c2 = c2 + Pairs(h0, y) + Pairs(h1, z);
                (y, z) = (Four(x3 + at), Four(x3 + at + 16));
                a3 = a3 + Pairs(l0, y) + Pairs(l1, z);
                c3 = c3 + Pairs(h0, y) + Pairs(h1, z);
            }
            at += 16;
            var (lowScales, highScales) = (LoadScales(block), LoadScales(block + 16));
            var scales = (float*)split + TileTokens;
            var starts = (int*)scales + TileTokens;
            Add(results, Sum(a0, starts[0]), Sum(c0, starts[0]), lowScales, highScales, scales[0]);
            Add(results + 2, Sum(a1, starts[1]), Sum(c1, starts[1]), lowScales, highScales, scales[1]);
            Add(results + 4, Sum(a2, starts[2]), Sum(c2, starts[2]), lowScales, highScales, scales[2]);
            Add(results + 6, Sum(a3, starts[3]), Sum(c3, starts[3]), lowScales, highScales, scales[3]);
        }
        for (var t = 0; t < tokens; t++)
            Store(job, results + (2 * t), group, token + t);
    }

    /// <summary>Four times sixteen rows by one token.</summary>
    public static void FourGroups(in ProductJob job, int group, int step)
    {
        var block = job.Group(group, PackedWeights.Q4BlockBytes);
        var distance = (nint)step * job.Blocks * BlockBytes;
        var x = job.X.Quants;
        var split = job.X.Split + 64;
        var results = stackalloc Vector256<float>[8];
        for (var i = 0; i < 8; i++)
            results[i] = default;
        var nibble = Vector256.Create((byte)15);
        for (var b = job.Blocks; b > 0; b--, block += BlockBytes, x += 16, split += Activations.SplitBytes)
        {
            Vector256<short> a0 = default;
            var (a1, a2, a3, c0, c1, c2, c3) = (a0, a0, a0, a0, a0, a0, a0);
            var half = block + (2 * distance);
            var slice = block + PackedWeights.QuantsAt;
            var second = half + PackedWeights.QuantsAt;
            for (var end = x + 16; x < end; x += 4)
            {
                var (y, z) = (Four(x), Four(x + 16));
                a0 += Both(Vector256.Load(slice), y, z, nibble);
                c0 += Both(Vector256.Load(slice + 32), y, z, nibble);
                a1 += Both(Vector256.Load(slice + distance), y, z, nibble);
                c1 += Both(Vector256.Load(slice + distance + 32), y, z, nibble);
                a2 += Both(Vector256.Load(second), y, z, nibble);
                c2 += Both(Vector256.Load(second + 32), y, z, nibble);
                a3 += Both(Vector256.Load(second + distance), y, z, nibble);
                c3 += Both(Vector256.Load(second + distance + 32), y, z, nibble);
                slice += PackedWeights.SliceBytes;
                second += PackedWeights.SliceBytes;
            }
            var scale = ((float*)split)[1];
            var start = ((int*)split)[2];
            Add(results, Sum(a0, start), Sum(c0, start), LoadScales(block), LoadScales(block + 16), scale);
            var at = block + distance;
            Add(results + 2, Sum(a1, start), Sum(c1, start), LoadScales(at), LoadScales(at + 16), scale);
            Add(results + 4, Sum(a2, start), Sum(c2, start), LoadScales(half), LoadScales(half + 16), scale);
            at = half + distance;
            Add(results + 6, Sum(a3, start), Sum(c3, start), LoadScales(at), LoadScales(at + 16), scale);
        }
        for (var i = 0; i < 4; i++)
            Store(job, results + (2 * i), group + (i * step), 0);
    }

    /// <summary>Twice sixteen rows by one token.</summary>
    public static void TwoGroups(in ProductJob job, int group, int other)
    {
        var block = job.Group(group, PackedWeights.Q4BlockBytes);
        var distance = (nint)(other - group) * job.Blocks * BlockBytes;
        var x = job.X.Quants;
        var split = job.X.Split + 64;
        var results = stackalloc Vector256<float>[4];
        for (var i = 0; i < 4; i++)
            results[i] = default;
        var nibble = Vector256.Create((byte)15);
        for (var b = job.Blocks; b > 0; b--, block += BlockBytes, x += 16, split += Activations.SplitBytes)
        {
            Vector256<short> a0 = default;
            var (a1, c0, c1) = (a0, a0, a0);
            var slice = block + PackedWeights.QuantsAt;
            for (var end = x + 16; x < end; x += 4, slice += PackedWeights.SliceBytes)
            {
                var (y, z) = (Four(x), Four(x + 16));
                a0 += Both(Vector256.Load(slice), y, z, nibble);
                c0 += Both(Vector256.Load(slice + 32), y, z, nibble);
                a1 += Both(Vector256.Load(slice + distance), y, z, nibble);
                c1 += Both(Vector256.Load(slice + distance + 32), y, z, nibble);
            }
            var scale = ((float*)split)[1];
            var start = ((int*)split)[2];
            Add(results, Sum(a0, start), Sum(c0, start), LoadScales(block), LoadScales(block + 16), scale);
            var at = block + distance;
            Add(results + 2, Sum(a1, start), Sum(c1, start), LoadScales(at), LoadScales(at + 16), scale);
        }
        Store(job, results, group, 0);
        Store(job, results + 2, other, 0);
    }

    /// <summary>A slice's pairs of products: y belongs to the low nibbles, z to the high ones.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<short> Both(
        Vector256<byte> quants,
        Vector256<byte> y,
        Vector256<byte> z,
        Vector256<byte> nibble
    ) => Pairs(quants & nibble, y) + Pairs(High(quants, nibble), z);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<byte> High(Vector256<byte> quants, Vector256<byte> nibble) =>
        (quants.AsUInt16() >>> 4).AsByte() & nibble;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<short> Pairs(Vector256<byte> nibbles, Vector256<byte> x) =>
        Avx2.MultiplyAddAdjacent(nibbles, x.AsSByte());

    /// <summary>For each of eight rows the sum of its two pairs and of what a block starts with.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<int> Sum(Vector256<short> pairs, int start) =>
        Avx2.MultiplyAddAdjacent(pairs, Vector256.Create((short)1)) + Vector256.Create(start);
}
