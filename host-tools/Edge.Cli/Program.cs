using System.CommandLine;
using System.CommandLine.Parsing;
using Edge.Cli.CommandLine;
using Edge.Cli.Commands;
using Edge.Cli.Output;

namespace Edge.Cli;

internal static class Program
{
    /// <summary>The commands, in the order of the help page.</summary>
    private static readonly Func<Terminal, Command>[] Commands =
    [
        DemoCommand.Create,
        RunCommand.Create,
        LogitsCommand.Create,
        TokenizeCommand.Create,
        InspectCommand.Create,
        ConvertCommand.Create,
        BenchCommand.Create,
        EvalCommand.Create,
        TokenizerCommand.Create,
        TrainCommand.Create,
        LabCommand.Create,
        AskCommand.Create,
        ChatCommand.Create,
        SummarizeCommand.Create,
        CaptureCommand.Create,
        FeedCommand.Create,
        WikiCommand.Create,
        SimulateCommand.Create,
        DevicesCommand.Create,
        StatusCommand.Create,
        FlashCommand.Create,
        SlotsCommand.Create,
        SyncCommand.Create,
    ];

    private static async Task<int> Main(string[] args)
    {
        var terminal = Terminal.OfProcess();
        var root = new RootCommand("Edge: private notes on a pocket device, and the models that run on it.");
        root.Directives.Clear();
        foreach (var create in Commands)
            root.Add(create(terminal));
        HelpWithExample.Install(root);

        // No response files: a question may start with '@'.
        var parsed = root.Parse(args, new ParserConfiguration { ResponseFileTokenReplacer = null });
        if (parsed.Errors.Count > 0 && parsed.Action is not HelpWithExample)
        {
            // The last error is the most specific; one line is enough.
            terminal.Say(
                $"edge: {parsed.Errors[^1].Message.TrimEnd('.')}; \"{NameOf(parsed)} --help\" shows how it is used"
            );
            return ExitCode.Usage;
        }
        return await parsed
            .InvokeAsync(
                new InvocationConfiguration
                {
                    EnableDefaultExceptionHandler = false,
                    ProcessTerminationTimeout = TimeSpan.FromSeconds(20),
                }
            )
            .ConfigureAwait(false);
    }

    private static string NameOf(ParseResult parsed)
    {
        var names = new List<string>();
        for (var at = parsed.CommandResult; at is not null; at = at.Parent as CommandResult)
            names.Insert(0, at.Command is RootCommand ? "edge" : at.Command.Name);
        return string.Join(' ', names);
    }
}
