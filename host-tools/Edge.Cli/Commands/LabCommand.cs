using System.CommandLine;
using Edge.Cli.CommandLine;
using Edge.Cli.Output;
using Edge.Training.Data;
using Edge.Training.Lab;
using Edge.Training.Recipes;

namespace Edge.Cli.Commands;

/// <summary>edge lab: which settings of a recipe make the better model.</summary>
internal static class LabCommand
{
    public static Command Create(Terminal terminal)
    {
        var recipe = new Argument<string>("RECIPE") { Description = "the recipe to begin with" };
        var plan = new Option<string>("--plan")
        {
            Description = "what to try: a file of settings and values",
            HelpName = "PLAN.json",
            Required = true,
        };
        var data = new Option<string?>("--data", "-d")
        {
            Description = "the folder of the recipe's files, where they are not beside it",
            HelpName = "DIR",
        };
        var budget = new Option<double?>("--budget")
        {
            Description = "seconds of training for each experiment (default: the plan's, else 300)",
            HelpName = "SECONDS",
        };
        var folder = new Option<string?>("--folder")
        {
            Description = "ledger and best recipe; the same folder goes on where it stopped (default: lab/NAME)",
            HelpName = "DIR",
        };
        var threads = Options.Threads();
        var json = Options.Json();
        return new EdgeCommand(
            "lab",
            "Try settings of a recipe, each for the same time, and keep what makes the better model.",
            "edge lab models/recipes/edge-notes.json --plan plan.json --data ../shared/data --budget 300"
        )
            .With(recipe)
            .With(plan, data, budget, folder, threads, json)
            .Runs(
                terminal,
                (parsed, cancellation) =>
                {
                    if (parsed.GetValue(budget) is { } seconds && !(seconds is >= 0.1 and <= 1e6))
                        throw new ArgumentException("--budget must be 0.1 to 1000000 seconds");
                    var path = parsed.GetValue(recipe)!;
                    var planPath = parsed.GetValue(plan)!;
                    var start = Recipe.Read(path);
                    var options = new LabOptions
                    {
                        Folder = parsed.GetValue(folder) ?? Path.Combine("lab", start.Name),
                        BudgetSeconds = parsed.GetValue(budget),
                        PlanFolder = Path.GetDirectoryName(Path.GetFullPath(planPath)),
                    };
                    if (parsed.GetValue(threads) is > 0 and var count)
                        options = options with { Threads = count };
                    var search = new LabSearch(
                        start,
                        LabPlan.Read(planPath),
                        new DataFiles(Path.GetDirectoryName(Path.GetFullPath(path)), parsed.GetValue(data)),
                        options,
                        new LabScreen(terminal),
                        terminal.Clock
                    );
                    return Finish(terminal, search.Run(cancellation), parsed.GetValue(json));
                }
            );
    }

    private static int Finish(Terminal terminal, LabResult result, bool json)
    {
        if (!result.Finished)
        {
            terminal.Say($"stopped; the same command goes on with the next experiment after {result.Ledger}");
            return ExitCode.Failed;
        }
        terminal.Say(
            FormattableString.Invariant(
                $"{result.BestRecipe}: {result.Best:0.0000} bits per byte ({result.Figure}), the recipe as it was {result.Baseline:0.0000}; {(result.Kept.Count == 0 ? "nothing was better by more than the noise" : "kept: " + string.Join("; ", result.Kept))}"
            )
        );
        if (json)
            terminal.PrintJson(result, Json.Types.LabResult);
        return ExitCode.Done;
    }
}
