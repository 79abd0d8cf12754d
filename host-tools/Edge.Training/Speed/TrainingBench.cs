using Edge.Inference;
using Edge.Training.Model;
using Edge.Training.Optimizers;

namespace Edge.Training.Speed;

/// <summary>A shape to time, and the batch that it is timed with.</summary>
/// <param name="Rows">Of one step, <paramref name="Length"/> tokens each.</param>
public sealed record TrainingShape(
    string Name,
    int Dim,
    int Layers,
    int Hidden,
    int Vocab,
    int Rows = 16,
    int Length = 256
)
{
    /// <summary>"7m" is the shape that other trainers were measured with; the others are about ten times smaller and four
    /// times larger.</summary>
    public static IReadOnlyList<TrainingShape> All { get; } =
    [new("0.7m", 96, 4, 256, 2048), new("7m", 256, 8, 688, 4096), new("30m", 512, 8, 1376, 8192)];

    internal ModelConfig Config =>
        new()
        {
            Dim = Dim,
            HiddenDim = Hidden,
            Layers = Layers,
            Heads = Dim / 32,
            KvHeads = Dim / 32,
            HeadDim = 32,
            RopeDim = 32,
            VocabSize = Vocab,
            ContextLength = Length,
            TiedOutput = true,
        };
}

/// <param name="StepSeconds">Median of the timed steps: forward, backward, optimiser.</param>
/// <param name="BestStepSeconds">The fastest of them.</param>
/// <param name="FlopsPerSecond">6 * parameters * tokens / time: attention and everything small is not counted.</param>
public sealed record TrainingSpeed(
    string Shape,
    long Parameters,
    int Threads,
    OptimizerKind Optimizer,
    double StepSeconds,
    double BestStepSeconds,
    double TokensPerSecond,
    double FlopsPerSecond
);

/// <summary>Times whole training steps on random tokens; speed does not depend on what they are.</summary>
public static unsafe class TrainingBench
{
    private const int MicroPositions = 2048;

    /// <exception cref="InsufficientMemoryException">The shape does not fit.</exception>
    public static TrainingSpeed Run(
        TrainingShape shape,
        int threads,
        OptimizerKind optimizer,
        int steps,
        TimeProvider clock,
        CancellationToken cancellation
    )
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(steps, 1);
        var micros = Math.Max(1, shape.Rows * shape.Length / MicroPositions);
        var positions = shape.Rows * shape.Length / micros;
        using var network = new Network(shape.Config, positions, shape.Length, threads);
        using var follower = new Optimizer(network, new OptimizerSettings { Kind = optimizer });
        Initializer.Fill(network, 1);
        var random = new Random(1);
        var batches = Enumerable.Range(0, micros).Select(_ => RandomBatch()).ToList();
        var seconds = new double[steps];
        // Two steps before pay for pages and compilation.
        for (var step = -2; step < steps; step++)
        {
            cancellation.ThrowIfCancellationRequested();
            var started = clock.GetTimestamp();
            network.ClearGradients();
            foreach (var batch in batches)
                _ = network.Learn(batch, 1f / (shape.Rows * shape.Length));
            _ = follower.Step(step + 3, 1);
            if (step >= 0)
                seconds[step] = clock.GetElapsedTime(started).TotalSeconds;
        }
        Array.Sort(seconds);
        var median = seconds[steps / 2];
        var pace = shape.Rows * shape.Length / median;
        var parameters = network.Layout.Length;
        return new TrainingSpeed(
            shape.Name,
            parameters,
            threads,
            optimizer,
            median,
            seconds[0],
            pace,
            6.0 * parameters * pace
        );

        Batch RandomBatch()
        {
            var batch = new Batch(shape.Rows / micros, shape.Length);
            for (var i = 0; i < batch.Positions; i++)
            {
                batch.Inputs[i] = random.Next(shape.Vocab);
                batch.Targets[i] = random.Next(shape.Vocab);
            }
            return batch;
        }
    }
}
