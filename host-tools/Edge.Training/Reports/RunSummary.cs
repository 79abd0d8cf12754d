namespace Edge.Training.Reports;

/// <summary>The numbers of a run on one line; null where the run has not come so far.</summary>
/// <param name="Parameters">From floating-point operations and tokens a second: 6 operations a parameter and token.</param>
/// <param name="Loss">Nats a judged token, mean of the last twenty steps of the last stage.</param>
/// <param name="BestInt8BitsPerByte">Lowest of the last stage.</param>
/// <param name="TokensPerSecond">Median over the steps.</param>
public sealed record RunSummary(
    string Name,
    string? Stage,
    long Parameters,
    long Steps,
    long Tokens,
    double Seconds,
    double? Loss,
    double? BitsPerByte,
    double? Int8BitsPerByte,
    double? BestInt8BitsPerByte,
    double? TokensPerSecond,
    int LinesLeftOut
)
{
    private const int LastSteps = 20;

    public static RunSummary Of(RunHistory run)
    {
        if (run.Steps.Count == 0)
            return new RunSummary(run.Name, null, 0, 0, 0, 0, null, null, null, null, null, run.LinesLeftOut);
        var last = run.Steps[^1];
        var stage = run.Steps.Where(step => step.Stage == last.Stage).ToArray();
        var judged = run.Judgements.Where(point => point.Stage == last.Stage).ToArray();
        var final = run.Judgements is [.., var newest] ? newest : null;
        return new RunSummary(
            run.Name,
            last.Stage,
            (long)Median(run.Steps.Select(step => step.FlopsPerSecond / Math.Max(1, step.TokensPerSecond) / 6)),
            last.TotalStep,
            last.Tokens,
            last.Seconds,
            stage.TakeLast(LastSteps).Average(step => step.Loss),
            final?.BitsPerByte,
            final?.Int8BitsPerByte,
            judged.Length > 0 ? judged.Min(point => point.Int8BitsPerByte) : null,
            Median(run.Steps.Select(step => step.TokensPerSecond)),
            run.LinesLeftOut
        );
    }

    private static double Median(IEnumerable<double> values)
    {
        var sorted = values.Order().ToArray();
        return sorted[sorted.Length / 2];
    }
}
