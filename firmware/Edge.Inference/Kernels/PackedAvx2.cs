using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Edge.Inference.Kernels;

/// <summary>
/// Packed int8 products with AVX2 (see <see cref="PackedWeights"/> for the layout, <see cref="QuantDot"/> for the
/// definition): |w| times x with w's sign, four columns of eight rows at a time. Tiles of two groups by four tokens keep
/// eight sums in registers, so that each weight and each activation is loaded once for several products.
/// </summary>
internal static unsafe class PackedAvx2
{
    private const int TileTokens = 4;

    /// <summary>A <see cref="RowsProduct"/>.</summary>
    public static void Rows(in ProductJob job, int firstRow, int endRow)
    {
        var endGroup = PackedWeights.Groups(endRow);
        var group = firstRow / PackedWeights.GroupRows;
        for (; group + 2 <= endGroup; group += 2)
        {
            var t = 0;
            for (; t + TileTokens <= job.Tokens; t += TileTokens)
                TwoGroupsFourTokens(job, group, t);
            for (; t < job.Tokens; t++)
                TwoGroups(job, group, t);
        }
        if (group < endGroup)
        {
            for (var t = 0; t < job.Tokens; t++)
                OneGroup(job, group, t);
        }
    }

    private static void TwoGroupsFourTokens(in ProductJob job, int group, int token)
    {
        var blocks = job.Blocks;
        var columns = (nint)blocks * 32;
        var w0 = job.GroupQuants(group);
        var scales0 = job.GroupScales(group);
        var w1 = job.GroupQuants(group + 1);
        var scales1 = job.GroupScales(group + 1);
        var x0 = job.TokenQuants(token);
        var xScales = job.TokenScales(token);
        // Two groups by four tokens of running results: memory, since they are touched once a block.
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
            for (var k = 0; k < 8; k++)
            {
                var v0 = Vector256.Load(w0);
                var v1 = Vector256.Load(w1);
                var m0 = Avx2.Abs(v0);
                var m1 = Avx2.Abs(v1);
                var y = Four(x0);
                a0 += Quads(m0, v0, y, ones);
                c0 += Quads(m1, v1, y, ones);
                y = Four(x0 + columns);
                a1 += Quads(m0, v0, y, ones);
                c1 += Quads(m1, v1, y, ones);
                y = Four(x0 + (2 * columns));
                a2 += Quads(m0, v0, y, ones);
                c2 += Quads(m1, v1, y, ones);
                y = Four(x0 + (3 * columns));
                a3 += Quads(m0, v0, y, ones);
                c3 += Quads(m1, v1, y, ones);
                w0 += 32;
                w1 += 32;
                x0 += 4;
            }
            var s = LoadScales(scales0 + (b * PackedWeights.GroupRows));
            results[0] = Add(a0, s, xScales[b], results[0]);
            results[1] = Add(a1, s, xScales[blocks + b], results[1]);
            results[2] = Add(a2, s, xScales[(2 * blocks) + b], results[2]);
            results[3] = Add(a3, s, xScales[(3 * blocks) + b], results[3]);
            s = LoadScales(scales1 + (b * PackedWeights.GroupRows));
            results[4] = Add(c0, s, xScales[b], results[4]);
            results[5] = Add(c1, s, xScales[blocks + b], results[5]);
            results[6] = Add(c2, s, xScales[(2 * blocks) + b], results[6]);
            results[7] = Add(c3, s, xScales[(3 * blocks) + b], results[7]);
        }
        for (var t = 0; t < TileTokens; t++)
        {
            var target = job.TokenOutput(token + t);
            Store(results[t], target, group, job.W.Rows);
            Store(results[TileTokens + t], target, group + 1, job.W.Rows);
        }
    }

    private static void TwoGroups(in ProductJob job, int group, int token)
    {
        var blocks = job.Blocks;
        var w0 = job.GroupQuants(group);
        var scales0 = job.GroupScales(group);
        var w1 = job.GroupQuants(group + 1);
        var scales1 = job.GroupScales(group + 1);
        var x0 = job.TokenQuants(token);
        var xScales = job.TokenScales(token);
        Vector256<float> r0 = default,
            r1 = default;
        var ones = Vector256.Create((short)1);
        for (var b = 0; b < blocks; b++)
        {
            Vector256<int> a0 = default,
                a1 = default;
            Slice(w0, w1, x0, ones, ref a0, ref a1);
            Slice(w0 + 32, w1 + 32, x0 + 4, ones, ref a0, ref a1);
            Slice(w0 + 64, w1 + 64, x0 + 8, ones, ref a0, ref a1);
            Slice(w0 + 96, w1 + 96, x0 + 12, ones, ref a0, ref a1);
            Slice(w0 + 128, w1 + 128, x0 + 16, ones, ref a0, ref a1);
            Slice(w0 + 160, w1 + 160, x0 + 20, ones, ref a0, ref a1);
            Slice(w0 + 192, w1 + 192, x0 + 24, ones, ref a0, ref a1);
            Slice(w0 + 224, w1 + 224, x0 + 28, ones, ref a0, ref a1);
            r0 = Add(a0, LoadScales(scales0), *xScales, r0);
            r1 = Add(a1, LoadScales(scales1), *xScales, r1);
            w0 += PackedWeights.BlockBytes;
            w1 += PackedWeights.BlockBytes;
            scales0 += PackedWeights.GroupRows;
            scales1 += PackedWeights.GroupRows;
            x0 += 32;
            xScales++;
        }
        var target = job.TokenOutput(token);
        Store(r0, target, group, job.W.Rows);
        Store(r1, target, group + 1, job.W.Rows);
    }

    /// <summary>Four columns of two groups.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Slice(
        sbyte* w0,
        sbyte* w1,
        sbyte* x,
        Vector256<short> ones,
        ref Vector256<int> sum0,
        ref Vector256<int> sum1
    )
    {
        var y = Four(x);
        sum0 += Quads(w0, y, ones);
        sum1 += Quads(w1, y, ones);
    }

    private static void OneGroup(in ProductJob job, int group, int token)
    {
        var blocks = job.Blocks;
        var w0 = job.GroupQuants(group);
        var scales0 = job.GroupScales(group);
        var x0 = job.TokenQuants(token);
        var xScales = job.TokenScales(token);
        Vector256<float> result = default;
        var ones = Vector256.Create((short)1);
        for (var b = 0; b < blocks; b++)
        {
            Vector256<int> sum = default;
            for (var k = 0; k < 8; k++)
                sum += Quads(w0 + (b * PackedWeights.BlockBytes) + (32 * k), Four(x0 + (b * 32) + (4 * k)), ones);
            result = Add(sum, LoadScales(scales0 + (b * PackedWeights.GroupRows)), xScales[b], result);
        }
        Store(result, job.TokenOutput(token), group, job.W.Rows);
    }

    /// <summary>The eight fp16 scales of a block of a group; see <see cref="HalfBits"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<float> LoadScales(ushort* scales)
    {
        var moved = Avx2.ConvertToVector256Int32((short*)scales) << 13;
        return (moved & Vector256.Create(unchecked((int)0x8FFFE000))).AsSingle() * HalfBits.Rebias;
    }

    /// <summary>Four activations in every lane.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<sbyte> Four(sbyte* x) => Vector256.Create(Unsafe.ReadUnaligned<int>(x)).AsSByte();

    /// <summary>For each of eight rows the sum of four products.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<int> Quads(
        Vector256<byte> magnitude,
        Vector256<sbyte> w,
        Vector256<sbyte> x,
        Vector256<short> ones
    ) => Avx2.MultiplyAddAdjacent(Avx2.MultiplyAddAdjacent(magnitude, Avx2.Sign(x, w)), ones);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<int> Quads(sbyte* weights, Vector256<sbyte> x, Vector256<short> ones)
    {
        var w = Vector256.Load(weights);
        return Quads(Avx2.Abs(w), w, x, ones);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<float> Add(
        Vector256<int> sum,
        Vector256<float> scale,
        float xScale,
        Vector256<float> result
    ) => Fma.MultiplyAdd(Avx.ConvertToVector256Single(sum), scale * Vector256.Create(xScale), result);

    /// <summary>Writes the results of a group, the rows beyond the last left out.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Store(Vector256<float> results, float* output, int group, int rows)
    {
        var row = group * PackedWeights.GroupRows;
        if (row + PackedWeights.GroupRows <= rows)
        {
            results.Store(output + row);
            return;
        }
        for (var r = row; r < rows; r++)
            output[r] = results[r - row];
    }
}
