using Edge.Cli.CommandLine;
using Edge.Cli.Output;

namespace Edge.Cli.NotePlaces;

internal static class DeviceNotes
{
    public static Task<INotePlace> ConnectAsync(Terminal terminal, string? device, CancellationToken cancellation) =>
        throw new NoDeviceException("not yet");
}
