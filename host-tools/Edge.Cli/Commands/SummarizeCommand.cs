using System.CommandLine;
using Edge.Assistant;
using Edge.Assistant.Summaries;
using Edge.Assistant.Text;
using Edge.Cli.CommandLine;
using Edge.Cli.NotePlaces;
using Edge.Cli.Output;
using Edge.Link.Messages;

namespace Edge.Cli.Commands;

/// <summary>edge summarize: headline and short summary of a note, or of text from standard input.</summary>
internal static class SummarizeCommand
{
    private const string Actions = "actions";
    private const string Commit = "commit";

    public static Command Create(Terminal terminal)
    {
        var note = new Argument<string?>("NOTE")
        {
            Description = "a note's path in the vault; - or nothing reads text from standard input",
            Arity = ArgumentArity.ZeroOrOne,
        };
        var form = new Option<string?>("--as")
        {
            Description =
                "headline; bullets; actions: what is to be done and was decided, with lines; commit: a message for a diff",
            HelpName = "FORM",
        };
        form.AcceptOnlyFromAmong("headline", "bullets", Actions, Commit);
        var place = new PlaceOptions();
        var json = Options.Json();

        return new EdgeCommand(
            "summarize",
            "Headline and short summary of a note, or of text from standard input.",
            "edge summarize meetings/2024-03-02.md"
        )
            .With(note)
            .With([form, json, .. place.All])
            .Runs(
                terminal,
                async (parsed, cancellation) =>
                {
                    var path = parsed.GetValue(note) ?? "-";
                    var wanted = parsed.GetValue(form);
                    if (wanted == Commit && path != "-")
                        throw new ArgumentException("--as commit reads a diff from standard input, not a note");
                    var text = path == "-" ? await terminal.ReadInputAsync(cancellation).ConfigureAwait(false) : null;
                    if (text is not null && string.IsNullOrWhiteSpace(text))
                        throw new ArgumentException("there is no text to summarize: name a note or pipe text in");
                    // What code finds in a text needs neither a model nor notes.
                    if (text is not null && wanted is Actions or Commit)
                    {
                        Print(terminal, Found(text, wanted), wanted, parsed.GetValue(json));
                        return ExitCode.Done;
                    }
                    var notes = await place.OpenAsync(terminal, parsed, cancellation).ConfigureAwait(false);
                    await using (notes.ConfigureAwait(false))
                    {
                        var summary =
                            text is not null ? notes.SummarizeTextAsync(text, cancellation)
                            : wanted == Actions ? notes.FindActionsAsync(path, cancellation)
                            : notes.SummarizeAsync(path, cancellation);
                        Print(terminal, await summary.ConfigureAwait(false), wanted, parsed.GetValue(json));
                        return ExitCode.Done;
                    }
                }
            );
    }

    private static SummaryReply Found(string text, string wanted)
    {
        if (wanted == Actions)
            return new SummaryReply(
                null,
                "",
                ActionItems.Text(ActionItems.Find(text.ReplaceLineEndings("\n").Split('\n'), 1)),
                NoteAssistant.Quoted
            );
        var message =
            CommitMessage.Of(text)
            ?? throw new InvalidDataException(
                "standard input: expected a diff as git diff prints it; found no line that begins with \"diff --git\" or \"--- \""
            );
        return new SummaryReply(null, message.Split('\n')[0], message, NoteAssistant.Quoted);
    }

    private static void Print(Terminal terminal, SummaryReply summary, string? form, bool json)
    {
        HiddenReport.Say(terminal, summary.Hidden);
        if (json)
        {
            terminal.PrintJson(SummaryResult.From(summary), Json.Types.SummaryResult);
            return;
        }
        switch (form)
        {
            case "headline":
                terminal.Print(summary.Headline);
                break;
            case "bullets":
                foreach (var sentence in SentenceSplitter.Split(summary.Text))
                    terminal.Print("- " + summary.Text[sentence].TrimEnd(';'));
                break;
            case Actions or Commit:
                terminal.Print(summary.Text);
                return;
            default:
                terminal.Print(summary.Headline);
                terminal.Print("");
                terminal.Print(summary.Text);
                break;
        }
        terminal.Say(
            summary.WrittenBy == NoteAssistant.Quoted ? "(quoted from the text)" : $"(written by {summary.WrittenBy})"
        );
    }
}
