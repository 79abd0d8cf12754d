namespace Edge.Training.Optimizers;

public enum OptimizerKind
{
    /// <summary>Adam with decoupled weight decay, for every parameter.</summary>
    AdamW,

    /// <summary>Muon for the matrices of the layers, AdamW for tables and norms.</summary>
    Muon,
}

/// <summary>How parameters follow their gradients. Refuses nonsense when it is used.</summary>
public sealed record OptimizerSettings
{
    public OptimizerKind Kind { get; init; } = OptimizerKind.Muon;

    /// <summary>Peak rate of the matrices of the layers. Muon's updates are scaled to the size of Adam's, so the same rate
    /// suits both.</summary>
    public float LearningRate { get; init; } = 3e-3f;

    /// <summary>Peak rate of tables and norms.</summary>
    public float TableLearningRate { get; init; } = 3e-3f;

    /// <summary>Share of each matrix and table that goes at a rate of 1.</summary>
    public float WeightDecay { get; init; } = 0.1f;

    public float Beta1 { get; init; } = 0.9f;

    public float Beta2 { get; init; } = 0.95f;

    public float Epsilon { get; init; } = 1e-8f;

    /// <summary>Of Muon.</summary>
    public float Momentum { get; init; } = 0.95f;

    /// <summary>The gradient of a step is scaled down to this norm.</summary>
    public float ClipNorm { get; init; } = 1f;

    /// <exception cref="ArgumentException">A number is out of its range.</exception>
    public void Check()
    {
        Need(LearningRate is > 0 and <= 1, "learningRate", "above 0 and at most 1", LearningRate);
        Need(TableLearningRate is > 0 and <= 1, "tableLearningRate", "above 0 and at most 1", TableLearningRate);
        Need(WeightDecay is >= 0 and <= 10, "weightDecay", "0 to 10", WeightDecay);
        Need(Beta1 is >= 0 and < 1, "beta1", "0 or more and below 1", Beta1);
        Need(Beta2 is >= 0 and < 1, "beta2", "0 or more and below 1", Beta2);
        Need(Epsilon > 0, "epsilon", "above 0", Epsilon);
        Need(Momentum is >= 0 and < 1, "momentum", "0 or more and below 1", Momentum);
        Need(ClipNorm > 0, "clipNorm", "above 0", ClipNorm);

        static void Need(bool holds, string name, string expected, float found)
        {
            if (!holds)
                throw new ArgumentException(
                    string.Create(
                        System.Globalization.CultureInfo.InvariantCulture,
                        $"{name} must be {expected}, got {found}"
                    )
                );
        }
    }
}
