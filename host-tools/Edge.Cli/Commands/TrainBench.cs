using System.CommandLine;
using System.Globalization;
using Edge.Bench.Limits;
using Edge.Cli.CommandLine;
using Edge.Cli.Output;
using Edge.Training.Optimizers;
using Edge.Training.Speed;

namespace Edge.Cli.Commands;

/// <summary>edge train bench: how fast this computer trains, and what share of its own peak that is.</summary>
internal static class TrainBench
{
    public static Command Create(Terminal terminal)
    {
        var shape = new Option<string[]>("--shape")
        {
            Description = string.Join(", ", TrainingShape.All.Select(known => known.Name)) + "; all when not given",
            HelpName = "NAME",
            AllowMultipleArgumentsPerToken = true,
        };
        var optimizer = new Option<OptimizerKind>("--optimizer")
        {
            Description = "adamw or muon",
            HelpName = "KIND",
            DefaultValueFactory = _ => OptimizerKind.AdamW,
        };
        var steps = Options.Whole("--repeat", "steps that are timed; the median counts", 7, 1, 1000);
        var threads = Options.Threads();
        var json = Options.Json();
        return new EdgeCommand(
            "bench",
            "Time whole training steps beside this machine's fp32 peak.",
            "edge train bench --shape 7m --threads 2"
        )
            .With(shape, optimizer, steps, threads, json)
            .Runs(
                terminal,
                (parsed, cancellation) =>
                {
                    var wanted = parsed.GetValue(shape) is { Length: > 0 } named ? named : [];
                    var count = parsed.GetValue(threads) is > 0 and var asked ? asked : Environment.ProcessorCount;
                    var (kind, repeat) = (parsed.GetValue(optimizer), parsed.GetValue(steps));
                    var rows = new List<TrainBenchRow>();
                    foreach (var one in Shapes(wanted))
                    {
                        rows.Add(Row(terminal.Clock, one, count, kind, repeat, cancellation));
                        if (parsed.GetValue(json))
                            terminal.Say(Sentence(rows[^1]));
                        else
                            terminal.Print(Sentence(rows[^1]));
                    }
                    if (parsed.GetValue(json))
                        terminal.PrintJson(rows, Json.Types.ListTrainBenchRow);
                    return ExitCode.Done;
                }
            );
    }

    private static IEnumerable<TrainingShape> Shapes(string[] names)
    {
        if (names.Length == 0)
            return TrainingShape.All;
        return names.Select(name =>
            TrainingShape.All.FirstOrDefault(shape => shape.Name == name)
            ?? throw new ArgumentException(
                $"--shape must be one of {string.Join(", ", TrainingShape.All.Select(shape => shape.Name))}, got \"{name}\""
            )
        );
    }

    private static TrainBenchRow Row(
        TimeProvider clock,
        TrainingShape shape,
        int threads,
        OptimizerKind optimizer,
        int steps,
        CancellationToken cancellation
    )
    {
        // Before and after: the machine may have become slower or faster meanwhile.
        var before = ArithmeticPeak.MeasureFp32(threads, clock, cancellation);
        var speed = TrainingBench.Run(shape, threads, optimizer, steps, clock, cancellation);
        var after = ArithmeticPeak.MeasureFp32(threads, clock, cancellation);
        var peak = ArithmeticPeak.Best(before, after).OpsPerSecond;
        return new TrainBenchRow(
            shape.Name,
            speed.Parameters,
            threads,
            optimizer.ToString(),
            speed.StepSeconds * 1000,
            speed.TokensPerSecond,
            speed.FlopsPerSecond,
            peak,
            speed.FlopsPerSecond / peak,
            speed.FlopsPerSecond * speed.StepSeconds / speed.BestStepSeconds / peak
        );
    }

    private static string Sentence(TrainBenchRow row) =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"{row.Shape}: {row.Parameters / 1e6:0.0} M parameters, {row.Threads} threads, {row.Optimizer}: {row.StepMs:N0} ms a step, {row.TokensPerSecond:N0} tokens/s, {row.FlopsPerSecond / 1e9:0} of {row.PeakFlopsPerSecond / 1e9:0} GFLOP/s, {row.PeakShare:P0} (the best step {row.BestPeakShare:P0})"
        );
}
