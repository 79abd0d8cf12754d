using System.CommandLine;
using Edge.Cli.CommandLine;
using Edge.Cli.Demo;
using Edge.Cli.Output;

namespace Edge.Cli.Commands;

/// <summary>edge demo: the main job in a minute, no hardware.</summary>
internal static class DemoCommand
{
    public static Command Create(Terminal terminal)
    {
        var link = new Option<string>("--link")
        {
            Description = "how edge and the simulated device are connected: unix or pty",
            DefaultValueFactory = _ => "unix",
        };
        link.AcceptOnlyFromAmong("unix", "pty");
        return new EdgeCommand(
            "demo",
            "The main job in a minute, no hardware: a simulated device, a model, a sample vault, five questions.",
            "edge demo"
        )
            .With(link)
            .Runs(
                terminal,
                async (parsed, cancellation) =>
                {
                    var run = new DemoRun(terminal);
                    return await run.RunAsync(parsed.GetRequiredValue(link), cancellation).ConfigureAwait(false)
                        ? ExitCode.Done
                        : ExitCode.Failed;
                }
            );
    }
}
