using System.Threading.Channels;

namespace Edge.Device.Panel;

/// <summary>
/// Takes events from any thread, one at a time, and shows the newest state: at most twenty pictures a second. Owns the
/// panel's clock. A display that fails is reported once and left alone: the device works without a screen.
/// </summary>
public sealed class PanelLoop : IAsyncDisposable
{
    private const int EventsMax = 4096;
    private static readonly TimeSpan BetweenPictures = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan BetweenTicks = TimeSpan.FromMilliseconds(250);

    // Bounded: when nobody reads (a hung display) the oldest news is dropped, never the program's memory.
    private readonly Channel<PanelEvent> events = Channel.CreateBounded<PanelEvent>(
        new BoundedChannelOptions(EventsMax) { FullMode = BoundedChannelFullMode.DropOldest, SingleReader = true }
    );
    private readonly Action<Canvas>? show;
    private readonly Action<string> log;
    private readonly TimeProvider clock;
    private readonly CancellationTokenSource stop = new();
    private readonly ITimer ticker;
    private readonly Task loop;
    private volatile PanelState state;

    /// <param name="show">Gets each new picture; the canvas is the loop's and changes afterwards. Null: no screen.</param>
    /// <param name="log">Gets one line when the display fails.</param>
    public PanelLoop(PanelState first, Action<Canvas>? show, TimeProvider clock, Action<string> log)
    {
        state = first;
        this.show = show;
        this.log = log;
        this.clock = clock;
        loop = Task.Run(RunAsync);
        ticker = clock.CreateTimer(_ => Tick(), null, BetweenTicks, BetweenTicks);
    }

    public PanelState State => state;

    public void Post(PanelEvent happened) => events.Writer.TryWrite(happened);

    /// <summary>The picture of the state that holds now.</summary>
    public Canvas Picture()
    {
        var canvas = new Canvas(PanelLayout.Width, PanelLayout.Height);
        PanelPainter.Paint(state, canvas);
        return canvas;
    }

    public async ValueTask DisposeAsync()
    {
        await ticker.DisposeAsync().ConfigureAwait(false);
        events.Writer.TryComplete();
        await stop.CancelAsync().ConfigureAwait(false);
        await loop.ConfigureAwait(false);
        stop.Dispose();
    }

    private void Tick()
    {
        if (state is { Busy: not null, BusyShare: < 0 })
            Post(new PanelEvent.Ticked());
    }

    private async Task RunAsync()
    {
        var canvas = new Canvas(PanelLayout.Width, PanelLayout.Height);
        var shows = show is not null;
        try
        {
            shows = shows && TryShow(canvas);
            while (await events.Reader.WaitToReadAsync(stop.Token).ConfigureAwait(false))
            {
                while (events.Reader.TryRead(out var happened))
                    state = PanelReducer.Reduce(state, happened);
                if (!shows)
                    continue;
                shows = TryShow(canvas);
                await Task.Delay(BetweenPictures, clock, stop.Token).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException)
        {
            // Disposed.
        }
    }

    private bool TryShow(Canvas canvas)
    {
        PanelPainter.Paint(state, canvas);
        try
        {
            show!(canvas);
            return true;
        }
        catch (IOException e)
        {
            log($"the display stopped working and is left alone: {e.Message}");
            return false;
        }
    }
}
