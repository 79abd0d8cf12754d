using System.CommandLine;
using Edge.Cli.CommandLine;
using Edge.Cli.Output;
using Edge.Training.Reports;

namespace Edge.Cli.Commands;

/// <summary>edge train report: curves of one or several runs, on one page that needs no network.</summary>
internal static class TrainReport
{
    public static Command Create(Terminal terminal)
    {
        var runs = new Argument<string[]>("RUN")
        {
            Description = "folders of runs; several are compared",
            Arity = ArgumentArity.OneOrMore,
        };
        var output = new Option<string>("--output", "-o")
        {
            Description = "the page to write",
            HelpName = "FILE",
            DefaultValueFactory = _ => ReportWriter.PageName,
        };
        var picture = new Option<string?>("--png")
        {
            Description = "also write the curves as a picture",
            HelpName = "FILE",
        };
        var json = Options.Json();
        return new EdgeCommand(
            "report",
            "Show or compare runs on one HTML page: loss, bits per byte, pace, samples, settings.",
            "edge train report runs/small runs/large -o compare.html --png compare.png"
        )
            .With(runs)
            .With(output, picture, json)
            .Runs(
                terminal,
                (parsed, _) =>
                {
                    var page = parsed.GetRequiredValue(output);
                    var histories = RunHistory.ReadAll(parsed.GetRequiredValue(runs));
                    ReportPage.Save(histories, page);
                    terminal.Say($"{page}: the page; open it in a browser");
                    if (parsed.GetValue(picture) is { } file)
                    {
                        File.WriteAllBytes(file, ReportPicture.Write(histories));
                        terminal.Say($"{file}: the curves as a picture");
                    }
                    if (parsed.GetValue(json))
                        terminal.PrintJson(
                            new TrainReportResult(page, parsed.GetValue(picture), [.. histories.Select(RunSummary.Of)]),
                            Json.Types.TrainReportResult
                        );
                    return ExitCode.Done;
                }
            );
    }
}
