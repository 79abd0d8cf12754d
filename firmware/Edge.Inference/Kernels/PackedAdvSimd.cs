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
        for (var group = firstRow / PackedWeights.GroupRows; group * PackedWeights.GroupRows < endRow; group++)
        {
            var t = 0;
            for (; t + TileTokens <= job.Tokens; t += TileTokens)
            {
                FourTokensDot(job, group, 0, t);
                FourTokensDot(job, group, 1, t);
            }
            for (; t < job.Tokens; t++)
                OneTokenDot(job, group, t);
        }
    }

    /// <summary>Eight rows by four tokens: eight sums stay in registers.</summary>
    private static void FourTokensDot(in ProductJob job, int group, int half, int token)
    {
        var blocks = job.Blocks;
        var columns = (nint)blocks * 32;
        var block = job.Group(group);
        var x = job.TokenQuants(token);
        var xScales = job.TokenScales(token);
        var results = stackalloc Vector128<float>[2 * TileTokens];
        for (var i = 0; i < 2 * TileTokens; i++)
            results[i] = default;
        for (var b = 0; b < blocks; b++, block += PackedWeights.BlockBytes, x += 32)
        {
            Vector128<int> l0 = default,
                l1 = default,
                l2 = default,
                l3 = default,
                h0 = default,
                h1 = default,
                h2 = default,
                h3 = default;
            for (var part = 0; part < 2; part++)
            {
                // 16 columns: one vector of activations a token, four slices of weights.
                var w = (sbyte*)block + PackedWeights.QuantsAt + (half * 32) + (part * 4 * PackedWeights.SliceBytes);
                var y0 = Vector128.Load(x + (part * 16));
                var y1 = Vector128.Load(x + columns + (part * 16));
                var y2 = Vector128.Load(x + (2 * columns) + (part * 16));
                var y3 = Vector128.Load(x + (3 * columns) + (part * 16));
                Slice<Lane0>(w, y0, y1, y2, y3, ref l0, ref l1, ref l2, ref l3, ref h0, ref h1, ref h2, ref h3);
                Slice<Lane1>(w, y0, y1, y2, y3, ref l0, ref l1, ref l2, ref l3, ref h0, ref h1, ref h2, ref h3);
                Slice<Lane2>(w, y0, y1, y2, y3, ref l0, ref l1, ref l2, ref l3, ref h0, ref h1, ref h2, ref h3);
                Slice<Lane3>(w, y0, y1, y2, y3, ref l0, ref l1, ref l2, ref l3, ref h0, ref h1, ref h2, ref h3);
            }
            var scale = HalfBits.Eight(block + (half * 16));
            Add(results, l0, h0, scale, xScales[b]);
            Add(results + 2, l1, h1, scale, xScales[blocks + b]);
            Add(results + 4, l2, h2, scale, xScales[(2 * blocks) + b]);
            Add(results + 6, l3, h3, scale, xScales[(3 * blocks) + b]);
        }
        var row = (group * PackedWeights.GroupRows) + (half * PackedWeights.HalfRows);
        for (var t = 0; t < TileTokens; t++)
            PackedWeights.Store(
                (float*)(results + (2 * t)),
                job.TokenOutput(token + t),
                row,
                PackedWeights.HalfRows,
                job.W.Rows
            );
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
        var low = Vector128.Load(weights + (TLane.Index * PackedWeights.SliceBytes));
        var high = Vector128.Load(weights + (TLane.Index * PackedWeights.SliceBytes) + 16);
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
        var block = job.Group(group);
        var x = job.TokenQuants(token);
        var xScales = job.TokenScales(token);
        var results = stackalloc Vector128<float>[4];
        for (var i = 0; i < 4; i++)
            results[i] = default;
        for (var b = 0; b < job.Blocks; b++, block += PackedWeights.BlockBytes, x += 32)
        {
            // Four rows each: no sdot waits for the one before.
            Vector128<int> a0 = default,
                a1 = default,
                a2 = default,
                a3 = default;
            for (var part = 0; part < 2; part++)
            {
                var w = (sbyte*)block + PackedWeights.QuantsAt + (part * 4 * PackedWeights.SliceBytes);
                var y = Vector128.Load(x + (part * 16));
                SixteenRows<Lane0>(w, y, ref a0, ref a1, ref a2, ref a3);
                SixteenRows<Lane1>(w, y, ref a0, ref a1, ref a2, ref a3);
                SixteenRows<Lane2>(w, y, ref a0, ref a1, ref a2, ref a3);
                SixteenRows<Lane3>(w, y, ref a0, ref a1, ref a2, ref a3);
            }
            Add(results, a0, a1, HalfBits.Eight(block), xScales[b]);
            Add(results + 2, a2, a3, HalfBits.Eight(block + 16), xScales[b]);
        }
        Store(results, job, group, token);
    }

    /// <summary>Four columns of sixteen rows.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void SixteenRows<TLane>(
        sbyte* weights,
        Vector128<sbyte> y,
        ref Vector128<int> a0,
        ref Vector128<int> a1,
        ref Vector128<int> a2,
        ref Vector128<int> a3
    )
        where TLane : struct, ILane
    {
        var w = weights + (TLane.Index * PackedWeights.SliceBytes);
        a0 = TLane.Dot(a0, Vector128.Load(w), y);
        a1 = TLane.Dot(a1, Vector128.Load(w + 16), y);
        a2 = TLane.Dot(a2, Vector128.Load(w + 32), y);
        a3 = TLane.Dot(a3, Vector128.Load(w + 48), y);
    }

    /// <summary>A <see cref="RowsProduct"/> for processors without it.</summary>
    public static void RowsPlain(in ProductJob job, int firstRow, int endRow)
    {
        var results = stackalloc Vector128<float>[4];
        for (var group = firstRow / PackedWeights.GroupRows; group * PackedWeights.GroupRows < endRow; group++)
        for (var t = 0; t < job.Tokens; t++)
        {
            var block = job.Group(group);
            var x = job.TokenQuants(t);
            for (var i = 0; i < 4; i++)
                results[i] = default;
            for (var b = 0; b < job.Blocks; b++, block += PackedWeights.BlockBytes, x += 32)
            {
                EightRowsPlain(block, 0, x, job.TokenScales(t)[b], results);
                EightRowsPlain(block, 1, x, job.TokenScales(t)[b], results + 2);
            }
            Store(results, job, group, t);
        }
    }

    /// <summary>One block of eight rows: two rows a vector, two partial sums a row.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void EightRowsPlain(byte* block, int half, sbyte* x, float xScale, Vector128<float>* results)
    {
        var quants = (sbyte*)block + PackedWeights.QuantsAt + (half * 32);
        Vector128<int> rows01 = default,
            rows23 = default,
            rows45 = default,
            rows67 = default;
        for (var k = 0; k < 8; k += 2)
        {
            var y = Vector128.Create(*(int*)(x + (4 * k))).AsSByte();
            var z = Vector128.Create(*(int*)(x + (4 * k) + 4)).AsSByte();
            var at = quants + (PackedWeights.SliceBytes * k);
            TwoSlices(Vector128.Load(at), Vector128.Load(at + 64), y, z, ref rows01, ref rows23);
            TwoSlices(Vector128.Load(at + 16), Vector128.Load(at + 80), y, z, ref rows45, ref rows67);
        }
        var low = AdvSimd.Arm64.AddPairwise(rows01, rows23);
        var high = AdvSimd.Arm64.AddPairwise(rows45, rows67);
        Add(results, low, high, HalfBits.Eight(block + (half * 16)), xScale);
    }

    private static void Store(Vector128<float>* results, in ProductJob job, int group, int token) =>
        PackedWeights.Store(
            (float*)results,
            job.TokenOutput(token),
            group * PackedWeights.GroupRows,
            PackedWeights.GroupRows,
            job.W.Rows
        );

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
