using Edge.Inference;
using Edge.Training.Model;

namespace Edge.Training.Tests.Model;

public sealed unsafe class NetworkTests
{
    public static TheoryData<string> Shapes => ["plain", "grouped", "untied", "odd"];

    [Theory]
    [MemberData(nameof(Shapes))]
    public void The_loss_is_that_of_the_reference(string shape)
    {
        var config = ConfigOf(shape);
        var batch = RandomBatch(config, rows: 2, length: 37, seed: 3);
        using var network = new Network(config, 74, 37, threads: 2);
        var reference = new ReferenceNetwork(config, network.Layout, Fill(network, 5));
        Assert.Equal(reference.Loss(batch), network.Loss(batch), 1e-3);

        var expected = reference.Logits(batch);
        var logits = network.Logits(batch);
        for (var i = 0; i < batch.Positions; i++)
        for (var token = 0; token < config.VocabSize; token++)
            Assert.Equal(expected[i][token], logits[(i * config.VocabSize) + token], 1e-4);
    }

    [Theory]
    [MemberData(nameof(Shapes))]
    public void Every_tensor_has_the_gradient_of_finite_differences_in_fp64(string shape)
    {
        var config = ConfigOf(shape);
        var batch = RandomBatch(config, rows: 2, length: 11, seed: 4);
        using var network = new Network(config, 22, 11, threads: 2);
        var weights = Fill(network, 6);
        var reference = new ReferenceNetwork(config, network.Layout, weights);
        network.ClearGradients();
        var scale = 0.5f;
        network.Learn(batch, scale);

        var random = new Random(7);
        foreach (var parameter in network.Layout.Parameters)
        {
            double error = 0,
                size = 0;
            for (var n = 0; n < 8; n++)
            {
                var at = parameter.Offset + random.NextInt64(parameter.Length);
                var expected = scale * Difference(reference, weights, at, batch);
                error += Math.Pow(expected - network.Gradients[at], 2);
                size += Math.Pow(expected, 2);
            }
            Assert.True(
                Math.Sqrt(error) <= (1e-4 * Math.Sqrt(size)) + 1e-5,
                $"{shape}, {parameter.Name}: error {Math.Sqrt(error):g3} of {Math.Sqrt(size):g3}"
            );
        }
    }

    [Fact]
    public void Gradients_and_losses_do_not_depend_on_the_number_of_threads()
    {
        var config = ConfigOf("grouped");
        var batch = RandomBatch(config, rows: 3, length: 130, seed: 8);
        var results = new List<(double Loss, byte[] Gradients)>();
        foreach (var threads in new[] { 1, 2, 3 })
        {
            using var network = new Network(config, 390, 130, threads);
            _ = Fill(network, 9);
            var loss = network.Learn(batch, 0.01f);
            results.Add((loss, new Span<byte>(network.Gradients, (int)network.Layout.Length * 4).ToArray()));
        }
        Assert.Equal(results[0].Loss, results[1].Loss);
        Assert.Equal(results[0].Gradients, results[1].Gradients);
        Assert.Equal(results[0].Gradients, results[2].Gradients);
    }

    [Fact]
    public void An_example_learns_the_same_alone_and_beside_others()
    {
        var config = ConfigOf("plain");
        var packed = RandomBatch(config, rows: 1, length: 40, seed: 10);
        for (var i = 0; i < 40; i++)
            packed.Starts[i] = i < 25 ? 0 : 25;
        packed.Targets[24] = Batch.NoTarget;
        var first = new Batch(1, 40);
        var second = new Batch(1, 40);
        for (var i = 0; i < 40; i++)
        {
            // What is behind the end of the shorter example is never judged.
            first.Inputs[i] = i < 25 ? packed.Inputs[i] : 0;
            first.Targets[i] = i < 25 ? packed.Targets[i] : Batch.NoTarget;
            second.Inputs[i] = i < 15 ? packed.Inputs[25 + i] : 0;
            second.Targets[i] = i < 15 ? packed.Targets[25 + i] : Batch.NoTarget;
        }
        using var network = new Network(config, 40, 40, threads: 1);
        _ = Fill(network, 11);
        Assert.Equal(network.Loss(packed), network.Loss(first) + network.Loss(second), 1e-4);
    }

    [Fact]
    public void The_memory_that_is_foretold_is_the_memory_that_is_taken()
    {
        var config = ConfigOf("plain");
        var small = Network.Bytes(config, 16, 16, 1);
        var large = Network.Bytes(config, 32768, 512, 1);
        Assert.InRange(large, small * 4, long.MaxValue);
        using var network = new Network(config, 32768, 512, threads: 1);
    }

    internal static ModelConfig ConfigOf(string shape) =>
        shape switch
        {
            "plain" => Config(32, 48, 2, 4, 4, 8, 50, tied: true),
            "grouped" => Config(48, 80, 3, 6, 2, 8, 61, tied: true),
            "untied" => Config(24, 32, 1, 2, 1, 16, 33, tied: false),
            _ => Config(20, 36, 2, 2, 2, 10, 43, tied: false) with { RopeDim = 6, RopeTheta = 500 },
        };

    private static ModelConfig Config(
        int dim,
        int hidden,
        int layers,
        int heads,
        int kv,
        int head,
        int vocab,
        bool tied
    ) =>
        new()
        {
            Dim = dim,
            HiddenDim = hidden,
            Layers = layers,
            Heads = heads,
            KvHeads = kv,
            HeadDim = head,
            RopeDim = head,
            VocabSize = vocab,
            ContextLength = 256,
            TiedOutput = tied,
        };

    /// <summary>Random weights, in both.</summary>
    private static double[] Fill(Network network, int seed)
    {
        var random = new Random(seed);
        var weights = new double[network.Layout.Length];
        foreach (var parameter in network.Layout.Parameters)
            for (var at = parameter.Offset; at < parameter.End; at++)
            {
                var value = (float)((random.NextDouble() - 0.5) * (parameter.Kind == ParameterKind.Table ? 1 : 0.6));
                network.Weights[at] = parameter.Kind == ParameterKind.Vector ? 1 + value : value;
                weights[at] = network.Weights[at];
            }
        return weights;
    }

    /// <summary>Random tokens in examples of random lengths; a third of the positions is not judged.</summary>
    internal static Batch RandomBatch(ModelConfig config, int rows, int length, int seed)
    {
        var random = new Random(seed);
        var batch = new Batch(rows, length);
        for (var i = 0; i < batch.Positions; i++)
        {
            batch.Inputs[i] = random.Next(config.VocabSize);
            batch.Targets[i] = random.Next(3) == 0 ? Batch.NoTarget : random.Next(config.VocabSize);
            var at = i % length;
            batch.Starts[i] =
                at == 0 ? 0
                : random.Next(12) == 0 ? at
                : batch.Starts[i - 1];
        }
        return batch;
    }

    private static double Difference(ReferenceNetwork reference, double[] weights, long at, Batch batch)
    {
        const double Step = 1e-5;
        var kept = weights[at];
        weights[at] = kept + Step;
        var above = reference.Loss(batch);
        weights[at] = kept - Step;
        var below = reference.Loss(batch);
        weights[at] = kept;
        return (above - below) / (2 * Step);
    }
}
