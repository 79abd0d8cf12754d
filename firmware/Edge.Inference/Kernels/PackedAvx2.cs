using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Edge.Inference.Kernels;

/// <summary>
/// Packed int8 products with AVX2 (see <see cref="PackedWeights"/> for the layout, <see cref="QuantDot"/> for the
/// definition): |w| times x with w's sign, four columns of eight rows at a time.
/// </summary>
internal static unsafe class PackedAvx2
{
    private const int TileTokens = 4;

    /// <summary>How far ahead of its use a weight is asked for: the processor's own look-ahead is too short for memory.
    /// Measured: 1 to 8 KiB are alike, without it decoding takes half as long again to three times as long.</summary>
    private const int PrefetchBytes = 4096;

    /// <summary>A <see cref="RowsProduct"/>.</summary>
    public static void Rows(in ProductJob job, int firstRow, int endRow)
    {
        for (var group = firstRow / PackedWeights.GroupRows; group * PackedWeights.GroupRows < endRow; group++)
        {
            var t = 0;
            for (; t + TileTokens <= job.Tokens; t += TileTokens)
                FourTokens(job, group, t);
            for (; t < job.Tokens; t++)
                OneToken(job, group, t);
        }
    }

    /// <summary>Eight sums stay in registers, so that each weight and activation is loaded once for several products.</summary>
    private static void FourTokens(in ProductJob job, int group, int token)
    {
        var blocks = job.Blocks;
        var columns = (nint)blocks * 32;
        var block = job.Group(group);
        var x = job.TokenQuants(token);
        var xScales = job.TokenScales(token);
        // (4 tokens, 16 rows) of running results: in memory, since they are touched once a block.
        var results = stackalloc Vector256<float>[2 * TileTokens];
        for (var i = 0; i < 2 * TileTokens; i++)
            results[i] = default;
        var ones = Vector256.Create((short)1);
        for (var b = 0; b < blocks; b++)
        {
            Vector256<int> a0 = default,
                a1 = default,
                a2 = default,
                a3 = default,
                c0 = default,
                c1 = default,
                c2 = default,
                c3 = default;
            var quants = (sbyte*)block + PackedWeights.QuantsAt;
            for (var k = 0; k < 8; k++, quants += 32, x += 4)
            {
                var v0 = Vector256.Load(quants);
                var v1 = Vector256.Load(quants + PackedWeights.HalfBytes);
                var m0 = Avx2.Abs(v0);
                var m1 = Avx2.Abs(v1);
                var y = Four(x);
                a0 += Quads(m0, v0, y, ones);
                c0 += Quads(m1, v1, y, ones);
                y = Four(x + columns);
                a1 += Quads(m0, v0, y, ones);
                c1 += Quads(m1, v1, y, ones);
                y = Four(x + (2 * columns));
                a2 += Quads(m0, v0, y, ones);
                c2 += Quads(m1, v1, y, ones);
                y = Four(x + (3 * columns));
                a3 += Quads(m0, v0, y, ones);
                c3 += Quads(m1, v1, y, ones);
            }
            var low = LoadScales(block);
            var high = LoadScales(block + 16);
            Add(results, a0, c0, low, high, xScales[b]);
            Add(results + 2, a1, c1, low, high, xScales[blocks + b]);
            Add(results + 4, a2, c2, low, high, xScales[(2 * blocks) + b]);
            Add(results + 6, a3, c3, low, high, xScales[(3 * blocks) + b]);
            block += PackedWeights.BlockBytes;
        }
        var row = group * PackedWeights.GroupRows;
        for (var t = 0; t < TileTokens; t++)
            PackedWeights.Store(
                (float*)(results + (2 * t)),
                job.TokenOutput(token + t),
                row,
                PackedWeights.GroupRows,
                job.W.Rows
            );
    }

    private static void OneToken(in ProductJob job, int group, int token)
    {
        var block = job.Group(group);
        var x = job.TokenQuants(token);
        var xScales = job.TokenScales(token);
        var results = stackalloc Vector256<float>[2];
        Vector256<float> low = default,
            high = default;
        var ones = Vector256.Create((short)1);
        for (var b = job.Blocks; b > 0; b--)
        {
            Prefetch(block + PrefetchBytes);
            Vector256<int> a = default,
                c = default;
            var quants = (sbyte*)block + PackedWeights.QuantsAt;
            Slice(quants, x, ones, ref a, ref c);
            Slice(quants + 32, x + 4, ones, ref a, ref c);
            Slice(quants + 64, x + 8, ones, ref a, ref c);
            Slice(quants + 96, x + 12, ones, ref a, ref c);
            Slice(quants + 128, x + 16, ones, ref a, ref c);
            Slice(quants + 160, x + 20, ones, ref a, ref c);
            Slice(quants + 192, x + 24, ones, ref a, ref c);
            Slice(quants + 224, x + 28, ones, ref a, ref c);
            var xScale = Vector256.Create(*xScales);
            low = Fma.MultiplyAdd(Avx.ConvertToVector256Single(a), LoadScales(block) * xScale, low);
            high = Fma.MultiplyAdd(Avx.ConvertToVector256Single(c), LoadScales(block + 16) * xScale, high);
            block += PackedWeights.BlockBytes;
            x += 32;
            xScales++;
        }
        (results[0], results[1]) = (low, high);
        var row = group * PackedWeights.GroupRows;
        PackedWeights.Store((float*)results, job.TokenOutput(token), row, PackedWeights.GroupRows, job.W.Rows);
    }

    /// <summary>Asks for the nine cache lines of a block. An address beyond the last weight does no harm.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Prefetch(byte* block)
    {
        Sse.Prefetch0(block);
        Sse.Prefetch0(block + 64);
        Sse.Prefetch0(block + 128);
        Sse.Prefetch0(block + 192);
        Sse.Prefetch0(block + 256);
        Sse.Prefetch0(block + 320);
        Sse.Prefetch0(block + 384);
        Sse.Prefetch0(block + 448);
        Sse.Prefetch0(block + 512);
    }

    /// <summary>Four columns of sixteen rows.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Slice(
        sbyte* quants,
        sbyte* x,
        Vector256<short> ones,
        ref Vector256<int> low,
        ref Vector256<int> high
    )
    {
        var y = Four(x);
        var w = Vector256.Load(quants);
        low += Quads(Avx2.Abs(w), w, y, ones);
        w = Vector256.Load(quants + PackedWeights.HalfBytes);
        high += Quads(Avx2.Abs(w), w, y, ones);
    }

    /// <summary>Eight fp16 scales; see <see cref="HalfBits"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<float> LoadScales(byte* scales)
    {
        var moved = Avx2.ConvertToVector256Int32((short*)scales) << 13;
        return (moved & Vector256.Create(unchecked((int)0x8FFFE000))).AsSingle() * HalfBits.Rebias;
    }

    /// <summary>Four activations in every lane.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<sbyte> Four(sbyte* x) => Vector256.Create(Unsafe.ReadUnaligned<int>(x)).AsSByte();

    /// <summary>For each of eight rows the sum of four products; 2 * 128 * 127 fits the 16-bit pairs.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<int> Quads(
        Vector256<byte> magnitude,
        Vector256<sbyte> w,
        Vector256<sbyte> x,
        Vector256<short> ones
    ) => Avx2.MultiplyAddAdjacent(Avx2.MultiplyAddAdjacent(magnitude, Avx2.Sign(x, w)), ones);

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
