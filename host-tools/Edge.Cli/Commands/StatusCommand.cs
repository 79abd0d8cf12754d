using System.CommandLine;
using System.Globalization;
using Edge.Cli.CommandLine;
using Edge.Cli.Devices;
using Edge.Cli.Output;
using Edge.Link.Messages;

namespace Edge.Cli.Commands;

/// <summary>edge status: what the device holds and does.</summary>
internal static class StatusCommand
{
    public static Command Create(Terminal terminal)
    {
        var device = Options.Device();
        var screen = new Option<bool>("--screen") { Description = "also print what the device's screen shows" };
        var json = Options.Json();
        return new EdgeCommand("status", "Show what the device holds and does.", "edge status --json")
            .With(device, screen, json)
            .Runs(
                terminal,
                async (parsed, cancellation) =>
                {
                    var client = await Attached
                        .ConnectAsync(terminal, parsed.GetValue(device), cancellation)
                        .ConfigureAwait(false);
                    await using (client.ConfigureAwait(false))
                    {
                        var status = await client.StatusAsync(cancellation).ConfigureAwait(false);
                        if (parsed.GetValue(json))
                            terminal.PrintJson(ToResult(client.Link, status), Json.Types.StatusResult);
                        else
                            Print(terminal, client.Link, status);
                        if (parsed.GetValue(screen))
                            foreach (var line in (await client.ScreenAsync(cancellation).ConfigureAwait(false)).Lines)
                                terminal.Print(line);
                        return ExitCode.Done;
                    }
                }
            );
    }

    private static StatusResult ToResult(string link, StatusReply status) =>
        new(
            link,
            status.DeviceId,
            status.DeviceName,
            status.Version,
            status.ModelName,
            status.Slot,
            status.ModelProblem,
            status.WhyQuoted,
            status.Notes,
            status.Passages,
            status.FreeBytes,
            status.UptimeSeconds,
            status.BusyWith
        );

    private static void Print(Terminal terminal, string link, StatusReply status)
    {
        var invariant = CultureInfo.InvariantCulture;
        Row("device", $"{status.DeviceName} ({status.DeviceId}) at {link}");
        Row("version", status.Version);
        Row("model", status.ModelName is null ? "none" : $"{status.ModelName}, slot {status.Slot}");
        Row("problem", status.ModelProblem);
        Row("text", status.WhyQuoted is null ? "written by the model" : $"quoted: {status.WhyQuoted}");
        Row("notes", string.Create(invariant, $"{status.Notes:N0}, in {status.Passages:N0} passages"));
        Row("free", string.Create(invariant, $"{status.FreeBytes / 1e6:N0} MB"));
        Row("up", TimeSpan.FromSeconds(status.UptimeSeconds).ToString("c", invariant));
        Row("busy with", status.BusyWith);

        void Row(string name, string? value)
        {
            if (value is not null)
                terminal.Print($"{name, -10} {value}");
        }
    }
}
