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
        var train = Train(terminal);
        train.Add(TrainReport.Create(terminal));
        return train;
    }

    private static EdgeCommand Train(Terminal terminal)
    {
        var recipe = new Argument<string?>("RECIPE")
        {
            Description = "a recipe file; or leave it out and give --depth, --data and --minutes",
            Arity = ArgumentArity.ZeroOrOne,
        };
        var data = new Option<string[]>("--data", "-d")
        {
            Description = "with a recipe: the folder its files are in; without: the files to train on",
            HelpName = "PATH",
            AllowMultipleArgumentsPerToken = true,
        };
        var depth = new Option<int?>("--depth")
        {
            Description = "layers: the one dial of a model's size",
            HelpName = "N",
        };
        var minutes = new Option<double?>("--minutes") { Description = "how long to train", HelpName = "M" };
        var run = new Option<string?>("--run")
        {
            Description = "the run's folder; the same folder goes on where it stopped (default: runs/NAME)",
            HelpName = "DIR",
        };
        var from = new Option<string?>("--from")
        {
            Description = "begin with the weights of this model instead of random ones",
            HelpName = "MODEL",
        };
        var saveEvery = new Option<double>("--save-every")
        {
            Description = "seconds between two checkpoints",
            HelpName = "S",
            DefaultValueFactory = _ => 300,
        };
        var threads = Options.Threads();
        var json = Options.Json();
        return new EdgeCommand(
            "train",
            "Train a model from text, on this computer's processor.",
            "edge train models/recipes/names.json --run runs/names"
        )
            .With(recipe)
            .With(data, depth, minutes, run, from, saveEvery, threads, json)
            .Runs(
                terminal,
                (parsed, cancellation) =>
                {
                    var named = parsed.GetValue(recipe);
                    var paths = parsed.GetValue(data) ?? [];
                    var plan = named is null
                        ? Quick(parsed.GetValue(depth), paths, parsed.GetValue(minutes))
                        : Recipe.Read(named);
                    if (named is not null && paths.Length > 1)
                        throw new ArgumentException($"with a recipe, --data is one folder; got {paths.Length}");
                    var files = named is null
                        ? new DataFiles(null, null)
                        : new DataFiles(Path.GetDirectoryName(Path.GetFullPath(named)), paths.FirstOrDefault());
                    var folder = parsed.GetValue(run) ?? Path.Combine("runs", plan.Name);
                    var options = new RunOptions
                    {
                        StartFrom = parsed.GetValue(from),
                        SaveEvery = TimeSpan.FromSeconds(Math.Max(0, parsed.GetValue(saveEvery))),
                    };
                    if (parsed.GetValue(threads) is > 0 and var count)
                        options = options with { Threads = count };
                    return Train(terminal, plan, files, folder, options, parsed.GetValue(json), cancellation);
                }
            );
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
