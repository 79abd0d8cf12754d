using Edge.Inference.Kernels;

namespace Edge.Inference.Tests.Kernels;

public sealed unsafe class AttentionTests
{
    [Theory]
    [InlineData(16)]
    [InlineData(24)]
    [InlineData(50)]
    [InlineData(64)]
    public void Attention_is_softmax_of_scores_times_values(int head)
    {
        var random = new Random(head);
        const int Positions = 37;
        var (query, key, value) = (Rows(random, head), Rows(random, head), Rows(random, head));
        var expected = Expected(query, key, value, head);
        for (var queries = 1; queries <= Attention.QueriesMax; queries++)
        {
            var found = Run(query, key, value, head, queries);
            for (var i = 0; i < expected.Length; i++)
                Assert.Equal(expected[i], found[i], 1e-5);
        }

        static float[] Rows(Random random, int head) => Numbers.Floats(random, Positions * head);
    }

    [Fact]
    public void The_number_of_tokens_taken_together_does_not_change_a_bit()
    {
        var random = new Random(1);
        var rows = Enumerable.Range(0, 3).Select(_ => Numbers.Floats(random, 37 * 20)).ToArray();
        var one = Run(rows[0], rows[1], rows[2], 20, 1);
        for (var queries = 2; queries <= Attention.QueriesMax; queries++)
            Assert.Equal(one, Run(rows[0], rows[1], rows[2], 20, queries));
    }

    /// <summary>Output of every position, a few tokens at a time; rows are (positions, head).</summary>
    private static float[] Run(
        float[] query,
        float[] key,
        float[] value,
        int head,
        int queries,
        KvType type = KvType.F32
    )
    {
        var positions = query.Length / head;
        var rounded = Attention.RoundPositions(positions);
        using var keys = new NativeBuffer<byte>(4L * rounded * head);
        using var values = new NativeBuffer<byte>(4L * rounded * Attention.ValueStride(head));
        using var scratch = new NativeBuffer<float>(Attention.ScratchLength(head, positions));
        var cache = new HeadCache
        {
            Keys = keys.Pointer,
            Values = values.Pointer,
            Type = type,
        };
        var output = new float[query.Length];
        fixed (float* q = query)
        fixed (float* k = key)
        fixed (float* v = value)
        fixed (float* o = output)
        {
            for (var t = 0; t < positions; t += queries)
            {
                var count = Math.Min(queries, positions - t);
                for (var i = t; i < t + count; i++)
                    Attention.Store(cache, k + (i * head), v + (i * head), head, i);
                Attention.Run(cache, q + (t * head), count, head, t, 1, head, scratch.Pointer, o + (t * head));
            }
        }
        return output;
    }

    private static double[] Expected(float[] query, float[] key, float[] value, int head)
    {
        var output = new double[query.Length];
        for (var t = 0; t < query.Length / head; t++)
        {
            var weights = new double[t + 1];
            for (var p = 0; p <= t; p++)
            {
                for (var d = 0; d < head; d++)
                    weights[p] += (double)query[(t * head) + d] * key[(p * head) + d];
                weights[p] = Math.Exp(weights[p] / Math.Sqrt(head));
            }
            for (var p = 0; p <= t; p++)
            for (var d = 0; d < head; d++)
                output[(t * head) + d] += weights[p] / weights.Sum() * value[(p * head) + d];
        }
        return output;
    }
}
