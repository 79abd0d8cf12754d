using Edge.Inference;
using Edge.Training.Model;
using Edge.Training.Optimizers;

namespace Edge.Training.Tests.Model;

public sealed unsafe class LookupHeadsTests
{
    private const int Half = 60;

    [Theory]
    [InlineData(96, 3, 3, 32)]
    [InlineData(96, 3, 1, 32)]
    [InlineData(64, 1, 1, 64)]
    [InlineData(192, 3, 3, 64)]
    public void What_stood_before_is_likelier_from_the_first_step_on(int dim, int heads, int kvHeads, int headDim)
    {
        using var network = Started(Config(dim, heads, kvHeads, headDim), lookup: true);
        var (seen, again) = Losses(network, RepeatedRows(network.Config, seed: 2));
        Assert.InRange(seen, Math.Log(network.Config.VocabSize) - 0.5, Math.Log(network.Config.VocabSize) + 0.5);
        Assert.True(again < seen - 0.4, $"{seen:f3} nats for what is new, {again:f3} for what stood before");
    }

    [Fact]
    public void Training_sharpens_it_where_random_weights_have_not_found_it_yet()
    {
        var config = Config(96, 3, 3, 32);
        var lookup = Trained(config, lookup: true);
        var random = Trained(config, lookup: false);
        Assert.True(lookup < 2.5, $"{lookup:f3} nats");
        Assert.True(random > 4.5, $"{random:f3} nats");
    }

    [Fact]
    public void A_seed_gives_the_same_weights_again_and_another_seed_others()
    {
        var config = Config(64, 2, 2, 32);
        Assert.Equal(Weights(config, 1), Weights(config, 1));
        Assert.NotEqual(Weights(config, 1), Weights(config, 2));

        static float[] Weights(ModelConfig config, ulong seed)
        {
            using var network = new Network(config, 8, 8, threads: 1);
            Initializer.Fill(network, seed, lookup: true);
            return new Span<float>(network.Weights, (int)network.Layout.Length).ToArray();
        }
    }

    [Theory]
    [InlineData(2)]
    [InlineData(1)]
    public void The_smallest_models_are_filled_with_numbers(int layers)
    {
        using var network = Started(Config(8, 1, 1, 8) with { Layers = layers }, lookup: true);
        foreach (var weight in new Span<float>(network.Weights, (int)network.Layout.Length))
            Assert.True(float.IsFinite(weight));
    }

    /// <returns>The loss of what stood before, after 40 steps on rows that say everything twice.</returns>
    private static double Trained(ModelConfig config, bool lookup)
    {
        using var network = Started(config, lookup);
        var settings = new OptimizerSettings { LearningRate = 0.006f, TableLearningRate = 0.006f };
        using var optimizer = new Optimizer(network, settings);
        for (var step = 1; step <= 40; step++)
        {
            var batch = RepeatedRows(config, seed: 100 + step);
            network.ClearGradients();
            network.Learn(batch, (float)(1 / batch.TotalWeight));
            optimizer.Step(step, 1);
        }
        return Losses(network, RepeatedRows(config, seed: 3)).Again;
    }

    private static Network Started(ModelConfig config, bool lookup)
    {
        var network = new Network(config, 4 * 2 * Half, 2 * Half, threads: 2);
        Initializer.Fill(network, 1, lookup);
        return network;
    }

    /// <summary>Mean losses of the first half of each row and of the second.</summary>
    private static (double Seen, double Again) Losses(Network network, Batch batch)
    {
        var logits = network.Logits(batch);
        var vocab = network.Config.VocabSize;
        var sums = new double[2];
        var counts = new int[2];
        for (var i = 0; i < batch.Positions; i++)
        {
            if (batch.Targets[i] == Batch.NoTarget)
                continue;
            var row = logits.AsSpan(i * vocab, vocab);
            var sum = 0.0;
            foreach (var logit in row)
                sum += Math.Exp(logit);
            var half = i % batch.Length < Half ? 0 : 1;
            sums[half] += Math.Log(sum) - row[batch.Targets[i]];
            counts[half]++;
        }
        return (sums[0] / counts[0], sums[1] / counts[1]);
    }

    /// <summary>Four rows of random tokens, each said twice.</summary>
    private static Batch RepeatedRows(ModelConfig config, int seed)
    {
        var random = new Random(seed);
        var batch = new Batch(4, 2 * Half);
        for (var row = 0; row < batch.Rows; row++)
        {
            var tokens = new int[Half];
            for (var i = 0; i < Half; i++)
                tokens[i] = random.Next(config.VocabSize);
            for (var i = 0; i < 2 * Half; i++)
            {
                batch.Inputs[(row * batch.Length) + i] = tokens[i % Half];
                // What the first token of a half is cannot be known.
                batch.Targets[(row * batch.Length) + i] = (i + 1) % Half == 0 ? Batch.NoTarget : tokens[(i + 1) % Half];
            }
        }
        return batch;
    }

    private static ModelConfig Config(int dim, int heads, int kvHeads, int headDim) =>
        new()
        {
            Dim = dim,
            HiddenDim = 2 * dim,
            Layers = 4,
            Heads = heads,
            KvHeads = kvHeads,
            HeadDim = headDim,
            RopeDim = headDim,
            VocabSize = 300,
            ContextLength = 2 * Half,
            RopeTheta = 1_000_000,
            TiedOutput = true,
        };
}
