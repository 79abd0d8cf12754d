using System.CommandLine;
using System.Globalization;
using Edge.Assistant.Evaluation;
using Edge.Assistant.Writing;
using Edge.Cli.CommandLine;
using Edge.Cli.Output;
using Edge.Inference;

namespace Edge.Cli.Commands;

/// <summary>edge eval qa: how well a model answers from a passage.</summary>
internal static class EvalQa
{
    public static EdgeCommand Create(Terminal terminal)
    {
        var model = new Argument<string>("MODEL") { Description = "a model file; none scores the baseline alone" };
        var file = new Argument<string>("FILE")
        {
            Description =
                "one {\"context\", \"question\", \"answers\"} a line (gzip or not); no answers: to be refused",
        };
        var plain = new Option<bool>("--plain") { Description = "let the model write freely" };
        var limit = Options.Whole("--limit", "items to take from the file; 0 takes all", 0, 0, int.MaxValue);
        var threads = Options.Whole("--threads", "items answered at a time; 0 takes one for each processor", 0, 0, 256);
        var tokenizer = Options.Tokenizer();
        var predictions = EvalShared.Predictions();
        var items = EvalShared.Items();
        var json = Options.Json();

        return new EdgeCommand(
            "qa",
            "Answer questions about passages and score the answers as SQuAD 2.0 does, beside the sentence of the passage "
                + "that BM25 (k1 1.2, b 0.75) ranks first.",
            "edge eval qa pocket.gguf dev.jsonl.gz --json"
        )
            .With(model)
            .With(file)
            .With(plain, limit, threads, tokenizer, predictions, items, json)
            .Runs(
                terminal,
                (parsed, cancellation) =>
                {
                    var tasks = TaskFile.ReadQa(parsed.GetRequiredValue(file), parsed.GetValue(limit));
                    using var models = new EvalModels(
                        parsed.GetRequiredValue(model),
                        parsed.GetValue(tokenizer),
                        parsed.GetValue(threads)
                    );
                    using var output = EvalModels.OpenPredictions(parsed.GetValue(predictions));
                    var started = terminal.Clock.GetTimestamp();
                    using var line = new ProgressLine(terminal, "answering");
                    var report = QaEvaluation.Run(
                        tasks,
                        [.. models.Models.Select(engine => Plain(engine, cancellation))],
                        done => line.Report(done, tasks.Count, "questions"),
                        cancellation
                    );
                    line.Clear();
                    EvalModels.Write(output, report.Items.Select(ToPrediction));
                    var seconds = terminal.Clock.GetElapsedTime(started).TotalSeconds;
                    if (parsed.GetValue(json))
                        terminal.PrintJson(
                            ToResult(report, models, "plain", seconds, parsed.GetValue(items)),
                            Json.Types.EvalQaResult
                        );
                    else
                        Print(terminal, report, seconds);
                    return ExitCode.Done;
                }
            );
    }

    private static Func<QaItem, QaPrediction> Plain(ILanguageModel model, CancellationToken cancellation)
    {
        var writer = new PlainWriter(model);
        return item =>
        {
            var said = writer.Answer(item.Context, item.Question, cancellation);
            return new QaPrediction(said, QaEvaluation.IsRefusal(said));
        };
    }

    private static Prediction ToPrediction(EvaluatedQa item) => new(item.Item.Id, item.Prediction, item.Refused);

    private static void Print(Terminal terminal, QaReport report, double seconds)
    {
        terminal.Print(
            $"{"source", -32}{"count", 6}{"exact", 8}{"F1", 8}{"F1 answ.", 10}{"right ref.", 12}{"wrong ref.", 12}{"best sentence F1", 18}"
        );
        foreach (var source in report.Sources)
            Row(source.Source, source.Model, source.Baseline);
        Row("all", report.Model, report.Baseline);
        terminal.Say(string.Create(CultureInfo.InvariantCulture, $"{seconds:F1} s"));

        void Row(string name, QaScores? model, QaScores baseline)
        {
            var shown = model ?? baseline;
            terminal.Print(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"{name, -32}{shown.Count, 6}{shown.Exact, 8:P1}{shown.F1, 8:P1}{shown.AnswerableF1, 10:P1}{shown.UnanswerableRefused, 12:P1}{shown.AnswerableRefused, 12:P1}{baseline.F1, 18:P1}"
                )
            );
        }
    }

    private static EvalQaResult ToResult(QaReport report, EvalModels models, string mode, double seconds, bool items)
    {
        var shown = report.Model ?? report.Baseline;
        return new EvalQaResult(
            shown.Exact,
            shown.F1,
            shown.UnanswerableRefused,
            shown.AnswerableRefused,
            shown.Count,
            shown.AnswerableExact,
            shown.AnswerableF1,
            shown.Answerable,
            models.Name,
            report.Model is null ? "baseline" : mode,
            Math.Round(seconds, 3),
            QaFigures.From(report.Baseline),
            [
                .. report.Sources.Select(s => new QaSourceResult(
                    s.Source,
                    s.Model is null ? null : QaFigures.From(s.Model),
                    QaFigures.From(s.Baseline)
                )),
            ]
        )
        {
            Items = items ? [.. report.Items.Select(ToItem)] : null,
        };
    }

    private static QaItemResult ToItem(EvaluatedQa item) =>
        new(
            item.Item.Id,
            item.Item.Source,
            item.Item.Question,
            item.Item.Answers,
            item.Prediction,
            item.Refused,
            item.Exact,
            item.F1,
            item.AnswerF1,
            item.Margin
        );
}
