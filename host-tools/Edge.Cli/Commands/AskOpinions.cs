using Edge.Assistant.Council;
using Edge.Assistant.Sides;
using Edge.Cli.CommandLine;
using Edge.Cli.NotePlaces;
using Edge.Cli.Output;
using Edge.Link.Messages;

namespace Edge.Cli.Commands;

/// <summary>edge ask --both-sides and --council.</summary>
internal static class AskOpinions
{
    public static async Task<int> SidesAsync(
        Terminal terminal,
        INotePlace notes,
        string claim,
        bool json,
        CancellationToken cancellation
    )
    {
        var reply = await notes.AskBothSidesAsync(claim, cancellation).ConfigureAwait(false);
        if (json)
            terminal.PrintJson(SidesResult.From(reply), Json.Types.SidesResult);
        else
            terminal.Print(SidesText.Of(new BothSides(reply.Claim, Read(reply.For), Read(reply.Against), reply.Ms)));
        return ExitCode.Done;
    }

    public static async Task<int> CouncilAsync(
        Terminal terminal,
        INotePlace notes,
        string question,
        bool json,
        CancellationToken cancellation
    )
    {
        var written = 0;
        void Grow(string piece)
        {
            written += piece.Length;
            terminal.PrintPiece(piece);
        }
        var reply = await notes.AskCouncilAsync(question, json ? null : Grow, cancellation).ConfigureAwait(false);
        if (json)
        {
            terminal.PrintJson(CouncilResult.From(reply), Json.Types.CouncilResult);
        }
        else
        {
            terminal.Print(written == 0 ? reply.Answer : "");
            AskCommand.PrintCitations(
                terminal,
                new AskReply(reply.Answer, reply.Refused, reply.Citations, 0, reply.Ms, reply.WrittenBy)
            );
            Print(terminal, reply);
        }
        if (reply.Remark is { } remark)
            terminal.Say(remark);
        return ExitCode.Done;
    }

    /// <summary>Each answer, who gave it, and what the models think of it.</summary>
    private static void Print(Terminal terminal, CouncilReply reply)
    {
        if (reply.Voices.Count == 0)
            return;
        terminal.Print("Council:");
        var voices = reply.Voices.Select(v => new Assistant.Council.CouncilVoice(v.Model, v.Answer, v.Scores));
        foreach (var line in CouncilText.Lines(voices))
            terminal.Print("  " + line);
    }

    private static List<Assistant.Citation> Read(IReadOnlyList<Citation> citations) =>
        [.. citations.Select(c => new Assistant.Citation(c.Note, c.FirstLine, c.LastLine, c.Quote))];
}
