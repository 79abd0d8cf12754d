using System.CommandLine;
using Edge.Cli.CommandLine;
using Edge.Cli.Devices;
using Edge.Cli.Output;

namespace Edge.Cli.Commands;

/// <summary>edge simulate: a simulated device in the foreground, with its screen drawn in the terminal.</summary>
internal static class SimulateCommand
{
    public static Command Create(Terminal terminal)
    {
        var data = new Option<string?>("--data")
        {
            Description = "the device's folder; a folder of the user's own when left out",
            HelpName = "DIR",
        };
        var link = new Option<string>("--link")
        {
            Description = "where hosts connect: unix:PATH or pty",
            DefaultValueFactory = _ => "pty",
            HelpName = "LINK",
        };

        return new EdgeCommand(
            "simulate",
            "A simulated device in the foreground, its screen drawn in the terminal; edge devices finds it.",
            "edge simulate --data /tmp/device"
        )
            .With(data, link)
            .Runs(
                terminal,
                async (parsed, cancellation) =>
                {
                    var folder = parsed.GetValue(data) ?? DefaultFolder();
                    var code = await SimulatedDevice
                        .RunInForegroundAsync(
                            ["--data", folder, "--link", parsed.GetRequiredValue(link), "--simulate"],
                            cancellation
                        )
                        .ConfigureAwait(false);
                    return code is ExitCode.Done or ExitCode.Usage ? code : ExitCode.Failed;
                }
            );
    }

    /// <summary>$XDG_DATA_HOME/edge/simulated, or ~/.local/share/edge/simulated.</summary>
    private static string DefaultFolder() =>
        Path.Combine(
            Environment.GetFolderPath(
                Environment.SpecialFolder.LocalApplicationData,
                Environment.SpecialFolderOption.DoNotVerify
            ),
            "edge",
            "simulated"
        );
}
