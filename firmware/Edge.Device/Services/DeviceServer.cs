using Edge.Device.Panel;
using Edge.Link;

namespace Edge.Device.Services;

/// <summary>
/// Serves a link: host after host, each request on a channel of its own. Whatever a request does wrong ends as one clear
/// line at the host; whatever happens to a link, the next host is served.
/// </summary>
/// <param name="picture">What the screen shows; null without a panel.</param>
public sealed class DeviceServer(Appliance device, LinkListener listener, Func<Canvas>? picture = null)
{
    private static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan FarewellMax = TimeSpan.FromSeconds(2);

    private readonly Requests requests = new(device, picture);

    /// <summary>Runs until cancelled.</summary>
    public async Task RunAsync(CancellationToken cancellation)
    {
        string? lastProblem = null;
        while (!cancellation.IsCancellationRequested)
        {
            try
            {
                var stream = await listener.AcceptAsync(cancellation).ConfigureAwait(false);
                await ServeAsync(stream, cancellation).ConfigureAwait(false);
                lastProblem = null;
            }
            catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
            {
                return;
            }
            // A cable pulled, a tty gone, a stranger's bytes: none of them may end the service.
            catch (Exception e)
            {
                if (e.Message != lastProblem)
                    device.Log($"link: {e.Message}");
                lastProblem = e.Message;
                if (!await WaitAsync(cancellation).ConfigureAwait(false))
                    return;
            }
        }
    }

    private async Task ServeAsync(Stream stream, CancellationToken cancellation)
    {
        await using var session = await LinkSession
            .AcceptAsync(stream, Hello, device.Board, cancellation)
            .ConfigureAwait(false);
        device.Clock.Set(session.Peer.UtcTicks, session.Peer.OffsetMinutes);
        device.Show(new PanelEvent.LinkChanged(session.Peer.Name));
        var running = new List<Task>();
        try
        {
            while (await session.AcceptChannelAsync(cancellation).ConfigureAwait(false) is { } channel)
            {
                running.RemoveAll(task => task.IsCompleted);
                running.Add(Task.Run(() => HandleAsync(channel, cancellation), CancellationToken.None));
            }
        }
        finally
        {
            // Requests see the end of the session through their channels and stop within a token.
            await session.DisposeAsync().ConfigureAwait(false);
            await Task.WhenAll(running).ConfigureAwait(false);
            device.Show(new PanelEvent.LinkChanged(null));
        }
    }

    private LinkHello Hello() =>
        new(
            LinkLimits.Version,
            device.Identity.Id,
            device.Identity.Name,
            device.Clock.GetUtcNow().Ticks,
            (int)device.Clock.LocalTimeZone.BaseUtcOffset.TotalMinutes
        );

    private async Task HandleAsync(LinkChannel channel, CancellationToken cancellation)
    {
        await using var _ = channel.ConfigureAwait(false);
        using var linked = CancellationTokenSource.CreateLinkedTokenSource(cancellation, channel.Closed);
        try
        {
            await requests.HandleAsync(channel, linked.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (linked.IsCancellationRequested)
        {
            await RefuseAsync(channel, "the device is shutting down").ConfigureAwait(false);
        }
        // The boundary: one line to the host, one in the log, and on with the next request.
        catch (Exception e)
        {
            if (!channel.Closed.IsCancellationRequested)
                device.Log($"{channel.Operation}: {e.Message}");
            await RefuseAsync(channel, Explain(channel.Operation, e)).ConfigureAwait(false);
        }
    }

    /// <summary>Messages made for people pass as they are; the rest says where it comes from.</summary>
    private static string Explain(string operation, Exception e) =>
        e
            is RefusedException
                or Notes.NoteException
                or Slots.SlotException
                or Inference.ModelFormatException
                or LinkException
                or ArgumentException
            ? e.Message
            : $"the device failed at '{operation}': {e.Message}";

    private async Task RefuseAsync(LinkChannel channel, string message)
    {
        if (channel.Closed.IsCancellationRequested)
            return;
        using var patience = new CancellationTokenSource(FarewellMax, device.Board);
        try
        {
            await channel.RefuseAsync(message, patience.Token).ConfigureAwait(false);
        }
        catch (Exception gone) when (gone is LinkException or RefusedException or OperationCanceledException)
        {
            // Nobody is there to be told.
        }
    }

    private async Task<bool> WaitAsync(CancellationToken cancellation)
    {
        try
        {
            await Task.Delay(RetryAfter, device.Board, cancellation).ConfigureAwait(false);
            return true;
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }
}
