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
        var plain = new Option<bool>("--plain")
        {
            Description = "let the model write freely; without it, it copies a stretch of the passage or refuses",
        };
        var grounded = new Option<bool>("--grounded") { Description = "copy or refuse: what is done without --plain" };
        var threshold = Options.Number(
            "--threshold",
            "refuse when the refusal is likelier than the answer by more than this, nats",
            0,
            -1e6f,
            1e6f
        );
        var lengthPower = Options.Number(
            "--length-power",
            "divide an answer's log probability by its tokens to this power",
            0,
            0,
            4
        );
        var agreement = new Option<bool>("--agreement")
        {
            Description = "choose the answer that agrees best with all found, instead of the likeliest",
        };
        var mass = new Option<bool>("--mass")
        {
            Description = "compare the refusal with all answers found together, instead of the likeliest",
        };
        var search = Options.Whole("--search", "tokens computed in search of an answer, at most", 256, 1, 1 << 20);
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
            .With(plain, grounded, threshold, calibrate, lengthPower, agreement, mass, search)
            .With(limit, threads, tokenizer, predictions, items, json)
            .Runs(
                terminal,
                (parsed, cancellation) =>
                {
                    var free = parsed.GetValue(plain);
                    if (free && parsed.GetValue(grounded))
                        throw new ArgumentException("--plain and --grounded are two ways to answer: give one");
                    var how = new GroundedOptions
                    {
                        RefusalThreshold = parsed.GetValue(threshold),
                        LengthPower = parsed.GetValue(lengthPower),
                        ByAgreement = parsed.GetValue(agreement),
                        RefuseByMass = parsed.GetValue(mass),
                        EvaluationsMax = parsed.GetValue(search),
                    };
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
                        [.. models.Models.Select(m => free ? Plain(m, cancellation) : Grounded(m, how, cancellation))],
                        done => line.Report(done, tasks.Count, "questions"),
                        cancellation
                    );
                    line.Clear();
                    EvalModels.Write(output, report.Items.Select(ToPrediction));
                    var seconds = terminal.Clock.GetElapsedTime(started).TotalSeconds;
                    if (parsed.GetValue(json))
                        terminal.PrintJson(
                            ToResult(report, models, free, seconds, parsed.GetValue(items), parsed.GetValue(calibrate)),
                            Json.Types.EvalQaResult
                        );
                    else
                        Print(terminal, report, seconds, parsed.GetValue(calibrate));
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

    private static void Print(Terminal terminal, QaReport report, double seconds, bool calibrate)
    {
        terminal.Print(
            $"{"source", -32}{"count", 6}{"exact", 8}{"F1", 8}{"F1 answ.", 10}{"right ref.", 12}{"wrong ref.", 12}{"best sentence F1", 18}"
        );
        foreach (var source in report.Sources)
            Row(source.Source, source.Model, source.Baseline);
        Row("all", report.Model, report.Baseline);
        if (calibrate)
            PrintCurve(terminal, RefusalCurve.Of(report.Items));
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

    private static void PrintCurve(Terminal terminal, IReadOnlyList<RefusalPoint> points)
    {
        if (RefusalCurve.Best(points) is not { } best)
            throw new ArgumentException(
                "there are no margins to calibrate with: --calibrate needs a model and no --plain"
            );
        terminal.Print($"{"threshold", 12}{"right ref.", 12}{"wrong ref.", 12}{"exact", 8}{"F1", 8}");
        foreach (var point in RefusalCurve.Thin(points, CurvePoints).Append(best))
            terminal.Print(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"{point.Threshold, 12:F3}{point.UnanswerableRefused, 12:P1}{point.AnswerableRefused, 12:P1}{point.Exact, 8:P1}{point.F1, 8:P1}{(point == best ? "  best" : "")}"
                )
            );
        if (!best.MeetsGoal)
            terminal.Print("no threshold refuses 70 % of the unanswerable and at most 10 % of the answerable");
    }

    private static EvalQaResult ToResult(
        QaReport report,
        EvalModels models,
        bool plain,
        double seconds,
        bool items,
        bool calibrate
    )
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
            item.Answer.Margin is { } margin && double.IsFinite(margin) ? margin : null,
            item.Answer.Confidence,
            item.Answer.LogProbability,
            item.Answer.RefusalLogProbability
        );
}
