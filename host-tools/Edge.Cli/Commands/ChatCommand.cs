using System.CommandLine;
using Edge.Assistant.Asking;
using Edge.Cli.CommandLine;
using Edge.Cli.NotePlaces;
using Edge.Cli.Output;
using Edge.Link.Messages;

namespace Edge.Cli.Commands;

/// <summary>edge chat: questions one after the other; a question may lean on the one before it.</summary>
internal static class ChatCommand
{
    private const string Prompt = "> ";

    public static Command Create(Terminal terminal)
    {
        var place = new PlaceOptions();
        var json = Options.Json();
        return new EdgeCommand(
            "chat",
            "Ask one question after the other, a line each; \"And when?\" is about what was asked before. An empty line "
                + "forgets the subject, the end of input ends. Answers are those of edge ask.",
            "edge chat --vault notes"
        )
            .With([json, .. place.All])
            .Runs(
                terminal,
                async (parsed, cancellation) =>
                {
                    var notes = await place.OpenAsync(terminal, parsed, cancellation).ConfigureAwait(false);
                    await using (notes.ConfigureAwait(false))
                        return await TalkAsync(terminal, notes, parsed.GetValue(json), cancellation)
                            .ConfigureAwait(false);
                }
            );
    }

    private static async Task<int> TalkAsync(
        Terminal terminal,
        INotePlace notes,
        bool json,
        CancellationToken cancellation
    )
    {
        var conversation = new Conversation();
        using var lines = terminal.InputLines();
        while (true)
        {
            terminal.Draw(Prompt);
            if (await lines.ReadLineAsync(cancellation).ConfigureAwait(false) is not { } line)
                break;
            if (string.IsNullOrWhiteSpace(line))
            {
                conversation.Clear();
                continue;
            }
            try
            {
                AskCommand.CheckQuestion(line);
            }
            catch (ArgumentException e)
            {
                // One line that cannot be asked is no reason to hang up.
                terminal.Say($"edge: {e.Message}");
                continue;
            }
            await AnswerAsync(terminal, notes, conversation, line, json, cancellation).ConfigureAwait(false);
        }
        terminal.Draw("");
        return ExitCode.Done;
    }

    private static async Task AnswerAsync(
        Terminal terminal,
        INotePlace notes,
        Conversation conversation,
        string line,
        bool json,
        CancellationToken cancellation
    )
    {
        var asked = conversation.Complete(line);
        if (asked.Length > Edge.Assistant.NoteAssistant.QuestionCharsMax)
            asked = line;
        var answer = await notes.AskAsync(asked, null, cancellation).ConfigureAwait(false);
        if (answer.Refused && asked != line)
        {
            // It may have begun something new after all.
            var alone = await notes.AskAsync(line, null, cancellation).ConfigureAwait(false);
            if (!alone.Refused)
                (answer, asked) = (alone, line);
        }
        conversation.Asked(asked);
        Show(terminal, line, asked, answer, json);
    }

    private static void Show(Terminal terminal, string line, string asked, AskReply answer, bool json)
    {
        if (json)
        {
            terminal.PrintJson(ChatResult.From(asked, answer), Json.Types.ChatResult);
            return;
        }
        if (asked != line)
            terminal.Say($"read as: {asked}");
        terminal.Print(answer.Answer);
        AskCommand.PrintCitations(terminal, answer);
        HiddenReport.Say(terminal, answer.Hidden);
    }
}
