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
    /// <summary>About so many lines of the trade-off curve are shown.</summary>
    private const int CurvePoints = 40;

    public static EdgeCommand Create(Terminal terminal)
    {
        var model = new Argument<string>("MODEL") { Description = "a model file; none scores the baseline alone" };
        var file = new Argument<string>("FILE")
        {
            Description =
                "one {\"context\", \"question\", \"answers\"} a line (gzip or not); no answers: to be refused",
        };
        var flags = new GroundedFlags();
        var calibrate = new Option<bool>("--calibrate")
        {
            Description = "also show what other thresholds would give, and the best",
        };
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
            .With(flags.All)
            .With(calibrate, limit, threads, tokenizer, predictions, items, json)
            .Runs(
                terminal,
                (parsed, cancellation) =>
                {
                    var how = flags.Read(parsed);
                    var path = parsed.GetRequiredValue(model);
                    if (parsed.GetValue(calibrate) && (how is null || path == "none"))
                        throw new ArgumentException(
                            "--calibrate needs a model that copies: leave out --plain and none"
                        );
                    var tasks = TaskFile.ReadQa(parsed.GetRequiredValue(file), parsed.GetValue(limit));
                    using var models = new EvalModels(path, parsed.GetValue(tokenizer), parsed.GetValue(threads));
                    using var output = EvalModels.OpenPredictions(parsed.GetValue(predictions));
                    var started = terminal.Clock.GetTimestamp();
                    using var line = new ProgressLine(terminal, "answering");
                    var report = QaEvaluation.Run(
                        tasks,
                        [
                            .. models.Models.Select(m =>
                                how is null ? Plain(m, cancellation) : Grounded(m, how(m), cancellation)
                            ),
                        ],
                        done => line.Report(done, tasks.Count, "questions"),
                        cancellation
                    );
                    line.Clear();
                    EvalModels.Write(output, report.Items.Select(ToPrediction));
                    var seconds = terminal.Clock.GetElapsedTime(started).TotalSeconds;
                    var result = ToResult(report, models, how is null, seconds, parsed.GetValue(calibrate));
                    if (!parsed.GetValue(json))
                        Print(terminal, report, result);
                    else
                        terminal.PrintJson(
                            parsed.GetValue(items) ? result with { Items = [.. report.Items.Select(ToItem)] } : result,
                            Json.Types.EvalQaResult
                        );
                    return ExitCode.Done;
                }
            );
    }

    private static Func<QaItem, QaPrediction> Plain(ILanguageModel model, CancellationToken cancellation)
    {
        var writer = new PlainWriter(model);
        return item =>
        {
            var said = writer.Answer(item.Context, item.Question, cancellation).Text;
            return new QaPrediction(said, QaEvaluation.IsRefusal(said));
        };
    }

    private static Func<QaItem, QaPrediction> Grounded(
        ILanguageModel model,
        GroundedOptions options,
        CancellationToken cancellation
    )
    {
        var answerer = new GroundedAnswerer(model, options);
        return item =>
        {
            var answer = answerer.Answer(item.Context, item.Question, cancellation);
            return new QaPrediction(answer.Best?.Text ?? "", answer.Refused, answer.Margin)
            {
                Confidence = answer.Confidence,
                LogProbability = answer.Best?.LogProbability,
                RefusalLogProbability = answer.RefusalLogProbability,
            };
        };
    }

    private static Prediction ToPrediction(EvaluatedQa item) => new(item.Item.Id, item.Prediction, item.Refused);

    private static void Print(Terminal terminal, QaReport report, EvalQaResult result)
    {
        terminal.Print(
            $"{"source", -32}{"count", 6}{"exact", 8}{"F1", 8}{"F1 answ.", 10}{"right ref.", 12}{"wrong ref.", 12}{"best sentence F1", 18}"
        );
        foreach (var source in report.Sources)
            Row(source.Source, source.Model, source.Baseline);
        Row("all", report.Model, report.Baseline);
        if (result is { Curve: { } curve, Best: { } best })
            PrintCurve(terminal, curve, best);
        terminal.Say(string.Create(CultureInfo.InvariantCulture, $"{result.Seconds:F1} s"));

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

    private static void PrintCurve(Terminal terminal, IReadOnlyList<RefusalPoint> curve, RefusalPoint best)
    {
        terminal.Print($"{"threshold", 12}{"right ref.", 12}{"wrong ref.", 12}{"exact", 8}{"F1", 8}");
        foreach (var point in curve.Append(best))
            terminal.Print(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"{point.Threshold, 12:F3}{point.UnanswerableRefused, 12:P1}{point.AnswerableRefused, 12:P1}{point.Exact, 8:P1}{point.F1, 8:P1}{(point == best ? "  best" : "")}"
                )
            );
        if (!best.MeetsGoal)
            terminal.Print("no threshold refuses 70 % of the unanswerable and at most 10 % of the answerable");
    }

    private static EvalQaResult ToResult(QaReport report, EvalModels models, bool plain, double seconds, bool calibrate)
    {
        var points = calibrate ? RefusalCurve.Of(report.Items) : [];
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
            report.Model is null ? "baseline"
                : plain ? "plain"
                : "grounded",
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
            Best = RefusalCurve.Best(points),
            Curve = calibrate ? RefusalCurve.Thin(points, CurvePoints) : null,
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
            Finite(item.Answer.Margin),
            Finite(item.Answer.Confidence),
            Finite(item.Answer.LogProbability),
            Finite(item.Answer.RefusalLogProbability)
        );

    /// <summary>JSON has no infinity.</summary>
    private static double? Finite(double? value) => value is { } number && double.IsFinite(number) ? number : null;
}
