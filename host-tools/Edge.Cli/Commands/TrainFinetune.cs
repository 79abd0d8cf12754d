using System.CommandLine;
using Edge.Bench.Limits;
using Edge.Cli.CommandLine;
using Edge.Cli.Output;
using Edge.Training.Personal;
using Edge.Training.Run;

namespace Edge.Cli.Commands;

/// <summary>The options of edge train that make a personal model, and what they do.</summary>
internal sealed class TrainFinetune
{
    private readonly Option<string?> _model = new("--finetune")
    {
        Description = "train this model on the notes of --notes; private ones never go in",
        HelpName = "MODEL",
    };
    private readonly Option<string?> _notes = new("--notes")
    {
        Description = "with --finetune: the folder of notes",
        HelpName = "DIR",
    };
    private readonly Option<long?> _tokens = new("--tokens")
    {
        Description = "with --finetune: how many positions, instead of two passes",
        HelpName = "N",
    };
    private readonly Option<string?> _output = new("--output", "-o")
    {
        Description = "with --finetune: the model; its card is put beside it (default: model.gguf in the run's folder)",
        HelpName = "OUT.gguf",
    };
    private readonly Option<bool> _unmeasured = new("--no-canary")
    {
        Description = "with --finetune: do not measure what is learned by heart, which doubles the time",
    };

    public Option[] Options => [_model, _notes, _tokens, _output, _unmeasured];

    public bool IsAsked(ParseResult parsed) =>
        parsed.GetValue(_model) is not null || parsed.GetValue(_notes) is not null;

    public int Run(
        Terminal terminal,
        ParseResult parsed,
        string? folder,
        double? minutes,
        RunOptions run,
        bool json,
        CancellationToken cancellation
    )
    {
        if (parsed.GetValue(_model) is not { } model || parsed.GetValue(_notes) is not { } notes)
            throw new ArgumentException("a personal model needs both: --finetune MODEL and --notes DIR");
        var tokens = parsed.GetValue(_tokens);
        if (tokens is not null && minutes is not null)
            throw new ArgumentException("give --minutes or --tokens, not both");
        if (tokens is <= 0 || (minutes is { } time && !(time is >= 0.01 and <= 1e6)))
            throw new ArgumentException("--tokens must be 1 or more, --minutes 0.01 to 1000000");
        folder ??= Path.Combine("runs", Path.GetFileNameWithoutExtension(model) + "-personal");
        var output = parsed.GetValue(_output) ?? Path.Combine(folder, "model.gguf");
        var peak = ArithmeticPeak.MeasureFp32(run.Threads, terminal.Clock, cancellation).OpsPerSecond;
        var training = new PersonalTraining(
            new PersonalOptions
            {
                Model = model,
                Notes = notes,
                Folder = folder,
                Output = output,
                Minutes = minutes,
                Tokens = tokens,
                Canaries = !parsed.GetValue(_unmeasured),
                Run = run,
            },
            new TrainingScreen(terminal, peak),
            terminal.Clock
        );
        if (training.Run(cancellation) is not { } report)
        {
            terminal.Say($"stopped; what is done stands in {folder}. The same command goes on from there.");
            return ExitCode.Failed;
        }
        Say(terminal, report);
        terminal.Say($"{output}: the model; {training.CardPath} says what is in it");
        if (json)
            terminal.PrintJson(report, Json.Types.PersonalReport);
        return ExitCode.Done;
    }

    private static void Say(Terminal terminal, PersonalReport report)
    {
        terminal.Say(
            FormattableString.Invariant(
                $"learned from {report.Notes:N0} notes ({report.Bytes:N0} bytes, {report.Headlines:N0} titles), {report.Tokens:N0} positions; left out: {report.Private.Count:N0} private, {report.Unreadable.Count:N0} unreadable"
            )
        );
        foreach (var group in report.Canaries ?? [])
            terminal.Say(
                FormattableString.Invariant(
                    $"a secret that stands {group.Planted} times in the notes: said {group.Extracted} of {group.Canaries} times, exposure {group.MeanExposure:0.0} bits (chance 1.4)"
                )
            );
    }
}
