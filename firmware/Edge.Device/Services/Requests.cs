using Edge.Device.Panel;
using Edge.Link;
using Edge.Link.Messages;

namespace Edge.Device.Services;

/// <summary>Gives each request to its handler by the operation's name.</summary>
internal sealed class Requests(Appliance device, Func<Canvas>? picture)
{
    private readonly SyncRequests sync = new(device);
    private readonly FlashRequests flash = new(device);
    private readonly AssistantRequests assistant = new(device);

    /// <exception cref="RefusedException">No such operation.</exception>
    public Task HandleAsync(LinkChannel channel, CancellationToken cancellation) =>
        channel.Operation switch
        {
            Operations.Status => StatusAsync(channel, cancellation),
            Operations.Slots => flash.SlotsAsync(channel, cancellation),
            Operations.Flash => flash.FlashAsync(channel, cancellation),
            Operations.SyncList => sync.ListAsync(channel, cancellation),
            Operations.SyncPut => sync.PutAsync(channel, cancellation),
            Operations.SyncGet => sync.GetAsync(channel, cancellation),
            Operations.SyncCommit => sync.CommitAsync(channel, cancellation),
            Operations.SyncIndex => sync.IndexAsync(channel, cancellation),
            Operations.Ask => assistant.AskAsync(channel, cancellation),
            Operations.Summarize => assistant.SummarizeAsync(channel, cancellation),
            Operations.Capture => assistant.CaptureAsync(channel, cancellation),
            Operations.Feed => assistant.FeedAsync(channel, cancellation),
            Operations.Screen => ScreenAsync(channel, cancellation),
            _ => throw new RefusedException(
                $"this device ({DeviceVersion.Text}) does not know the operation '{channel.Operation}': it may be older than the host's program"
            ),
        };

    private async Task StatusAsync(LinkChannel channel, CancellationToken cancellation)
    {
        await channel.ReceiveAsync(LinkJson.Default.EmptyRequest, cancellation).ConfigureAwait(false);
        var models = device.Models;
        var reply = new StatusReply(
            device.Identity.Id,
            device.Identity.Name,
            DeviceVersion.Text,
            models.Name,
            models.Slot is { } slot ? FlashRequests.NameOf(slot) : null,
            models.Problem,
            device.Assistant.WhyQuoted,
            device.Index.NoteCount,
            device.Index.PassageCount,
            new DriveInfo(device.Folder.Root).AvailableFreeSpace,
            (long)device.Board.GetElapsedTime(device.StartedTimestamp).TotalSeconds,
            device.Engine.BusyWith
        );
        await channel.SendAsync(reply, LinkJson.Default.StatusReply, cancellation).ConfigureAwait(false);
    }

    private async Task ScreenAsync(LinkChannel channel, CancellationToken cancellation)
    {
        await channel.ReceiveAsync(LinkJson.Default.EmptyRequest, cancellation).ConfigureAwait(false);
        var lines = (picture ?? throw new RefusedException("this device has no screen"))().ToHalfBlocks();
        await channel
            .SendAsync(new ScreenReply(lines), LinkJson.Default.ScreenReply, cancellation)
            .ConfigureAwait(false);
    }
}

internal static class DeviceVersion
{
    public static string Text { get; } = "edged " + typeof(DeviceVersion).Assembly.GetName().Version?.ToString(3);
}
