using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Edge.Inference.Kernels;

// How the cache of one key-value head lies in memory, in fp32 or fp16:
//  keys:   (positions / 16, head, 16): sixteen positions side by side, so that one vector holds the same element of
//          several keys and a score is never gathered from the lanes of a vector
//  values: (positions, head rounded up to 8)
// Positions are rounded up to 16; what lies beyond the filled ones is finite and never used.

/// <summary>The keys and values of one key-value head.</summary>
internal readonly unsafe struct HeadCache
{
    public required byte* Keys { get; init; }

    public required byte* Values { get; init; }

    public required KvType Type { get; init; }
}

/// <summary>
/// Causal attention of up to <see cref="QueriesMax"/> queries over one key-value head: neighbouring tokens of one head, or
/// heads that share their keys. One definition for every machine: score = the products q[d] k[d] in order of d by fused
/// multiply-add from 0, times the scale; output[d] = the products p[t] v[t][d] in order of position by fused multiply-add
/// from 0. Keys and values of an fp16 cache are widened first.
/// </summary>
internal static unsafe class Attention
{
    public const int QueriesMax = 4;

    public const int BlockPositions = 16;

    /// <summary>Positions whose fp16 values are widened together.</summary>
    private const int WidePositions = 64;

    /// <summary>Positions in whole blocks.</summary>
    public static int RoundPositions(int positions) => (positions + BlockPositions - 1) & ~(BlockPositions - 1);

    /// <summary>Elements of one value row.</summary>
    public static int ValueStride(int head) => (head + 7) & ~7;

    /// <summary>Floats of scratch that <see cref="Run"/> needs: scores, running results, and widened keys or values.</summary>
    public static int ScratchLength(int head, int positions) =>
        (QueriesMax * (RoundPositions(positions) + ValueStride(head))) + (WidePositions * ValueStride(head));

    /// <summary>Copies one position's key and value into the cache of its head.</summary>
    public static void Store(in HeadCache cache, float* key, float* value, int head, int position)
    {
        var at = ((long)(position / BlockPositions) * head * BlockPositions) + (position % BlockPositions);
        var row = (long)position * ValueStride(head);
        if (cache.Type == KvType.F32)
        {
            var target = (float*)cache.Keys + at;
            for (var d = 0; d < head; d++)
                target[d * BlockPositions] = key[d];
            Unsafe.CopyBlockUnaligned((float*)cache.Values + row, value, (uint)head * sizeof(float));
            return;
        }
        var keys = (Half*)cache.Keys + at;
        var values = (Half*)cache.Values + row;
        for (var d = 0; d < head; d++)
        {
            keys[d * BlockPositions] = (Half)Math.Clamp(key[d], -HalfBits.Max, HalfBits.Max);
            values[d] = (Half)Math.Clamp(value[d], -HalfBits.Max, HalfBits.Max);
        }
    }

    /// <summary>Query q attends to the positions 0 to first + q * step.</summary>
    /// <param name="query">(queries, head) with <paramref name="stride"/> floats from query to query.</param>
    /// <param name="queries">1 to <see cref="QueriesMax"/>.</param>
    /// <param name="step">1 for neighbouring tokens, 0 for heads of one token.</param>
    /// <param name="scratch">(<see cref="ScratchLength"/>)</param>
    /// <param name="output">(queries, head), stride as for the query.</param>
    public static void Run(
        in HeadCache cache,
        float* query,
        int queries,
        nint stride,
        int first,
        int step,
        int head,
        float* scratch,
        float* output
    )
    {
        var positions = first + ((queries - 1) * step) + 1;
        nint scoreStride = RoundPositions(positions);
        var scores = scratch;
        var sums = scores + (QueriesMax * scoreStride);
        var wide = sums + (QueriesMax * ValueStride(head));
        Score(cache, query, queries, stride, head, scores, scoreStride, wide);
        for (var q = 0; q < queries; q++)
        {
            var own = first + (q * step) + 1;
            var row = scores + (q * scoreStride);
            Elementwise.Softmax(row, own);
            // Positions after the token weigh nothing.
            new Span<float>(row + own, positions - own).Clear();
        }
        Mix(cache, queries, head, scores, scoreStride, positions, sums, wide);
        for (var q = 0; q < queries; q++)
            Unsafe.CopyBlockUnaligned(
                output + (q * stride),
                sums + (q * ValueStride(head)),
                (uint)head * sizeof(float)
            );
    }

    private static void Score(
        in HeadCache cache,
        float* query,
        int queries,
        nint stride,
        int head,
        float* scores,
        nint scoreStride,
        float* wide
    )
    {
        var scale = 1f / MathF.Sqrt(head);
        var length = head * BlockPositions;
        var blocks = (int)scoreStride / BlockPositions;
        for (var block = 0; block < blocks; )
        {
            var keys = (float*)cache.Keys + ((long)block * length);
            if (cache.Type == KvType.F16)
            {
                keys = wide;
                HalfBits.Widen((ushort*)cache.Keys + ((long)block * length), keys, length);
            }
            else if (queries == 1 && block + 4 <= blocks)
            {
                ScoreFourBlocks(query, keys, head, scale, scores + (block * BlockPositions));
                block += 4;
                continue;
            }
            ScoreBlock(query, queries, stride, keys, head, scale, scores + (block * BlockPositions), scoreStride);
            block++;
        }
    }

    /// <summary>One query, 64 positions: eight sums, so that no multiply-add waits for the one before.</summary>
    private static void ScoreFourBlocks(float* query, float* keys, int head, float scale, float* scores)
    {
        nint block = head * BlockPositions;
        Vector256<float> a0 = default,
            a1 = default,
            b0 = default,
            b1 = default,
            c0 = default,
            c1 = default,
            d0 = default,
            d1 = default;
        var third = keys + (2 * block);
        for (var d = 0; d < head; d++, keys += BlockPositions, third += BlockPositions)
        {
            var q = Vector256.Create(query[d]);
            a0 = Vector256.FusedMultiplyAdd(q, Vector256.Load(keys), a0);
            a1 = Vector256.FusedMultiplyAdd(q, Vector256.Load(keys + 8), a1);
            b0 = Vector256.FusedMultiplyAdd(q, Vector256.Load(keys + block), b0);
            b1 = Vector256.FusedMultiplyAdd(q, Vector256.Load(keys + block + 8), b1);
            c0 = Vector256.FusedMultiplyAdd(q, Vector256.Load(third), c0);
            c1 = Vector256.FusedMultiplyAdd(q, Vector256.Load(third + 8), c1);
            d0 = Vector256.FusedMultiplyAdd(q, Vector256.Load(third + block), d0);
            d1 = Vector256.FusedMultiplyAdd(q, Vector256.Load(third + block + 8), d1);
        }
        (a0 * scale).Store(scores);
        (a1 * scale).Store(scores + 8);
        (b0 * scale).Store(scores + 16);
        (b1 * scale).Store(scores + 24);
        (c0 * scale).Store(scores + 32);
        (c1 * scale).Store(scores + 40);
        (d0 * scale).Store(scores + 48);
        (d1 * scale).Store(scores + 56);
    }

    /// <summary>Up to four queries, 16 positions. Fewer than four: the last is computed again and written again.</summary>
    private static void ScoreBlock(
        float* query,
        int queries,
        nint stride,
        float* keys,
        int head,
        float scale,
        float* scores,
        nint scoreStride
    )
    {
        var (second, third, fourth) = (Math.Min(1, queries - 1), Math.Min(2, queries - 1), Math.Min(3, queries - 1));
        var q1 = query + (second * stride);
        var q2 = query + (third * stride);
        var q3 = query + (fourth * stride);
        Vector256<float> low0 = default,
            low1 = default,
            low2 = default,
            low3 = default,
            high0 = default,
            high1 = default,
            high2 = default,
            high3 = default;
        for (var d = 0; d < head; d++, keys += BlockPositions)
        {
            var low = Vector256.Load(keys);
            var high = Vector256.Load(keys + 8);
            var q = Vector256.Create(query[d]);
            low0 = Vector256.FusedMultiplyAdd(q, low, low0);
            high0 = Vector256.FusedMultiplyAdd(q, high, high0);
            q = Vector256.Create(q1[d]);
            low1 = Vector256.FusedMultiplyAdd(q, low, low1);
            high1 = Vector256.FusedMultiplyAdd(q, high, high1);
            q = Vector256.Create(q2[d]);
            low2 = Vector256.FusedMultiplyAdd(q, low, low2);
            high2 = Vector256.FusedMultiplyAdd(q, high, high2);
            q = Vector256.Create(q3[d]);
            low3 = Vector256.FusedMultiplyAdd(q, low, low3);
            high3 = Vector256.FusedMultiplyAdd(q, high, high3);
        }
        Store(low0 * scale, high0 * scale, scores);
        Store(low1 * scale, high1 * scale, scores + (second * scoreStride));
        Store(low2 * scale, high2 * scale, scores + (third * scoreStride));
        Store(low3 * scale, high3 * scale, scores + (fourth * scoreStride));
    }

    private static void Mix(
        in HeadCache cache,
        int queries,
        int head,
        float* weights,
        nint weightStride,
        int positions,
        float* sums,
        float* wide
    )
    {
        nint stride = ValueStride(head);
        new Span<float>(sums, (int)(queries * stride)).Clear();
        var step = cache.Type == KvType.F16 ? WidePositions : positions;
        for (var p = 0; p < positions; p += step)
        {
            var count = Math.Min(step, positions - p);
            var values = (float*)cache.Values + (p * stride);
            if (cache.Type == KvType.F16)
            {
                values = wide;
                HalfBits.Widen((ushort*)cache.Values + (p * stride), values, (int)(count * stride));
            }
            if (queries == 1)
                for (nint d = 0; d < stride; d += 64)
                    MixOne(weights + p, count, values + d, stride, Math.Min(64, stride - d), sums + d);
            else
                for (nint d = 0; d < stride; d += 16)
                    MixTile(weights + p, weightStride, queries, count, values + d, stride, stride - d, sums + d);
        }
    }

    /// <summary>One query, up to 64 elements of the values. Fewer than eight vectors: the last is computed again.</summary>
    private static void MixOne(float* weights, int positions, float* values, nint stride, nint width, float* sums)
    {
        var last = width - 8;
        nint o1 = Math.Min(8, last),
            o2 = Math.Min(16, last),
            o3 = Math.Min(24, last),
            o4 = Math.Min(32, last),
            o5 = Math.Min(40, last),
            o6 = Math.Min(48, last),
            o7 = Math.Min(56, last);
        var s0 = Vector256.Load(sums);
        var s1 = Vector256.Load(sums + o1);
        var s2 = Vector256.Load(sums + o2);
        var s3 = Vector256.Load(sums + o3);
        var s4 = Vector256.Load(sums + o4);
        var s5 = Vector256.Load(sums + o5);
        var s6 = Vector256.Load(sums + o6);
        var s7 = Vector256.Load(sums + o7);
        for (var p = 0; p < positions; p++, values += stride)
        {
            var weight = Vector256.Create(weights[p]);
            s0 = Vector256.FusedMultiplyAdd(weight, Vector256.Load(values), s0);
            s1 = Vector256.FusedMultiplyAdd(weight, Vector256.Load(values + o1), s1);
            s2 = Vector256.FusedMultiplyAdd(weight, Vector256.Load(values + o2), s2);
            s3 = Vector256.FusedMultiplyAdd(weight, Vector256.Load(values + o3), s3);
            s4 = Vector256.FusedMultiplyAdd(weight, Vector256.Load(values + o4), s4);
            s5 = Vector256.FusedMultiplyAdd(weight, Vector256.Load(values + o5), s5);
            s6 = Vector256.FusedMultiplyAdd(weight, Vector256.Load(values + o6), s6);
            s7 = Vector256.FusedMultiplyAdd(weight, Vector256.Load(values + o7), s7);
        }
        s0.Store(sums);
        s1.Store(sums + o1);
        s2.Store(sums + o2);
        s3.Store(sums + o3);
        s4.Store(sums + o4);
        s5.Store(sums + o5);
        s6.Store(sums + o6);
        s7.Store(sums + o7);
    }

    /// <summary>Two to four queries, up to 16 elements of the values; what is missing is computed again.</summary>
    private static void MixTile(
        float* weights,
        nint weightStride,
        int queries,
        int positions,
        float* values,
        nint stride,
        nint width,
        float* sums
    )
    {
        var high = Math.Min(8, width - 8);
        var (second, third, fourth) = (Math.Min(1, queries - 1), Math.Min(2, queries - 1), Math.Min(3, queries - 1));
        var w1 = weights + (second * weightStride);
        var w2 = weights + (third * weightStride);
        var w3 = weights + (fourth * weightStride);
        var to1 = sums + (second * stride);
        var to2 = sums + (third * stride);
        var to3 = sums + (fourth * stride);
        var (l0, h0) = (Vector256.Load(sums), Vector256.Load(sums + high));
        var (l1, h1) = (Vector256.Load(to1), Vector256.Load(to1 + high));
        var (l2, h2) = (Vector256.Load(to2), Vector256.Load(to2 + high));
        var (l3, h3) = (Vector256.Load(to3), Vector256.Load(to3 + high));
        for (var p = 0; p < positions; p++, values += stride)
        {
            var low = Vector256.Load(values);
            var top = Vector256.Load(values + high);
            var weight = Vector256.Create(weights[p]);
            l0 = Vector256.FusedMultiplyAdd(weight, low, l0);
            h0 = Vector256.FusedMultiplyAdd(weight, top, h0);
            weight = Vector256.Create(w1[p]);
            l1 = Vector256.FusedMultiplyAdd(weight, low, l1);
            h1 = Vector256.FusedMultiplyAdd(weight, top, h1);
            weight = Vector256.Create(w2[p]);
            l2 = Vector256.FusedMultiplyAdd(weight, low, l2);
            h2 = Vector256.FusedMultiplyAdd(weight, top, h2);
            weight = Vector256.Create(w3[p]);
            l3 = Vector256.FusedMultiplyAdd(weight, low, l3);
            h3 = Vector256.FusedMultiplyAdd(weight, top, h3);
        }
        l0.Store(sums);
        h0.Store(sums + high);
        l1.Store(to1);
        h1.Store(to1 + high);
        l2.Store(to2);
        h2.Store(to2 + high);
        l3.Store(to3);
        h3.Store(to3 + high);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Store(Vector256<float> low, Vector256<float> high, float* target)
    {
        low.Store(target);
        high.Store(target + 8);
    }
}
