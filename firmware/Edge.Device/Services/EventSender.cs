using System.Threading.Channels;
using Edge.Link;
using Edge.Link.Messages;

namespace Edge.Device.Services;

/// <summary>Runs its action at once, on the reporter's thread: order is kept.</summary>
internal sealed class DirectProgress<T>(Action<T> report) : IProgress<T>
{
    public void Report(T value) => report(value);
}

/// <summary>
/// Sends text and progress of work that cannot wait for the link. Progress is thinned out to ten a second; text is
/// joined while the link is slow, so that a slow host costs one string and not a queue.
/// </summary>
internal sealed class EventSender : IAsyncDisposable
{
    private static readonly TimeSpan BetweenProgress = TimeSpan.FromMilliseconds(100);

    private readonly LinkChannel channel;
    private readonly TimeProvider clock;
    private readonly Channel<bool> wakes = Channel.CreateBounded<bool>(
        new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite }
    );
    private readonly Lock gate = new();
    private readonly CancellationToken cancellation;
    private readonly Task pump;
    private string text = "";
    private ProgressEvent? progress;
    private long lastProgress;
    private string? lastStage;

    public EventSender(LinkChannel channel, TimeProvider clock, CancellationToken cancellation)
    {
        this.channel = channel;
        this.clock = clock;
        this.cancellation = cancellation;
        pump = Task.Run(PumpAsync, CancellationToken.None);
    }

    public void Text(string piece)
    {
        lock (gate)
            text += piece;
        wakes.Writer.TryWrite(true);
    }

    public void Progress(string stage, long done, long total)
    {
        lock (gate)
        {
            var now = clock.GetTimestamp();
            if (stage == lastStage && done < total && clock.GetElapsedTime(lastProgress, now) < BetweenProgress)
                return;
            (lastStage, lastProgress) = (stage, now);
            progress = new ProgressEvent(stage, done, total);
        }
        wakes.Writer.TryWrite(true);
    }

    /// <summary>Sends what is left, then the end.</summary>
    /// <exception cref="LinkException">The link ended.</exception>
    public async Task FinishAsync(DeviceEvent end)
    {
        wakes.Writer.TryComplete();
        await pump.ConfigureAwait(false);
        await channel.SendAsync(end, LinkJson.Default.DeviceEvent, cancellation).ConfigureAwait(false);
    }

    public async ValueTask DisposeAsync()
    {
        wakes.Writer.TryComplete();
        try
        {
            await pump.ConfigureAwait(false);
        }
        catch (Exception gone) when (gone is LinkException or RefusedException or OperationCanceledException)
        {
            // The host left: nobody is there to read the rest.
        }
    }

    private async Task PumpAsync()
    {
        while (await wakes.Reader.WaitToReadAsync(CancellationToken.None).ConfigureAwait(false))
        {
            wakes.Reader.TryRead(out _);
            await SendWaitingAsync().ConfigureAwait(false);
        }
        await SendWaitingAsync().ConfigureAwait(false);
    }

    private async Task SendWaitingAsync()
    {
        string piece;
        ProgressEvent? step;
        lock (gate)
        {
            (piece, text) = (text, "");
            (step, progress) = (progress, null);
        }
        if (step is not null)
            await SendAsync(new DeviceEvent { Progress = step }).ConfigureAwait(false);
        if (piece.Length > 0)
            await SendAsync(new DeviceEvent { Text = new TextEvent(piece) }).ConfigureAwait(false);
    }

    private Task SendAsync(DeviceEvent happened) =>
        channel.SendAsync(happened, LinkJson.Default.DeviceEvent, cancellation);
}
