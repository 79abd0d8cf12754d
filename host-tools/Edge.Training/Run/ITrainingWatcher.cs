namespace Edge.Training.Run;

/// <summary>One step of the optimiser.</summary>
/// <param name="Step">1 for the first of the stage.</param>
/// <param name="Loss">Nats a judged token.</param>
/// <param name="Rate">Share of the peak learning rate.</param>
/// <param name="GradientNorm">Before clipping.</param>
/// <param name="TokensPerSecond">Of this step.</param>
/// <param name="FlopsPerSecond">6 * parameters * tokens / time.</param>
/// <param name="SecondsLeft">Of the stage, at the pace so far.</param>
/// <param name="Tokens">Seen so far, in all stages.</param>
public sealed record StepReport(
    string Stage,
    long Step,
    long Steps,
    double Loss,
    double Rate,
    double GradientNorm,
    double TokensPerSecond,
    double FlopsPerSecond,
    double SecondsLeft,
    long Tokens,
    double Seconds
);

/// <summary>A judgement on held-out text.</summary>
/// <param name="BitsPerByte">Of all sources together.</param>
/// <param name="Int8BitsPerByte">The same with the weights as int8 will store them.</param>
/// <param name="Sources">Bits per byte of each.</param>
public sealed record JudgementReport(
    string Stage,
    long Step,
    long Tokens,
    double Seconds,
    double BitsPerByte,
    double Int8BitsPerByte,
    IReadOnlyDictionary<string, double> Sources
);

/// <summary>What the model writes now.</summary>
public sealed record SampleReport(string Stage, long Step, string Prompt, string Text);

/// <summary>Sees a run as it goes on: a terminal, a run folder, an experiment.</summary>
public interface ITrainingWatcher
{
    /// <summary>One line about what happens: what was read, where a run goes on.</summary>
    void Said(string line);

    void Stepped(StepReport report);

    void Judged(JudgementReport report);

    void Sampled(SampleReport report);
}
