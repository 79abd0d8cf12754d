using System.Text.Json.Serialization.Metadata;
using Edge.Link;
using Edge.Link.Messages;

namespace Edge.Host;

/// <summary>
/// One session with one device: every request the device knows. Refusals arrive as <see cref="RefusedException"/>, a
/// lost or missing device as <see cref="LinkException"/>. Cancelling a request stops it on the device too.
/// </summary>
public sealed class DeviceClient : IAsyncDisposable
{
    public static readonly TimeSpan DefaultTimeout = TimeSpan.FromSeconds(5);

    private readonly LinkSession session;

    private DeviceClient(LinkSession session, HostIdentity host, string link, TimeProvider clock)
    {
        this.session = session;
        Host = host;
        Link = link;
        Clock = clock;
    }

    public HostIdentity Host { get; }

    /// <summary>What it was opened with.</summary>
    public string Link { get; }

    /// <summary>What the device said of itself.</summary>
    public LinkHello Device => session.Peer;

    /// <param name="link">"unix:PATH" or "serial:DEVICE".</param>
    /// <param name="clock">Its time of day and offset become the device's.</param>
    /// <param name="timeout">For the device to answer.</param>
    /// <exception cref="ArgumentException">The link is not written as one.</exception>
    /// <exception cref="LinkException">No device answers there, or it speaks another version.</exception>
    public static async Task<DeviceClient> ConnectAsync(
        string link,
        HostIdentity host,
        TimeProvider clock,
        TimeSpan timeout,
        CancellationToken cancellation
    )
    {
        var stream = await LinkAddress.Parse(link).ConnectAsync(cancellation).ConfigureAwait(false);
        var now = clock.GetUtcNow();
        var offset = clock.LocalTimeZone.GetUtcOffset(now);
        var hello = new LinkHello(LinkLimits.Version, host.Id, host.Name, now.Ticks, (int)offset.TotalMinutes);
        var session = await LinkSession.ConnectAsync(stream, hello, clock, timeout, cancellation).ConfigureAwait(false);
        return new DeviceClient(session, host, link, clock);
    }

    public Task<StatusReply> StatusAsync(CancellationToken cancellation) =>
        RequestAsync(
            Operations.Status,
            new EmptyRequest(),
            LinkJson.Default.EmptyRequest,
            LinkJson.Default.StatusReply,
            cancellation
        );

    public Task<SlotsReply> SlotsAsync(CancellationToken cancellation) =>
        RequestAsync(
            Operations.Slots,
            new EmptyRequest(),
            LinkJson.Default.EmptyRequest,
            LinkJson.Default.SlotsReply,
            cancellation
        );

    /// <summary>What the device's screen shows, 32 lines of half-block characters.</summary>
    public Task<ScreenReply> ScreenAsync(CancellationToken cancellation) =>
        RequestAsync(
            Operations.Screen,
            new EmptyRequest(),
            LinkJson.Default.EmptyRequest,
            LinkJson.Default.ScreenReply,
            cancellation
        );

    public Task<CaptureReply> CaptureAsync(string text, CancellationToken cancellation) =>
        RequestAsync(
            Operations.Capture,
            new CaptureRequest(text),
            LinkJson.Default.CaptureRequest,
            LinkJson.Default.CaptureReply,
            cancellation
        );

    /// <param name="page">From 1, newest first.</param>
    /// <param name="pageSize">1 to 100.</param>
    public Task<FeedReply> FeedAsync(int page, int pageSize, CancellationToken cancellation) =>
        RequestAsync(
            Operations.Feed,
            new FeedRequest(page, pageSize),
            LinkJson.Default.FeedRequest,
            LinkJson.Default.FeedReply,
            cancellation
        );

    /// <param name="onText">Gets the answer piece by piece.</param>
    public async Task<AskReply> AskAsync(
        string question,
        Action<string>? onText,
        IProgress<ProgressEvent>? progress,
        CancellationToken cancellation
    )
    {
        var channel = await session.OpenAsync(Operations.Ask, cancellation).ConfigureAwait(false);
        await using var use = channel.ConfigureAwait(false);
        var request = new AskRequest(question);
        await channel.SendAsync(request, LinkJson.Default.AskRequest, cancellation).ConfigureAwait(false);
        return await EventsAsync(channel, e => e.Ask, onText, progress, cancellation).ConfigureAwait(false);
    }

    /// <summary>What the device's notes say for a claim and against it.</summary>
    public Task<SidesReply> AskBothSidesAsync(
        string claim,
        Action<string>? onText,
        IProgress<ProgressEvent>? progress,
        CancellationToken cancellation
    ) => AskAsAsync(new AskRequest(claim, AskRequest.BothSides), e => e.Sides, onText, progress, cancellation);

    /// <summary>What every model of the device answers, and what each thinks of the others' answers.</summary>
    /// <param name="onText">Gets the answer that is best supported.</param>
    public Task<CouncilReply> AskCouncilAsync(
        string question,
        Action<string>? onText,
        IProgress<ProgressEvent>? progress,
        CancellationToken cancellation
    ) => AskAsAsync(new AskRequest(question, AskRequest.Council), e => e.Council, onText, progress, cancellation);

    /// <summary>Summarises a note of the device, or text that is not on it: exactly one of the two is given.</summary>
    public async Task<SummaryReply> SummarizeAsync(
        SummarizeRequest request,
        Action<string>? onText,
        IProgress<ProgressEvent>? progress,
        CancellationToken cancellation
    )
    {
        var channel = await session.OpenAsync(Operations.Summarize, cancellation).ConfigureAwait(false);
        await using var use = channel.ConfigureAwait(false);
        await channel.SendAsync(request, LinkJson.Default.SummarizeRequest, cancellation).ConfigureAwait(false);
        return await EventsAsync(channel, e => e.Summary, onText, progress, cancellation).ConfigureAwait(false);
    }

    /// <summary>Puts a checked model into the idle slot; the device switches to it only after its own test.</summary>
    public Task<FlashReply> FlashAsync(
        ModelPackage package,
        IProgress<ProgressEvent>? progress,
        CancellationToken cancellation
    ) => new Flasher(this).FlashAsync(package, progress, cancellation);

    /// <summary>Makes a folder and the device agree; see <see cref="FolderSync"/>.</summary>
    /// <exception cref="Notes.NoteException">The folder is missing, or empty where notes were before.</exception>
    public Task<SyncReport> SyncAsync(
        string folder,
        SyncOptions options,
        IProgress<ProgressEvent>? progress,
        CancellationToken cancellation
    ) => new FolderSync(this, folder, options, progress).RunAsync(cancellation);

    public ValueTask DisposeAsync() => session.DisposeAsync();

    internal TimeProvider Clock { get; }

    internal Task<LinkChannel> OpenAsync(string operation, CancellationToken cancellation) =>
        session.OpenAsync(operation, cancellation);

    /// <summary>Reads events until the one that ends the request.</summary>
    internal static async Task<T> EventsAsync<T>(
        LinkChannel channel,
        Func<DeviceEvent, T?> end,
        Action<string>? onText,
        IProgress<ProgressEvent>? progress,
        CancellationToken cancellation
    )
        where T : class
    {
        while (true)
        {
            var happened = await channel.ReceiveAsync(LinkJson.Default.DeviceEvent, cancellation).ConfigureAwait(false);
            if (happened.Text is { } text)
                onText?.Invoke(text.Text);
            if (happened.Progress is { } step)
                progress?.Report(step);
            if (end(happened) is { } reply)
                return reply;
        }
    }

    /// <exception cref="RefusedException">Also where the device is too old to know what was asked.</exception>
    private async Task<T> AskAsAsync<T>(
        AskRequest request,
        Func<DeviceEvent, T?> end,
        Action<string>? onText,
        IProgress<ProgressEvent>? progress,
        CancellationToken cancellation
    )
        where T : class
    {
        var channel = await session.OpenAsync(Operations.Ask, cancellation).ConfigureAwait(false);
        await using var use = channel.ConfigureAwait(false);
        await channel.SendAsync(request, LinkJson.Default.AskRequest, cancellation).ConfigureAwait(false);
        // A device of an earlier version skips what it does not know of a request, and answers the plain question.
        T? KnownEnd(DeviceEvent happened) =>
            happened.Ask is null
                ? end(happened)
                : throw new RefusedException(
                    $"it answers plain questions only and does not know \"{request.As}\": update its software"
                );
        return await EventsAsync(channel, KnownEnd, onText, progress, cancellation).ConfigureAwait(false);
    }

    private async Task<TReply> RequestAsync<TRequest, TReply>(
        string operation,
        TRequest request,
        JsonTypeInfo<TRequest> requestType,
        JsonTypeInfo<TReply> replyType,
        CancellationToken cancellation
    )
    {
        var channel = await session.OpenAsync(operation, cancellation).ConfigureAwait(false);
        await using var use = channel.ConfigureAwait(false);
        await channel.SendAsync(request, requestType, cancellation).ConfigureAwait(false);
        return await channel.ReceiveAsync(replyType, cancellation).ConfigureAwait(false);
    }
}
