using System.CommandLine;
using Edge.Cli.CommandLine;
using Edge.Cli.NotePlaces;
using Edge.Cli.Output;
using Edge.Link.Messages;

namespace Edge.Cli.Commands;

/// <summary>edge summarize: headline and short summary of a note, or of text from standard input.</summary>
internal static class SummarizeCommand
{
    public static Command Create(Terminal terminal)
    {
        var note = new Argument<string?>("NOTE")
        {
            Description = "a note's path in the vault; - or nothing reads text from standard input",
            Arity = ArgumentArity.ZeroOrOne,
        };
        var place = new PlaceOptions();
        var json = Options.Json();

        return new EdgeCommand(
            "summarize",
            "Headline and short summary of a note, or of text from standard input.",
            "edge summarize meetings/2024-03-02.md"
        )
            .With(note)
            .With([json, .. place.All])
            .Runs(
                terminal,
                async (parsed, cancellation) =>
                {
                    var path = parsed.GetValue(note) ?? "-";
                    var text = path == "-" ? await terminal.ReadInputAsync(cancellation).ConfigureAwait(false) : null;
                    if (text is not null && string.IsNullOrWhiteSpace(text))
                        throw new ArgumentException("there is no text to summarize: name a note or pipe text in");
                    var notes = await place.OpenAsync(terminal, parsed, cancellation).ConfigureAwait(false);
                    await using (notes.ConfigureAwait(false))
                    {
                        var summary = text is null
                            ? await notes.SummarizeAsync(path, cancellation).ConfigureAwait(false)
                            : await notes.SummarizeTextAsync(text, cancellation).ConfigureAwait(false);
                        Print(terminal, summary, parsed.GetValue(json));
                        return ExitCode.Done;
                    }
                }
            );
    }

    private static void Print(Terminal terminal, SummaryReply summary, bool json)
    {
        if (json)
        {
            terminal.PrintJson(SummaryResult.From(summary), Json.Types.SummaryResult);
            return;
        }
        terminal.Print(summary.Headline);
        terminal.Print("");
        terminal.Print(summary.Text);
        terminal.Say(summary.WrittenBy == "quoted" ? "(quoted from the text)" : $"(written by {summary.WrittenBy})");
    }
}
