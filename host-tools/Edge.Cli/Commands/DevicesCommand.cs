using System.CommandLine;
using Edge.Cli.CommandLine;
using Edge.Cli.Output;
using Edge.Host;

namespace Edge.Cli.Commands;

/// <summary>edge devices: what is attached to this computer, without opening any of it.</summary>
internal static class DevicesCommand
{
    public static Command Create(Terminal terminal)
    {
        var json = Options.Json();
        return new EdgeCommand(
            "devices",
            "List the devices attached to this computer; prints what --device takes. Exit code 3 when there are none.",
            "edge devices"
        )
            .With(json)
            .Runs(
                terminal,
                (parsed, _) =>
                {
                    var found = DeviceFinder.Find(SearchPlaces.Default);
                    if (parsed.GetValue(json))
                        terminal.PrintJson(
                            new DevicesResult([.. found.Select(d => new DeviceItem(d.Link, d.Kind))]),
                            Json.Types.DevicesResult
                        );
                    else
                        foreach (var device in found)
                            terminal.Print($"{device.Link}\t{device.Kind}");
                    if (found.Count > 0)
                        return ExitCode.Done;
                    terminal.Say("edge: no device found: attach one by USB, or start one with edge simulate");
                    return ExitCode.NoDevice;
                }
            );
    }
}
