using Edge.Cli.CommandLine;
using Edge.Cli.Output;
using Edge.Host;
using Edge.Link;
using Edge.Link.Messages;

namespace Edge.Cli.Devices;

/// <summary>Opens the session with the device that a command works on.</summary>
internal static class Attached
{
    /// <param name="link">--device, or null for the only one there is.</param>
    /// <exception cref="NoDeviceException">None is attached, or none answers there.</exception>
    public static async Task<DeviceClient> ConnectAsync(Terminal terminal, string? link, CancellationToken cancellation)
    {
        var host = HostIdentity.LoadOrCreate(HostIdentity.DefaultFolder());
        return await ConnectAsync(terminal, link, host, cancellation).ConfigureAwait(false);
    }

    public static async Task<DeviceClient> ConnectAsync(
        Terminal terminal,
        string? link,
        HostIdentity host,
        CancellationToken cancellation
    )
    {
        try
        {
            return await DeviceClient
                .ConnectAsync(
                    DeviceFinder.Choose(link, SearchPlaces.Default),
                    host,
                    terminal.Clock,
                    DeviceClient.DefaultTimeout,
                    cancellation
                )
                .ConfigureAwait(false);
        }
        catch (LinkException exception)
        {
            throw new NoDeviceException(exception.Message, exception);
        }
    }

    /// <summary>What the device reports while it works, drawn on this line.</summary>
    public static IProgress<ProgressEvent> ShownOn(ProgressLine line) =>
        new DirectProgress<ProgressEvent>(step => line.Report(step.Done, step.Total, step.Stage));
}
