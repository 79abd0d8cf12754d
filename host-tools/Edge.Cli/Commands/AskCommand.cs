using System.CommandLine;
using Edge.Assistant;
using Edge.Cli.CommandLine;
using Edge.Cli.NotePlaces;
using Edge.Cli.Output;
using Edge.Link.Messages;

namespace Edge.Cli.Commands;

/// <summary>edge ask: an answer with the lines it came from, or that the notes do not say.</summary>
internal static class AskCommand
{
    public static Command Create(Terminal terminal)
    {
        var question = new Argument<string>("QUESTION")
        {
            Description = "what you want to know, or with --both-sides a claim; - reads standard input",
        };
        var sides = new Option<bool>("--both-sides")
        {
            Description = "what the notes say for a claim or yes/no question, and what against it",
        };
        var council = new Option<bool>("--council")
        {
            Description = "all models answer and judge each other's answers; the best supported one is given",
        };
        var place = new PlaceOptions(council);
        var json = Options.Json();

        return new EdgeCommand(
            "ask",
            "Ask the notes; the answer shows the lines it came from, or says that the notes do not say.",
            "edge ask \"When is the boiler due for service?\""
        )
            .With(question)
            .With([sides, council, json, .. place.All])
            .Runs(
                terminal,
                async (parsed, cancellation) =>
                {
                    var text = parsed.GetRequiredValue(question);
                    if (text == "-")
                        text = await terminal.ReadInputAsync(cancellation).ConfigureAwait(false);
                    CheckQuestion(text);
                    var (isSides, isCouncil) = (parsed.GetValue(sides), parsed.GetValue(council));
                    if (isSides && isCouncil)
                        throw new ArgumentException("--both-sides asks no model and --council asks all: give one");
                    var notes = await place.OpenAsync(terminal, parsed, cancellation).ConfigureAwait(false);
                    await using (notes.ConfigureAwait(false))
                    {
                        var asked =
                            isSides ? AskOpinions.SidesAsync(terminal, notes, text, parsed.GetValue(json), cancellation)
                            : isCouncil
                                ? AskOpinions.CouncilAsync(terminal, notes, text, parsed.GetValue(json), cancellation)
                            : AskAsync(terminal, notes, text, parsed.GetValue(json), cancellation);
                        return await asked.ConfigureAwait(false);
                    }
                }
            );
    }

    /// <exception cref="ArgumentException">The question is empty or too long; nothing was asked.</exception>
    public static void CheckQuestion(string question)
    {
        if (string.IsNullOrWhiteSpace(question))
            throw new ArgumentException("the question is empty: write what you want to know");
        if (question.Length > NoteAssistant.QuestionCharsMax)
            throw new ArgumentException(
                $"the question has {question.Length:N0} characters, at most {NoteAssistant.QuestionCharsMax:N0} fit: shorten it"
            );
    }

    /// <summary>The citations as people read them: note, lines, and the lines themselves.</summary>
    public static void PrintCitations(Terminal terminal, AskReply answer)
    {
        if (answer.Citations.Count > 0 && answer.Refused)
            terminal.Print("Nearest notes:");
        foreach (var citation in answer.Citations)
        {
            terminal.Print(
                citation.FirstLine == citation.LastLine
                    ? $"  {citation.Note}:{citation.FirstLine}"
                    : $"  {citation.Note}:{citation.FirstLine}-{citation.LastLine}"
            );
            if (answer.Refused)
                continue;
            foreach (var line in citation.Quote.Split('\n'))
                terminal.Print($"    | {line}");
        }
    }

    private static async Task<int> AskAsync(
        Terminal terminal,
        INotePlace notes,
        string question,
        bool json,
        CancellationToken cancellation
    )
    {
        if (json)
        {
            var silent = await notes.AskAsync(question, null, cancellation).ConfigureAwait(false);
            terminal.PrintJson(AskResult.From(silent), Json.Types.AskResult);
            HiddenReport.Say(terminal, silent.Hidden);
            return ExitCode.Done;
        }
        var written = 0;
        var answer = await notes
            .AskAsync(
                question,
                piece =>
                {
                    written += piece.Length;
                    terminal.PrintPiece(piece);
                },
                cancellation
            )
            .ConfigureAwait(false);
        terminal.Print(written == 0 ? answer.Answer : "");
        PrintCitations(terminal, answer);
        HiddenReport.Say(terminal, answer.Hidden);
        return ExitCode.Done;
    }
}
