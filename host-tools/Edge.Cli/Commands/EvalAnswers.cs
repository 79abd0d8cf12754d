using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Edge.Assistant;
using Edge.Assistant.Evaluation;
using Edge.Cli.CommandLine;
using Edge.Cli.NotePlaces;
using Edge.Cli.Output;
using Edge.Link.Messages;

namespace Edge.Cli.Commands;

/// <summary>edge eval answers: the whole pipeline over a vault, against questions with known answers.</summary>
internal static class EvalAnswers
{
    public static EdgeCommand Create(Terminal terminal)
    {
        var model = new Argument<string?>("MODEL")
        {
            Description = "with --vault: the model that writes, or none; with --device leave it out",
            Arity = ArgumentArity.ZeroOrOne,
        };
        var vault = Options.Vault();
        var device = Options.Device();
        var tokenizer = Options.Tokenizer();
        var questions = new Option<string>("--questions")
        {
            Description = "one {\"id\", \"question\", \"answer\", \"note\"} a line; answer null: the notes cannot say",
            Required = true,
            HelpName = "FILE",
        };
        var predictions = new Option<string?>("--predictions")
        {
            Description = "also write {\"id\", \"prediction\", \"refused\"}, one line per question",
            HelpName = "OUT",
        };
        var page = new Option<string?>("--page")
        {
            Description = "also add a section to this Markdown file: figures, and every miss with its cause",
            HelpName = "FILE.md",
        };
        var json = Options.Json();

        return new EdgeCommand(
            "answers",
            "Ask a file of questions over a vault, or over the notes of a device, and count.",
            "edge eval answers none --vault notes --questions questions.jsonl --json"
        )
            .With(model)
            .With(vault, device, tokenizer, questions, predictions, page, json)
            .Runs(
                terminal,
                async (parsed, cancellation) =>
                {
                    var gold = AnswersEvaluation.ReadQuestions(parsed.GetRequiredValue(questions));
                    var place = await OpenAsync(
                            terminal,
                            parsed.GetValue(model),
                            parsed.GetValue(vault),
                            parsed.GetValue(device),
                            parsed.GetValue(tokenizer),
                            cancellation
                        )
                        .ConfigureAwait(false);
                    await using (place.ConfigureAwait(false))
                    {
                        var report = Run(terminal, place, gold, cancellation);
                        if (parsed.GetValue(predictions) is { } path)
                            WritePredictions(path, report);
                        if (parsed.GetValue(page) is { } pagePath)
                        {
                            var title = Path.GetFileName(
                                Path.TrimEndingDirectorySeparator(parsed.GetValue(vault) ?? "device")
                            );
                            File.AppendAllText(pagePath, AnswersPage.Section(title, report));
                        }
                        Print(terminal, report, parsed.GetValue(json));
                        return ExitCode.Done;
                    }
                }
            );
    }

    private static async Task<INotePlace> OpenAsync(
        Terminal terminal,
        string? model,
        string? vault,
        string? device,
        string? tokenizer,
        CancellationToken cancellation
    )
    {
        if (vault is null)
        {
            if (model is not null || tokenizer is not null)
                throw new ArgumentException(
                    "MODEL and --tokenizer go with --vault; a device uses the model in its slot"
                );
            return await DeviceNotes.ConnectAsync(terminal, device, cancellation).ConfigureAwait(false);
        }
        Options.CheckOnePlace(vault, device);
        if (model is null)
            throw new ArgumentException("name the MODEL that writes, or none to have everything quoted");
        return FolderNotes.Open(terminal, vault, model == "none" ? null : model, tokenizer, cancellation);
    }

    private static AnswersReport Run(
        Terminal terminal,
        INotePlace place,
        IReadOnlyList<GoldQuestion> gold,
        CancellationToken cancellation
    )
    {
        using var line = new ProgressLine(terminal, "asking");
        var done = 0;
        return AnswersEvaluation.Run(
            gold,
            question =>
                place is FolderNotes folder
                    ? folder.Ask(question, null, cancellation)
                    : ToAnswer(place.AskAsync(question, null, cancellation).GetAwaiter().GetResult()),
            item => line.Report(++done, gold.Count, item.Id),
            cancellation
        );
    }

    /// <summary>A device does not tell all it retrieved: the notes it cites, in order, stand for them.</summary>
    private static Answer ToAnswer(AskReply reply) =>
        new(
            reply.Answer,
            reply.Refused,
            [.. reply.Citations.Select(c => new Assistant.Citation(c.Note, c.FirstLine, c.LastLine, c.Quote))],
            reply.Confidence,
            reply.Ms,
            reply.WrittenBy
        )
        {
            Retrieved = [.. reply.Citations.Select(c => c.Note).Distinct()],
        };

    private static void WritePredictions(string path, AnswersReport report)
    {
        using var writer = new StreamWriter(path) { NewLine = "\n" };
        foreach (var item in report.Items)
            writer.WriteLine(
                JsonSerializer.Serialize(new Prediction(item.Id, item.Answer, item.Refused), Json.Types.Prediction)
            );
    }

    private static void Print(Terminal terminal, AnswersReport report, bool json)
    {
        if (json)
        {
            terminal.PrintJson(ToResult(report), Json.Types.EvalAnswersResult);
            return;
        }
        foreach (var item in report.Items.Where(item => !item.Correct))
            terminal.Print($"{item.Id}: {item.Question}\n    {item.Why}; got: {item.Answer.ReplaceLineEndings(" ")}");
        var invariant = CultureInfo.InvariantCulture;
        terminal.Print(string.Create(invariant, $"right note first          {report.RetrievalTop1:P1}"));
        terminal.Print(string.Create(invariant, $"right note in first three {report.RetrievalTop3:P1}"));
        terminal.Print(string.Create(invariant, $"answered correctly        {report.AnswerCorrect:P1}"));
        terminal.Print(string.Create(invariant, $"rightly refused           {report.UnanswerableRefused:P1}"));
        terminal.Print(string.Create(invariant, $"wrongly refused           {report.AnswerableRefused:P1}"));
        terminal.Print(string.Create(invariant, $"invented something        {report.InventedRate:P1}"));
        terminal.Print(string.Create(invariant, $"median time               {report.MedianMs:F1} ms"));
    }

    private static EvalAnswersResult ToResult(AnswersReport report) =>
        new(
            report.RetrievalTop1,
            report.RetrievalTop3,
            report.AnswerCorrect,
            report.UnanswerableRefused,
            report.AnswerableRefused,
            report.InventedRate,
            report.MedianMs,
            [
                .. report.Items.Select(i => new EvalItem(
                    i.Id,
                    i.Question,
                    i.Gold,
                    i.Answer,
                    i.Cited,
                    i.Rank,
                    i.Confidence,
                    i.Refused,
                    i.Correct,
                    i.Invented,
                    i.Why,
                    i.Ms
                )),
            ]
        );
}
