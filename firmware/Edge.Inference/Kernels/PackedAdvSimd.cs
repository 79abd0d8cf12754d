using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.Arm;

namespace Edge.Inference.Kernels;

/// <summary>
/// Packed products on Arm (layout: <see cref="PackedWeights"/>; definition: <see cref="QuantDot"/>), with the dot-product
/// extension (sdot by element: one instruction for four columns of four rows) and without (smull, smlal, sadalp: two
/// slices of int8 columns share the widening, four of int4 columns).
/// </summary>
internal static unsafe class PackedAdvSimd
{
    private const int TileTokens = 4;

    /// <summary>A <see cref="RowsProduct"/> for processors with the dot-product extension.</summary>
    public static void RowsDot<TPacking>(in ProductJob job, int firstRow, int endRow)
        where TPacking : struct, IPacking
    {
        for (var group = firstRow / PackedWeights.GroupRows; group * PackedWeights.GroupRows < endRow; group++)
        {
            var t = 0;
            for (; t + TileTokens <= job.Tokens; t += TileTokens)
            {
                FourTokensDot<TPacking>(job, group, 0, t);
                FourTokensDot<TPacking>(job, group, 1, t);
            }
            for (; t < job.Tokens; t++)
                OneTokenDot<TPacking>(job, group, t);
        }
    }

    /// <summary>Eight rows by four tokens: eight sums stay in registers.</summary>
    private static void FourTokensDot<TPacking>(in ProductJob job, int group, int half, int token)
        where TPacking : struct, IPacking
    {
        var blocks = job.Blocks;
        var columns = (nint)blocks * 32;
        var block = job.Group(group, TPacking.BlockBytes);
        var x = job.TokenQuants(token);
        var xScales = job.TokenScales(token);
        var quarter = 2 * half;
        var results = stackalloc Vector128<float>[2 * TileTokens];
        for (var i = 0; i < 2 * TileTokens; i++)
            results[i] = default;
        for (var b = 0; b < blocks; b++, block += TPacking.BlockBytes, x += 32)
        {
            Vector128<int> l0 = default;
            var (l1, l2, l3, h0, h1, h2, h3) = (l0, l0, l0, l0, l0, l0, l0);
            // Columns 0 to 15: one vector of activations a token, four slices of weights.
            var (y0, y1) = (Vector128.Load(x), Vector128.Load(x + columns));
            var (y2, y3) = (Vector128.Load(x + (2 * columns)), Vector128.Load(x + (3 * columns)));
            Vector128<sbyte> low,
                high;
            (low, high) = (TPacking.Load(block, quarter, 0), TPacking.Load(block, quarter + 1, 0));
            Slice<Lane0>(low, high, y0, y1, y2, y3, ref l0, ref l1, ref l2, ref l3, ref h0, ref h1, ref h2, ref h3);
            (low, high) = (TPacking.Load(block, quarter, 1), TPacking.Load(block, quarter + 1, 1));
            Slice<Lane1>(low, high, y0, y1, y2, y3, ref l0, ref l1, ref l2, ref l3, ref h0, ref h1, ref h2, ref h3);
            (low, high) = (TPacking.Load(block, quarter, 2), TPacking.Load(block, quarter + 1, 2));
            Slice<Lane2>(low, high, y0, y1, y2, y3, ref l0, ref l1, ref l2, ref l3, ref h0, ref h1, ref h2, ref h3);
            (low, high) = (TPacking.Load(block, quarter, 3), TPacking.Load(block, quarter + 1, 3));
            Slice<Lane3>(low, high, y0, y1, y2, y3, ref l0, ref l1, ref l2, ref l3, ref h0, ref h1, ref h2, ref h3);
            (y0, y1) = (Vector128.Load(x + 16), Vector128.Load(x + columns + 16));
            (y2, y3) = (Vector128.Load(x + (2 * columns) + 16), Vector128.Load(x + (3 * columns) + 16));
            (low, high) = (TPacking.Load(block, quarter, 4), TPacking.Load(block, quarter + 1, 4));
            Slice<Lane0>(low, high, y0, y1, y2, y3, ref l0, ref l1, ref l2, ref l3, ref h0, ref h1, ref h2, ref h3);
            (low, high) = (TPacking.Load(block, quarter, 5), TPacking.Load(block, quarter + 1, 5));
            Slice<Lane1>(low, high, y0, y1, y2, y3, ref l0, ref l1, ref l2, ref l3, ref h0, ref h1, ref h2, ref h3);
            (low, high) = (TPacking.Load(block, quarter, 6), TPacking.Load(block, quarter + 1, 6));
            Slice<Lane2>(low, high, y0, y1, y2, y3, ref l0, ref l1, ref l2, ref l3, ref h0, ref h1, ref h2, ref h3);
            (low, high) = (TPacking.Load(block, quarter, 7), TPacking.Load(block, quarter + 1, 7));
            Slice<Lane3>(low, high, y0, y1, y2, y3, ref l0, ref l1, ref l2, ref l3, ref h0, ref h1, ref h2, ref h3);
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
        Vector128<sbyte> low,
        Vector128<sbyte> high,
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
        l0 = TLane.Dot(l0, low, y0);
        h0 = TLane.Dot(h0, high, y0);
        l1 = TLane.Dot(l1, low, y1);
        h1 = TLane.Dot(h1, high, y1);
        l2 = TLane.Dot(l2, low, y2);
        h2 = TLane.Dot(h2, high, y2);
        l3 = TLane.Dot(l3, low, y3);
        h3 = TLane.Dot(h3, high, y3);
    }

    private static void OneTokenDot<TPacking>(in ProductJob job, int group, int token)
        where TPacking : struct, IPacking
    {
        var block = job.Group(group, TPacking.BlockBytes);
        var x = job.TokenQuants(token);
        var xScales = job.TokenScales(token);
        var results = stackalloc Vector128<float>[4];
        for (var i = 0; i < 4; i++)
            results[i] = default;
        for (var b = 0; b < job.Blocks; b++, block += TPacking.BlockBytes, x += 32)
        {
            // Four rows each: no sdot waits for the one before.
            Vector128<int> a0 = default,
                a1 = default,
                a2 = default,
                a3 = default;
            var y = Vector128.Load(x);
            SixteenRows<TPacking, Lane0>(block, 0, y, ref a0, ref a1, ref a2, ref a3);
            SixteenRows<TPacking, Lane1>(block, 1, y, ref a0, ref a1, ref a2, ref a3);
            SixteenRows<TPacking, Lane2>(block, 2, y, ref a0, ref a1, ref a2, ref a3);
            SixteenRows<TPacking, Lane3>(block, 3, y, ref a0, ref a1, ref a2, ref a3);
            y = Vector128.Load(x + 16);
            SixteenRows<TPacking, Lane0>(block, 4, y, ref a0, ref a1, ref a2, ref a3);
            SixteenRows<TPacking, Lane1>(block, 5, y, ref a0, ref a1, ref a2, ref a3);
            SixteenRows<TPacking, Lane2>(block, 6, y, ref a0, ref a1, ref a2, ref a3);
            SixteenRows<TPacking, Lane3>(block, 7, y, ref a0, ref a1, ref a2, ref a3);
            Add(results, a0, a1, HalfBits.Eight(block), xScales[b]);
            Add(results + 2, a2, a3, HalfBits.Eight(block + 16), xScales[b]);
        }
        Store(results, job, group, token);
    }

    /// <summary>Four columns of sixteen rows.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void SixteenRows<TPacking, TLane>(
        byte* block,
        int k,
        Vector128<sbyte> y,
        ref Vector128<int> a0,
        ref Vector128<int> a1,
        ref Vector128<int> a2,
        ref Vector128<int> a3
    )
        where TPacking : struct, IPacking
        where TLane : struct, ILane
    {
        a0 = TLane.Dot(a0, TPacking.Load(block, 0, k), y);
        a1 = TLane.Dot(a1, TPacking.Load(block, 1, k), y);
        a2 = TLane.Dot(a2, TPacking.Load(block, 2, k), y);
        a3 = TLane.Dot(a3, TPacking.Load(block, 3, k), y);
    }

    /// <summary>A <see cref="RowsProduct"/> for processors without it.</summary>
    public static void RowsPlain<TPacking>(in ProductJob job, int firstRow, int endRow)
        where TPacking : struct, IPacking
    {
        var results = stackalloc Vector128<float>[4];
        for (var group = firstRow / PackedWeights.GroupRows; group * PackedWeights.GroupRows < endRow; group++)
        for (var t = 0; t < job.Tokens; t++)
        {
            var block = job.Group(group, TPacking.BlockBytes);
            var x = job.TokenQuants(t);
            for (var i = 0; i < 4; i++)
                results[i] = default;
            for (var b = 0; b < job.Blocks; b++, block += TPacking.BlockBytes, x += 32)
            {
                EightRowsPlain<TPacking>(block, 0, x, job.TokenScales(t)[b], results);
                EightRowsPlain<TPacking>(block, 1, x, job.TokenScales(t)[b], results + 2);
            }
            Store(results, job, group, t);
        }
    }

    /// <summary>One block of eight rows: two rows a vector, two partial sums a row.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void EightRowsPlain<TPacking>(
        byte* block,
        int half,
        sbyte* x,
        float xScale,
        Vector128<float>* results
    )
        where TPacking : struct, IPacking
    {
        Vector128<int> rows01 = default;
        var (rows23, rows45, rows67) = (rows01, rows01, rows01);
        Slices<TPacking>(block, half, 0, x, ref rows01, ref rows23, ref rows45, ref rows67);
        Slices<TPacking>(block, half, 4, x, ref rows01, ref rows23, ref rows45, ref rows67);
        var low = AdvSimd.Arm64.AddPairwise(rows01, rows23);
        var high = AdvSimd.Arm64.AddPairwise(rows45, rows67);
        Add(results, low, high, HalfBits.Eight(block + (half * 16)), xScale);
    }

    /// <summary>
    /// Columns 4k to 4k + 15. Products add up in 16 bits as long as they fit: two of int8, 2 * 128 * 127; four of int4,
    /// 4 * 8 * 127.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Slices<TPacking>(
        byte* block,
        int half,
        int k,
        sbyte* x,
        ref Vector128<int> rows01,
        ref Vector128<int> rows23,
        ref Vector128<int> rows45,
        ref Vector128<int> rows67
    )
        where TPacking : struct, IPacking
    {
        Vector128<short> s01 = default;
        var (s23, s45, s67) = (s01, s01, s01);
        x += 4 * k;
        Multiply<TPacking>(true, block, half, k, x, ref s01, ref s23, ref s45, ref s67);
        Multiply<TPacking>(false, block, half, k + 1, x + 4, ref s01, ref s23, ref s45, ref s67);
        if (!TPacking.IsFourBit)
            Widen(s01, s23, s45, s67, ref rows01, ref rows23, ref rows45, ref rows67);
        Multiply<TPacking>(!TPacking.IsFourBit, block, half, k + 2, x + 8, ref s01, ref s23, ref s45, ref s67);
        Multiply<TPacking>(false, block, half, k + 3, x + 12, ref s01, ref s23, ref s45, ref s67);
        Widen(s01, s23, s45, s67, ref rows01, ref rows23, ref rows45, ref rows67);
    }

    /// <summary>The products of four columns of eight rows: the first ones, or added to those before.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Multiply<TPacking>(
        bool first,
        byte* block,
        int half,
        int k,
        sbyte* x,
        ref Vector128<short> s01,
        ref Vector128<short> s23,
        ref Vector128<short> s45,
        ref Vector128<short> s67
    )
        where TPacking : struct, IPacking
    {
        var y = Vector128.Create(*(int*)x).AsSByte();
        var (low, high) = (TPacking.Load(block, 2 * half, k), TPacking.Load(block, (2 * half) + 1, k));
        if (first)
        {
            s01 = AdvSimd.MultiplyWideningLower(low.GetLower(), y.GetLower());
            s23 = AdvSimd.MultiplyWideningUpper(low, y);
            s45 = AdvSimd.MultiplyWideningLower(high.GetLower(), y.GetLower());
            s67 = AdvSimd.MultiplyWideningUpper(high, y);
            return;
        }
        s01 = AdvSimd.MultiplyWideningLowerAndAdd(s01, low.GetLower(), y.GetLower());
        s23 = AdvSimd.MultiplyWideningUpperAndAdd(s23, low, y);
        s45 = AdvSimd.MultiplyWideningLowerAndAdd(s45, high.GetLower(), y.GetLower());
        s67 = AdvSimd.MultiplyWideningUpperAndAdd(s67, high, y);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Widen(
        Vector128<short> s01,
        Vector128<short> s23,
        Vector128<short> s45,
        Vector128<short> s67,
        ref Vector128<int> rows01,
        ref Vector128<int> rows23,
        ref Vector128<int> rows45,
        ref Vector128<int> rows67
    )
    {
        rows01 = AdvSimd.AddPairwiseWideningAndAdd(rows01, s01);
        rows23 = AdvSimd.AddPairwiseWideningAndAdd(rows23, s23);
        rows45 = AdvSimd.AddPairwiseWideningAndAdd(rows45, s45);
        rows67 = AdvSimd.AddPairwiseWideningAndAdd(rows67, s67);
    }

    private static void Store(Vector128<float>* results, in ProductJob job, int group, int token) =>
        PackedWeights.Store(
            (float*)results,
            job.TokenOutput(token),
            group * PackedWeights.GroupRows,
            PackedWeights.GroupRows,
            job.W.Rows
        );

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
}
