using System.CommandLine;
using System.Globalization;
using Edge.Cli.CommandLine;
using Edge.Cli.Devices;
using Edge.Cli.Output;
using Edge.Link.Messages;

namespace Edge.Cli.Commands;

/// <summary>edge slots: the device's two model slots.</summary>
internal static class SlotsCommand
{
    public static Command Create(Terminal terminal)
    {
        var device = Options.Device();
        var json = Options.Json();
        return new EdgeCommand("slots", "Show the device's two model slots.", "edge slots")
            .With(device, json)
            .Runs(
                terminal,
                async (parsed, cancellation) =>
                {
                    var client = await Attached
                        .ConnectAsync(terminal, parsed.GetValue(device), cancellation)
                        .ConfigureAwait(false);
                    await using (client.ConfigureAwait(false))
                    {
                        var reply = await client.SlotsAsync(cancellation).ConfigureAwait(false);
                        if (parsed.GetValue(json))
                            terminal.PrintJson(new SlotsResult(reply.Slots), Json.Types.SlotsResult);
                        else
                            foreach (var slot in reply.Slots)
                                terminal.Print(Line(slot));
                        return ExitCode.Done;
                    }
                }
            );
    }

    private static string Line(SlotReply slot)
    {
        var mark = slot.Active ? "*" : " ";
        var model = slot.ModelName is null
            ? ""
            : string.Create(CultureInfo.InvariantCulture, $"  {slot.ModelName}, {slot.Bytes:N0} bytes");
        return $"{mark} {slot.Id}  {slot.State, -7}{model}{(slot.Problem is null ? "" : "  " + slot.Problem)}";
    }
}
