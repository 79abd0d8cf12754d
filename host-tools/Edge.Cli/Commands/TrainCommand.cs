using System.CommandLine;
using Edge.Bench.Limits;
using Edge.Cli.CommandLine;
using Edge.Cli.Output;
using Edge.Training.Data;
using Edge.Training.Recipes;
using Edge.Training.Reports;
using Edge.Training.Run;

namespace Edge.Cli.Commands;

/// <summary>edge train: from text to a model that the device runs.</summary>
internal static class TrainCommand
{
    public static Command Create(Terminal terminal)
    {
        var recipe = new Argument<string?>("RECIPE")
        {
            Description = "a recipe file; or leave it out and give --depth, --data and --minutes",
            Arity = ArgumentArity.ZeroOrOne,
        };
        var data = Data();
        var depth = new Option<int?>("--depth")
        {
            Description = "layers: the one dial of a model's size",
            HelpName = "N",
        };
        var minutes = new Option<double?>("--minutes") { Description = "how long to train", HelpName = "M" };
        var run = Run();
        var from = From();
        var saveEvery = SaveEvery();
        var threads = Options.Threads();
        var json = Options.Json();
        var personal = new TrainFinetune();
        var command = new EdgeCommand(
            "train",
            "Train a model from text, on this computer's processor.",
            "edge train models/recipes/names.json --run runs/names"
        )
            .With(recipe)
            .With(data, depth, minutes, run, from, saveEvery, threads, json)
            .With(personal.Options)
            .Runs(
                terminal,
                (parsed, cancellation) =>
                {
                    var settings = Settings(
                        parsed.GetValue(from),
                        parsed.GetValue(saveEvery),
                        parsed.GetValue(threads)
                    );
                    var (folder, time, asJson) = (
                        parsed.GetValue(run),
                        parsed.GetValue(minutes),
                        parsed.GetValue(json)
                    );
                    if (personal.IsAsked(parsed))
                        return personal.Run(terminal, parsed, folder, time, settings, asJson, cancellation);
                    var (plan, files) = Plan(
                        parsed.GetValue(recipe),
                        parsed.GetValue(data) ?? [],
                        parsed.GetValue(depth),
                        time
                    );
                    folder ??= Path.Combine("runs", plan.Name);
                    return Train(terminal, plan, files, folder, settings, asJson, cancellation);
                }
            );
        command.Add(TrainReport.Create(terminal));
        command.Add(TrainBench.Create(terminal));
        command.Add(TrainCard.Create(terminal));
        return command;
    }

    private static Option<double> SaveEvery() =>
        new("--save-every")
        {
            Description = "seconds between two checkpoints",
            HelpName = "S",
            DefaultValueFactory = _ => 300,
        };

    /// <param name="threads">0 chooses.</param>
    private static RunOptions Settings(string? from, double saveEvery, int threads)
    {
        var settings = new RunOptions { StartFrom = from, SaveEvery = TimeSpan.FromSeconds(Math.Max(0, saveEvery)) };
        return threads > 0 ? settings with { Threads = threads } : settings;
    }

    private static Option<string[]> Data() =>
        new("--data", "-d")
        {
            Description = "with a recipe: the folder its files are in; without: the files to train on",
            HelpName = "PATH",
            AllowMultipleArgumentsPerToken = true,
        };

    private static Option<string?> Run() =>
        new("--run")
        {
            Description = "the run's folder; the same folder goes on where it stopped (default: runs/NAME)",
            HelpName = "DIR",
        };

    private static Option<string?> From() =>
        new("--from")
        {
            Description = "begin with the weights of this model instead of random ones",
            HelpName = "MODEL",
        };

    private static (Recipe Recipe, DataFiles Files) Plan(string? named, string[] paths, int? depth, double? minutes)
    {
        if (named is null)
            return (Quick(depth, paths, minutes), new DataFiles(null, null));
        var recipe = Recipe.Read(named);
        if (paths.Length > 1)
            throw new ArgumentException($"with a recipe, --data is one folder; got {paths.Length}");
        return (recipe, new DataFiles(Path.GetDirectoryName(Path.GetFullPath(named)), paths.FirstOrDefault()));
    }

    private static int Train(
        Terminal terminal,
        Recipe recipe,
        DataFiles files,
        string folder,
        RunOptions options,
        bool json,
        CancellationToken cancellation
    )
    {
        var peak = ArithmeticPeak.MeasureFp32(options.Threads, terminal.Clock, cancellation).OpsPerSecond;
        var screen = new TrainingScreen(terminal, peak);
        var page = new ReportWriter(folder, screen);
        using var watcher = new RunFolder(folder, page);
        var tokenizer = RunTokenizer.Prepare(recipe, files, folder, watcher, terminal.Clock, cancellation);
        using var run = new TrainingRun(recipe, tokenizer, files, folder, options, watcher, terminal.Clock);
        var finished = run.Run(cancellation);
        page.Write();
        if (!finished)
        {
            terminal.Say($"stopped; a checkpoint stands in {folder}. The same command goes on from there.");
            return ExitCode.Failed;
        }
        terminal.Say($"{run.ModelPath}: the model, int8; model-f32.gguf beside it for comparing");
        terminal.Say($"{Path.Combine(folder, ReportWriter.PageName)}: the curves; open it in a browser");
        var lines = NewLines.IsFor(recipe)
            ? NewLines.Sample(run.ModelPath, recipe, files, cancellation: cancellation)
            : null;
        if (json)
        {
            terminal.PrintJson(screen.Result(run.ModelPath, lines), Json.Types.TrainResult);
            return ExitCode.Done;
        }
        if (lines is null)
            return ExitCode.Done;
        terminal.Say(
            $"{lines.NewCount} of {lines.Sampled} lines that it makes up are new: they stand nowhere in the text. Some of these:"
        );
        foreach (var line in lines.New)
            terminal.Print(line);
        return ExitCode.Done;
    }

    private static Recipe Quick(int? depth, string[] files, double? minutes)
    {
        if (depth is not { } layers || minutes is not { } time || files.Length == 0)
            throw new ArgumentException("name a recipe, or give all of --depth, --data and --minutes");
        return QuickRecipe.For(layers, files, time);
    }
}
