using System.CommandLine;
using System.Globalization;
using Edge.Assistant.Evaluation;
using Edge.Assistant.Writing;
using Edge.Cli.CommandLine;
using Edge.Cli.Output;
using Edge.Inference;

namespace Edge.Cli.Commands;

/// <summary>edge eval summaries: how well a model summarises.</summary>
internal static class EvalSummaries
{
    public static EdgeCommand Create(Terminal terminal)
    {
        var model = new Argument<string>("MODEL") { Description = "a model file; none scores the lead sentence alone" };
        var file = new Argument<string>("FILE")
        {
            Description = "one {\"text\", \"summary\", \"kind\", \"query\"} a line (gzip or not)",
        };
        var limit = Options.Whole("--limit", "items to take from the file; 0 takes all", 0, 0, int.MaxValue);
        var threads = Options.Whole("--threads", "texts at a time; 0 takes one for each processor", 0, 0, 256);
        var tokenizer = Options.Tokenizer();
        var predictions = EvalShared.Predictions();
        var items = EvalShared.Items();
        var json = Options.Json();

        return new EdgeCommand(
            "summaries",
            "Summarise texts and score by ROUGE (F, Porter stems), beside each text's first sentence. What the model "
                + "writes is shown where it is sure of it and the text says it; otherwise a sentence of the text stands.",
            "edge eval summaries pocket.gguf dev.jsonl.gz --json"
        )
            .With(model)
            .With(file)
            .With(limit, threads, tokenizer, predictions, items, json)
            .Runs(
                terminal,
                (parsed, cancellation) =>
                {
                    var tasks = TaskFile.ReadSummaries(parsed.GetRequiredValue(file), parsed.GetValue(limit));
                    using var models = new EvalModels(
                        parsed.GetRequiredValue(model),
                        parsed.GetValue(tokenizer),
                        parsed.GetValue(threads)
                    );
                    using var output = EvalModels.OpenPredictions(parsed.GetValue(predictions));
                    var started = terminal.Clock.GetTimestamp();
                    using var line = new ProgressLine(terminal, "summarising");
                    var report = SummariesEvaluation.Run(
                        tasks,
                        [.. models.Models.Select(engine => Writer(engine, cancellation))],
                        done => line.Report(done, tasks.Count, "texts"),
                        cancellation
                    );
                    line.Clear();
                    EvalModels.Write(output, report.Items.Select(i => new Prediction(i.Item.Id, i.Prediction, false)));
                    var seconds = terminal.Clock.GetElapsedTime(started).TotalSeconds;
                    if (parsed.GetValue(json))
                        terminal.PrintJson(
                            ToResult(report, models, seconds, parsed.GetValue(items)),
                            Json.Types.EvalSummariesResult
                        );
                    else
                        Print(terminal, report, seconds);
                    return ExitCode.Done;
                }
            );
    }

    private static Func<SummaryItem, WrittenSummary> Writer(ILanguageModel model, CancellationToken cancellation)
    {
        var writer = new SummaryWriter(model);
        return item =>
            item.IsTitle
                ? writer.Headline(item.Text, cancellation)
                : writer.Summarize(item.Text, item.Query, cancellation);
    }

    private static void Print(Terminal terminal, SummariesReport report, double seconds)
    {
        terminal.Print(
            $"{"source", -22}{"count", 6}{"R-1", 8}{"R-2", 8}{"R-L", 8}{"invented", 10}{"fell back", 10}{"raw R-L", 9}{"lead R-1", 10}{"lead R-2", 10}{"lead R-L", 10}"
        );
        foreach (var source in report.Sources)
            Row(source);
        Row(report.Total);
        if (report.Total.Model is not null)
            terminal.Print(
                $"ROUGE-L above the lead sentence's on {report.SourcesBeaten} of {report.Sources.Count} sources"
            );
        terminal.Say(string.Create(CultureInfo.InvariantCulture, $"{seconds:F1} s"));

        void Row(SummarySourceReport s)
        {
            var shown = s.Model ?? s.Lead;
            terminal.Print(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"{s.Source, -22}{shown.Count, 6}{shown.Rouge1, 8:P1}{shown.Rouge2, 8:P1}{shown.RougeL, 8:P1}{shown.InventedRate, 10:P1}{s.FallbackRate, 10:P1}{(s.Raw ?? s.Lead).RougeL, 9:P1}{s.Lead.Rouge1, 10:P1}{s.Lead.Rouge2, 10:P1}{s.Lead.RougeL, 10:P1}"
                )
            );
        }
    }

    private static EvalSummariesResult ToResult(SummariesReport report, EvalModels models, double seconds, bool items)
    {
        var total = report.Total;
        var shown = total.Model ?? total.Lead;
        return new EvalSummariesResult(
            shown.Rouge1,
            shown.Rouge2,
            shown.RougeL,
            shown.InventedRate,
            shown.Count,
            models.Name,
            Math.Round(seconds, 3),
            report.SourcesBeaten,
            SummaryFigures.From(total.Lead),
            [
                .. report.Sources.Select(s => new SummarySourceResult(
                    s.Source,
                    s.Model is null ? null : SummaryFigures.From(s.Model),
                    s.Raw is null ? null : SummaryFigures.From(s.Raw),
                    s.FallbackRate,
                    SummaryFigures.From(s.Lead)
                )),
            ]
        )
        {
            Raw = total.Raw is null ? null : SummaryFigures.From(total.Raw),
            FallbackRate = total.FallbackRate,
            Items = items
                ?
                [
                    .. report.Items.Select(i => new SummaryItemResult(
                        i.Item.Id,
                        i.Item.Source,
                        i.Item.Kind,
                        i.Item.Summary,
                        i.Prediction,
                        i.Raw,
                        i.Rouge.L,
                        i.Fallback,
                        i.Invented
                    )),
                ]
                : null,
        };
    }
}
