using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.Arm;

namespace Edge.Inference.Kernels;

/// <summary>
/// Packed int8 products on Arm (layout: <see cref="PackedWeights"/>; definition: <see cref="QuantDot"/>), with the
/// dot-product extension (sdot by element: one instruction for four columns of four rows) and without (smull, smlal,
/// sadalp: two slices of columns share the widening).
/// </summary>
internal static unsafe class PackedAdvSimd
{
    private const int TileTokens = 4;

    /// <summary>A <see cref="RowsProduct"/> for processors with the dot-product extension.</summary>
    public static void RowsDot(in ProductJob job, int firstRow, int endRow)
    {
        var blocks = job.Blocks;
        for (var group = firstRow / PackedWeights.GroupRows; group * PackedWeights.GroupRows < endRow; group++)
        {
            var t = 0;
            for (; t + TileTokens <= job.Tokens; t += TileTokens)
                FourTokensDot(job, group, t);
            for (; t < job.Tokens; t++)
                OneTokenDot(job, group, t);
        }
    }

    private static void FourTokensDot(in ProductJob job, int group, int token)
    {
        var blocks = job.Blocks;
        var columns = (nint)blocks * 32;
        var quants = job.GroupQuants(group);
        var scales = job.GroupScales(group);
        var x0 = job.TokenQuants(token);
        var xScales = job.TokenScales(token);
        var results = stackalloc Vector128<float>[2 * TileTokens];
        for (var i = 0; i < 2 * TileTokens; i++)
            results[i] = default;
        for (var b = 0; b < blocks; b++, quants += PackedWeights.BlockBytes, x0 += 32)
        {
            Vector128<int> l0 = default,
                l1 = default,
                l2 = default,
                l3 = default,
                h0 = default,
                h1 = default,
                h2 = default,
                h3 = default;
            for (var half = 0; half < 2; half++)
            {
                var weights = quants + (half * (PackedWeights.BlockBytes / 2));
                var y0 = Vector128.Load(x0 + (half * 16));
                var y1 = Vector128.Load(x0 + columns + (half * 16));
                var y2 = Vector128.Load(x0 + (2 * columns) + (half * 16));
                var y3 = Vector128.Load(x0 + (3 * columns) + (half * 16));
                Slice<Lane0>(weights, y0, y1, y2, y3, ref l0, ref l1, ref l2, ref l3, ref h0, ref h1, ref h2, ref h3);
                Slice<Lane1>(weights, y0, y1, y2, y3, ref l0, ref l1, ref l2, ref l3, ref h0, ref h1, ref h2, ref h3);
                Slice<Lane2>(weights, y0, y1, y2, y3, ref l0, ref l1, ref l2, ref l3, ref h0, ref h1, ref h2, ref h3);
                Slice<Lane3>(weights, y0, y1, y2, y3, ref l0, ref l1, ref l2, ref l3, ref h0, ref h1, ref h2, ref h3);
            }
            var scale = PackedWeights.LoadScales(scales + (b * PackedWeights.GroupRows));
            Add(results, l0, h0, scale, xScales[b]);
            Add(results + 2, l1, h1, scale, xScales[blocks + b]);
            Add(results + 4, l2, h2, scale, xScales[(2 * blocks) + b]);
            Add(results + 6, l3, h3, scale, xScales[(3 * blocks) + b]);
        }
        for (var t = 0; t < TileTokens; t++)
            PackedPortable.Store((float*)(results + (2 * t)), job.TokenOutput(token + t), group, job.W.Rows);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Slice<TLane>(
        sbyte* weights,
        Vector128<sbyte> y0,
        Vector128<sbyte> y1,
        Vector128<sbyte> y2,
        Vector128<sbyte> y3,
        ref Vector128<int> l0,
        ref Vector128<int> l1,
        ref Vector128<int> l2,
        ref Vector128<int> l3,
        ref Vector128<int> h0,
        ref Vector128<int> h1,
        ref Vector128<int> h2,
        ref Vector128<int> h3
    )
        where TLane : struct, ILane
    {
        var low = Vector128.Load(weights + (TLane.Index * 32));
        var high = Vector128.Load(weights + (TLane.Index * 32) + 16);
        l0 = TLane.Dot(l0, low, y0);
        h0 = TLane.Dot(h0, high, y0);
        l1 = TLane.Dot(l1, low, y1);
        h1 = TLane.Dot(h1, high, y1);
        l2 = TLane.Dot(l2, low, y2);
        h2 = TLane.Dot(h2, high, y2);
        l3 = TLane.Dot(l3, low, y3);
        h3 = TLane.Dot(h3, high, y3);
    }

    private static void OneTokenDot(in ProductJob job, int group, int token)
    {
        var blocks = job.Blocks;
        var quants = job.GroupQuants(group);
        var scales = job.GroupScales(group);
        var x0 = job.TokenQuants(token);
        var xScales = job.TokenScales(token);
        var results = stackalloc Vector128<float>[2];
        (results[0], results[1]) = (default, default);
        for (var b = 0; b < blocks; b++, quants += PackedWeights.BlockBytes, x0 += 32)
        {
            // Four sums, so that one sdot need not wait for the one before.
            Vector128<int> l0 = default,
                l1 = default,
                h0 = default,
                h1 = default;
            var y = Vector128.Load(x0);
            l0 = Lane0.Dot(l0, Vector128.Load(quants), y);
            h0 = Lane0.Dot(h0, Vector128.Load(quants + 16), y);
            l1 = Lane1.Dot(l1, Vector128.Load(quants + 32), y);
            h1 = Lane1.Dot(h1, Vector128.Load(quants + 48), y);
            l0 = Lane2.Dot(l0, Vector128.Load(quants + 64), y);
            h0 = Lane2.Dot(h0, Vector128.Load(quants + 80), y);
            l1 = Lane3.Dot(l1, Vector128.Load(quants + 96), y);
            h1 = Lane3.Dot(h1, Vector128.Load(quants + 112), y);
            y = Vector128.Load(x0 + 16);
            l0 = Lane0.Dot(l0, Vector128.Load(quants + 128), y);
            h0 = Lane0.Dot(h0, Vector128.Load(quants + 144), y);
            l1 = Lane1.Dot(l1, Vector128.Load(quants + 160), y);
            h1 = Lane1.Dot(h1, Vector128.Load(quants + 176), y);
            l0 = Lane2.Dot(l0, Vector128.Load(quants + 192), y);
            h0 = Lane2.Dot(h0, Vector128.Load(quants + 208), y);
            l1 = Lane3.Dot(l1, Vector128.Load(quants + 224), y);
            h1 = Lane3.Dot(h1, Vector128.Load(quants + 240), y);
            Add(
                results,
                l0 + l1,
                h0 + h1,
                PackedWeights.LoadScales(scales + (b * PackedWeights.GroupRows)),
                xScales[b]
            );
        }
        PackedPortable.Store((float*)results, job.TokenOutput(token), group, job.W.Rows);
    }

    /// <summary>A <see cref="RowsProduct"/> for processors without it.</summary>
    public static void RowsPlain(in ProductJob job, int firstRow, int endRow)
    {
        var blocks = job.Blocks;
        var results = stackalloc Vector128<float>[2];
        for (var group = firstRow / PackedWeights.GroupRows; group * PackedWeights.GroupRows < endRow; group++)
        for (var t = 0; t < job.Tokens; t++)
        {
            var quants = job.GroupQuants(group);
            var scales = job.GroupScales(group);
            var x0 = job.TokenQuants(t);
            (results[0], results[1]) = (default, default);
            for (var b = 0; b < blocks; b++, quants += PackedWeights.BlockBytes, x0 += 32)
            {
                // Each holds two rows, two partial sums a row.
                Vector128<int> rows01 = default,
                    rows23 = default,
                    rows45 = default,
                    rows67 = default;
                for (var k = 0; k < 8; k += 2)
                {
                    var y = Vector128.Create(*(int*)(x0 + (4 * k))).AsSByte();
                    var z = Vector128.Create(*(int*)(x0 + (4 * k) + 4)).AsSByte();
                    var at = quants + (32 * k);
                    TwoSlices(Vector128.Load(at), Vector128.Load(at + 32), y, z, ref rows01, ref rows23);
                    TwoSlices(Vector128.Load(at + 16), Vector128.Load(at + 48), y, z, ref rows45, ref rows67);
                }
                var low = AdvSimd.Arm64.AddPairwise(rows01, rows23);
                var high = AdvSimd.Arm64.AddPairwise(rows45, rows67);
                var scale = PackedWeights.LoadScales(scales + (b * PackedWeights.GroupRows));
                Add(results, low, high, scale, job.TokenScales(t)[b]);
            }
            PackedPortable.Store((float*)results, job.TokenOutput(t), group, job.W.Rows);
        }
    }

    /// <summary>Two products of bytes add up within 16 bits: 2 * 128 * 127.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void TwoSlices(
        Vector128<sbyte> w,
        Vector128<sbyte> next,
        Vector128<sbyte> y,
        Vector128<sbyte> z,
        ref Vector128<int> low,
        ref Vector128<int> high
    )
    {
        var products = AdvSimd.MultiplyWideningLower(w.GetLower(), y.GetLower());
        products = AdvSimd.MultiplyWideningLowerAndAdd(products, next.GetLower(), z.GetLower());
        low = AdvSimd.AddPairwiseWideningAndAdd(low, products);
        products = AdvSimd.MultiplyWideningUpper(w, y);
        products = AdvSimd.MultiplyWideningUpperAndAdd(products, next, z);
        high = AdvSimd.AddPairwiseWideningAndAdd(high, products);
    }

    /// <summary>results[0..1] = fma(sums, scale * xScale, results).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Add(
        Vector128<float>* results,
        Vector128<int> low,
        Vector128<int> high,
        Vector256<float> scale,
        float xScale
    )
    {
        results[0] = AdvSimd.FusedMultiplyAdd(
            results[0],
            AdvSimd.ConvertToSingle(low),
            scale.GetLower() * Vector128.Create(xScale)
        );
        results[1] = AdvSimd.FusedMultiplyAdd(
            results[1],
            AdvSimd.ConvertToSingle(high),
            scale.GetUpper() * Vector128.Create(xScale)
        );
    }

    /// <summary>sdot by element needs its lane as a constant.</summary>
    private interface ILane
    {
        static abstract int Index { get; }

        static abstract Vector128<int> Dot(Vector128<int> sum, Vector128<sbyte> w, Vector128<sbyte> x);
    }

    private readonly struct Lane0 : ILane
    {
        public static int Index => 0;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Vector128<int> Dot(Vector128<int> sum, Vector128<sbyte> w, Vector128<sbyte> x) =>
            Dp.DotProductBySelectedQuadruplet(sum, w, x, 0);
    }

    private readonly struct Lane1 : ILane
    {
        public static int Index => 1;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Vector128<int> Dot(Vector128<int> sum, Vector128<sbyte> w, Vector128<sbyte> x) =>
            Dp.DotProductBySelectedQuadruplet(sum, w, x, 1);
    }

    private readonly struct Lane2 : ILane
    {
        public static int Index => 2;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Vector128<int> Dot(Vector128<int> sum, Vector128<sbyte> w, Vector128<sbyte> x) =>
            Dp.DotProductBySelectedQuadruplet(sum, w, x, 2);
    }

    private readonly struct Lane3 : ILane
    {
        public static int Index => 3;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Vector128<int> Dot(Vector128<int> sum, Vector128<sbyte> w, Vector128<sbyte> x) =>
            Dp.DotProductBySelectedQuadruplet(sum, w, x, 3);
    }
}
