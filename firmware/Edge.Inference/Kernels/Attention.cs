using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Edge.Inference.Kernels;

// How the cache of one key-value head lies in memory:
//  keys:   (positions / 16, head, 16): sixteen positions side by side, so that one vector holds the same element of
//          several keys and a score is never gathered from the lanes of a vector
//  values: (positions, head rounded up to 8)
// Positions are rounded up to 16; what lies beyond the filled ones is finite and never used.

/// <summary>
/// Causal attention of one head for up to <see cref="QueriesMax"/> neighbouring tokens. One definition for every machine:
/// score = the products q[d] k[d] in order of d by fused multiply-add from 0, times the scale; output[d] = the products
/// p[t] v[t][d] in order of position by fused multiply-add from 0.
/// </summary>
internal static unsafe class Attention
{
    public const int QueriesMax = 4;

    public const int BlockPositions = 16;

    /// <summary>Positions in whole blocks.</summary>
    public static int RoundPositions(int positions) => (positions + BlockPositions - 1) & ~(BlockPositions - 1);

    /// <summary>Floats of one value row.</summary>
    public static int ValueStride(int head) => (head + 7) & ~7;

    /// <summary>Copies one position's key and value into the cache of its head.</summary>
    public static void Store(float* key, float* value, int head, int position, float* keys, float* values)
    {
        var target = keys + ((long)(position / BlockPositions) * head * BlockPositions) + (position % BlockPositions);
        for (var d = 0; d < head; d++)
            target[d * BlockPositions] = key[d];
        Unsafe.CopyBlockUnaligned(values + ((long)position * ValueStride(head)), value, (uint)head * sizeof(float));
    }

    /// <summary>
    /// Attends from tokens at positions first to first + queries - 1 to everything up to themselves.
    /// </summary>
    /// <param name="query">(queries, head) with <paramref name="stride"/> floats from token to token.</param>
    /// <param name="queries">1 to <see cref="QueriesMax"/>.</param>
    /// <param name="scores">(queries, RoundPositions(first + queries)): scratch.</param>
    /// <param name="output">(queries, head), stride as for the query.</param>
    public static void Run(
        float* query,
        int queries,
        int stride,
        int first,
        float* keys,
        float* values,
        int head,
        float* scores,
        float* output
    )
    {
        var positions = first + queries;
        var scoreStride = RoundPositions(positions);
        var scale = 1f / MathF.Sqrt(head);
        for (var block = 0; block < scoreStride / BlockPositions; block++)
        {
            var blockKeys = keys + ((long)block * head * BlockPositions);
            var blockScores = scores + (block * BlockPositions);
            if (queries == QueriesMax)
                ScoreFour(query, stride, blockKeys, head, scale, blockScores, scoreStride);
            else
                for (var q = 0; q < queries; q++)
                    ScoreOne(query + ((nint)q * stride), blockKeys, head, scale, blockScores + ((nint)q * scoreStride));
        }
        for (var q = 0; q < queries; q++)
        {
            var own = first + q + 1;
            var row = scores + ((nint)q * scoreStride);
            Elementwise.Softmax(row, own);
            // Positions after the token weigh nothing.
            new Span<float>(row + own, positions - own).Clear();
        }
        for (var d = 0; d < head; d += 8)
        {
            var count = Math.Min(8, head - d);
            if (queries == QueriesMax)
                MixFour(scores, scoreStride, positions, values + d, ValueStride(head), output + d, stride, count);
            else
                for (var q = 0; q < queries; q++)
                    MixOne(
                        scores + ((nint)q * scoreStride),
                        first + q + 1,
                        values + d,
                        ValueStride(head),
                        output + ((nint)q * stride) + d,
                        count
                    );
        }
    }

    private static void ScoreOne(float* query, float* keys, int head, float scale, float* scores)
    {
        Vector256<float> low = default,
            high = default;
        for (var d = 0; d < head; d++)
        {
            var q = Vector256.Create(query[d]);
            low = Vector256.FusedMultiplyAdd(q, Vector256.Load(keys + (d * BlockPositions)), low);
            high = Vector256.FusedMultiplyAdd(q, Vector256.Load(keys + (d * BlockPositions) + 8), high);
        }
        (low * scale).Store(scores);
        (high * scale).Store(scores + 8);
    }

    private static void ScoreFour(
        float* query,
        nint stride,
        float* keys,
        int head,
        float scale,
        float* scores,
        nint scoreStride
    )
    {
        Vector256<float> low0 = default,
            low1 = default,
            low2 = default,
            low3 = default,
            high0 = default,
            high1 = default,
            high2 = default,
            high3 = default;
        for (var d = 0; d < head; d++)
        {
            var low = Vector256.Load(keys + (d * BlockPositions));
            var high = Vector256.Load(keys + (d * BlockPositions) + 8);
            var q = Vector256.Create(query[d]);
            low0 = Vector256.FusedMultiplyAdd(q, low, low0);
            high0 = Vector256.FusedMultiplyAdd(q, high, high0);
            q = Vector256.Create(query[stride + d]);
            low1 = Vector256.FusedMultiplyAdd(q, low, low1);
            high1 = Vector256.FusedMultiplyAdd(q, high, high1);
            q = Vector256.Create(query[(2 * stride) + d]);
            low2 = Vector256.FusedMultiplyAdd(q, low, low2);
            high2 = Vector256.FusedMultiplyAdd(q, high, high2);
            q = Vector256.Create(query[(3 * stride) + d]);
            low3 = Vector256.FusedMultiplyAdd(q, low, low3);
            high3 = Vector256.FusedMultiplyAdd(q, high, high3);
        }
        (low0 * scale).Store(scores);
        (high0 * scale).Store(scores + 8);
        (low1 * scale).Store(scores + scoreStride);
        (high1 * scale).Store(scores + scoreStride + 8);
        (low2 * scale).Store(scores + (2 * scoreStride));
        (high2 * scale).Store(scores + (2 * scoreStride) + 8);
        (low3 * scale).Store(scores + (3 * scoreStride));
        (high3 * scale).Store(scores + (3 * scoreStride) + 8);
    }

    private static void MixOne(float* weights, int positions, float* values, nint stride, float* output, int count)
    {
        Vector256<float> sum = default;
        for (var p = 0; p < positions; p++)
            sum = Vector256.FusedMultiplyAdd(Vector256.Create(weights[p]), Vector256.Load(values + (p * stride)), sum);
        Store(sum, output, count);
    }

    private static void MixFour(
        float* weights,
        nint weightStride,
        int positions,
        float* values,
        nint stride,
        float* output,
        nint outputStride,
        int count
    )
    {
        Vector256<float> sum0 = default,
            sum1 = default,
            sum2 = default,
            sum3 = default;
        for (var p = 0; p < positions; p++)
        {
            var value = Vector256.Load(values + (p * stride));
            sum0 = Vector256.FusedMultiplyAdd(Vector256.Create(weights[p]), value, sum0);
            sum1 = Vector256.FusedMultiplyAdd(Vector256.Create(weights[weightStride + p]), value, sum1);
            sum2 = Vector256.FusedMultiplyAdd(Vector256.Create(weights[(2 * weightStride) + p]), value, sum2);
            sum3 = Vector256.FusedMultiplyAdd(Vector256.Create(weights[(3 * weightStride) + p]), value, sum3);
        }
        Store(sum0, output, count);
        Store(sum1, output + outputStride, count);
        Store(sum2, output + (2 * outputStride), count);
        Store(sum3, output + (3 * outputStride), count);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Store(Vector256<float> sum, float* output, int count)
    {
        if (count == 8)
        {
            sum.Store(output);
            return;
        }
        for (var i = 0; i < count; i++)
            output[i] = sum[i];
    }
}
