using System.CommandLine;
using Edge.Cli.CommandLine;
using Edge.Cli.Output;
using Edge.Training.Cards;

namespace Edge.Cli.Commands;

/// <summary>edge train card: a run's model with a page about it.</summary>
internal static class TrainCard
{
    public static Command Create(Terminal terminal)
    {
        var run = new Argument<string>("RUN") { Description = "the folder of a run that is done" };
        var output = new Option<string>("--output", "-o")
        {
            Description = "gets NAME.gguf, README.md, golden.json and recipe.json",
            HelpName = "DIR",
            Required = true,
        };
        var scores = File("--scores", "the --json of edge eval, or an object of several by name");
        var attributions = File("--attributions", "markdown about where the data comes from");
        var threshold = new Option<double?>("--refusal-threshold")
        {
            Description = "nats, as edge eval qa --calibrate found it: kept in the model's file",
            HelpName = "X",
        };
        var licence = new Option<string?>("--licence") { Description = "of the weights, in words", HelpName = "TEXT" };
        var data = new Option<string?>("--data", "-d")
        {
            Description = "the folder of the data, for a run that did not write down what it read",
            HelpName = "DIR",
        };
        return new EdgeCommand(
            "card",
            "Put a trained model into a folder with a page about it: data, settings, curves, scores, golden tokens.",
            "edge train card runs/edge-notes --scores scores.json -o models/edge-notes"
        )
            .With(run)
            .With(output, scores, attributions, threshold, licence, data)
            .Runs(
                terminal,
                (parsed, _) =>
                {
                    var model = ModelCard.Write(
                        new CardOptions
                        {
                            Run = parsed.GetValue(run)!,
                            Output = parsed.GetValue(output)!,
                            Scores = parsed.GetValue(scores),
                            Attributions = parsed.GetValue(attributions),
                            RefusalThreshold = parsed.GetValue(threshold),
                            Licence = parsed.GetValue(licence),
                            Data = parsed.GetValue(data),
                        }
                    );
                    terminal.Say($"{model}: the model; README.md, golden.json and recipe.json beside it");
                    return ExitCode.Done;
                }
            );
    }

    private static Option<string?> File(string name, string description) =>
        new(name) { Description = description, HelpName = "FILE" };
}
