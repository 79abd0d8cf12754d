using System.Buffers;
using System.Text;
using System.Threading.Channels;
using Edge.Link.Framing;
using Nerdbank.Streams;

namespace Edge.Link;

/// <summary>What each side says of itself before anything else.</summary>
/// <param name="Version">Protocol version spoken.</param>
/// <param name="Id">Device id or host id: 16 to 64 lower-case hexadecimal characters.</param>
/// <param name="Name">For people, 1 to 64 characters.</param>
/// <param name="UtcTicks">This side's clock; the device takes the host's.</param>
/// <param name="OffsetMinutes">This side's offset from UTC.</param>
public sealed record LinkHello(int Version, string Id, string Name, long UtcTicks, int OffsetMinutes);

/// <summary>
/// One session over a byte stream: preamble, then Nerdbank.Streams channels, one per request. Survives garbage before
/// it; notices a lost peer by its own heartbeat. Owns the stream from the call that makes it, whatever that call's end.
/// </summary>
public sealed class LinkSession : IAsyncDisposable
{
    private static readonly SearchValues<char> OperationChars = SearchValues.Create(
        "abcdefghijklmnopqrstuvwxyz0123456789-"
    );

    private readonly bool isHost;
    private readonly Stream stream;
    private readonly FrameReader reader;
    private readonly FrameWriter writer;
    private readonly uint id;
    private readonly TimeProvider clock;
    private readonly byte[]? replyPayload;
    private readonly CancellationTokenSource over = new();
    private readonly CancellationTokenSource abortWrites = new();
    private readonly TaskCompletionSource<string> completion = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Channel<LinkChannel> offered = Channel.CreateUnbounded<LinkChannel>();
    private readonly DataStream data;
    private readonly MultiplexingStream channels;
    private readonly Task running;
    private Ending? ending;
    private long lastFrame;
    private int openChannels;

    private LinkSession(
        bool isHost,
        Stream stream,
        FrameReader reader,
        FrameWriter writer,
        Handshake.Agreed agreed,
        byte[]? replyPayload,
        TimeProvider clock
    )
    {
        (this.isHost, this.stream, this.reader, this.writer) = (isHost, stream, reader, writer);
        (id, Peer, this.clock, this.replyPayload) = (agreed.Session, agreed.Peer, clock, replyPayload);
        lastFrame = clock.GetTimestamp();
        data = new DataStream(writer, id, abortWrites.Token);
        channels = MultiplexingStream.Create(
            data,
            new MultiplexingStream.Options
            {
                ProtocolMajorVersion = 3,
                StartSuspended = true,
                DefaultChannelReceivingWindowSize = LinkLimits.ChannelWindowBytes,
                MaxChannelReceivingWindowSize = LinkLimits.ChannelWindowBytes,
            }
        );
        channels.ChannelOffered += (_, offer) => OnOffered(offer);
        channels.StartListening();
        running = RunAsync();
    }

    public LinkHello Peer { get; }

    /// <summary>Ends (never faults) when the session is over, with the reason: "closed by host", "no sign of life for 5 s" ...</summary>
    public Task<string> Completion => completion.Task;

    /// <summary>Cancelled when the session is over; <see cref="Reason"/> is set before.</summary>
    internal CancellationToken Over => over.Token;

    /// <summary>Why the session is over, or null while it lives.</summary>
    internal string? Reason => Volatile.Read(ref ending)?.Why;

    /// <summary>Host side. Repeats its hello until the device answers or the time is up.</summary>
    /// <exception cref="LinkException">No answer, or a version that cannot be spoken (both are named).</exception>
    public static async Task<LinkSession> ConnectAsync(
        Stream stream,
        LinkHello hello,
        TimeProvider clock,
        TimeSpan timeout,
        CancellationToken cancellation
    )
    {
        var writer = new FrameWriter(stream);
        try
        {
            var reader = new FrameReader(stream);
            var agreed = await Handshake
                .ConnectAsync(reader, writer, hello, clock, timeout, cancellation)
                .ConfigureAwait(false);
            return new LinkSession(true, stream, reader, writer, agreed, null, clock);
        }
        catch
        {
            await stream.DisposeAsync().ConfigureAwait(false);
            writer.Dispose();
            throw;
        }
    }

    /// <summary>Device side. Skips bytes until a valid hello arrives.</summary>
    /// <exception cref="LinkException">The host left before it said a hello of our version.</exception>
    public static async Task<LinkSession> AcceptAsync(
        Stream stream,
        Func<LinkHello> hello,
        TimeProvider clock,
        CancellationToken cancellation
    )
    {
        var writer = new FrameWriter(stream);
        try
        {
            var reader = new FrameReader(stream);
            var agreed = await Handshake.AcceptAsync(reader, writer, hello, cancellation).ConfigureAwait(false);
            return new LinkSession(false, stream, reader, writer, agreed, HelloCodec.Encode(hello()), clock);
        }
        catch
        {
            await stream.DisposeAsync().ConfigureAwait(false);
            writer.Dispose();
            throw;
        }
    }

    /// <summary>Host side: a new channel for one request; <paramref name="operation"/> is its name on the wire.</summary>
    /// <exception cref="LinkException">The session is over, or the device takes no more requests at once.</exception>
    public async Task<LinkChannel> OpenAsync(string operation, CancellationToken cancellation)
    {
        if (!isHost)
            throw new InvalidOperationException("only the host opens channels");
        if (!IsOperation(operation))
            throw new ArgumentException(
                $"an operation has 1 to {LinkLimits.OperationCharsMax} of a-z, 0-9 and '-', got '{operation}'",
                nameof(operation)
            );
        ThrowIfOver();
        using var linked = CancellationTokenSource.CreateLinkedTokenSource(cancellation, Over);
        MultiplexingStream.Channel channel;
        try
        {
            channel = await channels.OfferChannelAsync(operation, linked.Token).ConfigureAwait(false);
        }
        catch (Exception refused)
            when (refused is OperationCanceledException or ObjectDisposedException or MultiplexingProtocolException)
        {
            cancellation.ThrowIfCancellationRequested();
            ThrowIfOver();
            throw new LinkException(
                $"the device did not take the request '{operation}': it takes {LinkLimits.ChannelsMax} at once",
                refused
            );
        }
        Interlocked.Increment(ref openChannels);
        return new LinkChannel(channel, operation, this);
    }

    /// <summary>Device side: the next request's channel, or null when the session is over.</summary>
    public async Task<LinkChannel?> AcceptChannelAsync(CancellationToken cancellation)
    {
        if (isHost)
            throw new InvalidOperationException("only the device accepts channels");
        return
            await offered.Reader.WaitToReadAsync(cancellation).ConfigureAwait(false)
            && Reason is null
            && offered.Reader.TryRead(out var channel)
            ? channel
            : null;
    }

    /// <summary>Says goodbye, ends the session and closes the stream.</summary>
    public async ValueTask DisposeAsync()
    {
        End("closed here", bye: true);
        await running.ConfigureAwait(false);
    }

    internal LinkException Ended() => new($"the link is over: {Reason ?? "the channels failed"}");

    internal void OnChannelGone() => Interlocked.Decrement(ref openChannels);

    private static bool IsOperation(string name) =>
        name.Length is > 0 and <= LinkLimits.OperationCharsMax && !name.AsSpan().ContainsAnyExcept(OperationChars);

    private void ThrowIfOver()
    {
        if (Reason is not null)
            throw Ended();
    }

    private void OnOffered(MultiplexingStream.ChannelOfferEventArgs offer)
    {
        if (isHost || !IsOperation(offer.Name) || Volatile.Read(ref openChannels) >= LinkLimits.ChannelsMax)
        {
            channels.RejectChannel(offer.QualifiedId.Id);
            return;
        }
        try
        {
            var channel = new LinkChannel(channels.AcceptChannel(offer.QualifiedId.Id), offer.Name, this);
            Interlocked.Increment(ref openChannels);
            if (!offered.Writer.TryWrite(channel))
                _ = channel.DisposeAsync().AsTask();
        }
        catch (InvalidOperationException)
        {
            // The host took its offer back, or the session ended meanwhile.
        }
    }

    private sealed record Ending(string Why, bool SayBye);

    private async Task RunAsync()
    {
        var pinging = PingAsync();
        var watching = WatchAsync();
        var receiving = ReceiveAsync();
        var failing = EndWhenChannelsFailAsync();
        await Task.WhenAny(receiving, pinging, watching, failing).ConfigureAwait(false);
        End("closed here", bye: false);
        offered.Writer.TryComplete();
        if (ending is { SayBye: true })
            await SayByeAsync().ConfigureAwait(false);
        await abortWrites.CancelAsync().ConfigureAwait(false);
        await stream.DisposeAsync().ConfigureAwait(false);
        await Task.WhenAll(receiving, pinging, watching).ConfigureAwait(false);
        await channels.DisposeAsync().ConfigureAwait(false);
        await failing.ConfigureAwait(false);
        writer.Dispose();
    }

    /// <summary>Takes frames until the session is over.</summary>
    private async Task ReceiveAsync()
    {
        try
        {
            while (Reason is null)
            {
                var read = await reader.ReadAsync(Over).ConfigureAwait(false);
                if (read.Outcome == FrameOutcome.EndOfStream)
                    End($"the line was cut: the {OtherSide} left without goodbye", bye: false);
                else if (read.Outcome == FrameOutcome.Corrupt)
                    End($"the line is disturbed: {read.Problem}", bye: true);
                else
                    await TakeAsync(read.Frame).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException)
        {
            // Over: the reason is set.
        }
        catch (Exception broken) when (broken is IOException or ObjectDisposedException)
        {
            End($"the line failed: {broken.Message}", bye: false);
        }
        finally
        {
            data.Complete();
        }
    }

    private async ValueTask TakeAsync(Frame frame)
    {
        if (frame.Type == FrameType.Hello && !isHost)
        {
            if (frame.Session != id)
                End("a new host connected", bye: false);
            else
                await writer
                    .WriteAsync(FrameType.HelloReply, id, replyPayload, abortWrites.Token)
                    .ConfigureAwait(false);
            return;
        }
        if (frame.Session != id)
            return;
        Volatile.Write(ref lastFrame, clock.GetTimestamp());
        if (frame.Type == FrameType.Data)
            await data.ReceiveAsync(frame.Payload, Over).ConfigureAwait(false);
        else if (frame.Type == FrameType.Bye)
            End(
                frame.Payload.Length == 0
                    ? $"closed by {OtherSide}"
                    : $"closed by {OtherSide}: {Encoding.UTF8.GetString(frame.Payload.Span)}",
                bye: false
            );
    }

    private string OtherSide => isHost ? "device" : "host";

    private async Task PingAsync()
    {
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(LinkLimits.PingEveryMs), clock);
        try
        {
            while (await timer.WaitForNextTickAsync(Over).ConfigureAwait(false))
            {
                if (!writer.Busy)
                    await writer.WriteAsync(FrameType.Ping, id, default, abortWrites.Token).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException)
        {
            // Over: the reason is set.
        }
        catch (Exception broken) when (broken is IOException or ObjectDisposedException)
        {
            End($"the line failed: {broken.Message}", bye: false);
        }
    }

    /// <summary>Apart from <see cref="PingAsync"/>, which may wait for a line that takes nothing.</summary>
    private async Task WatchAsync()
    {
        var silenceMax = TimeSpan.FromMilliseconds(LinkLimits.SilenceMaxMs);
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(LinkLimits.PingEveryMs), clock);
        try
        {
            while (await timer.WaitForNextTickAsync(Over).ConfigureAwait(false))
            {
                if (clock.GetElapsedTime(Volatile.Read(ref lastFrame)) >= silenceMax)
                    End($"no sign of life for {silenceMax.TotalSeconds:0.#} s", bye: true);
            }
        }
        catch (OperationCanceledException)
        {
            // Over: the reason is set.
        }
    }

    private async Task EndWhenChannelsFailAsync()
    {
        try
        {
            await channels.Completion.ConfigureAwait(false);
            End("the channels ended", bye: true);
        }
        catch (Exception failed)
        {
            // Whatever the channels died of, the session cannot go on and says so.
            End($"the channels failed: {failed.Message}", bye: true);
        }
    }

    /// <summary>The first reason wins.</summary>
    private void End(string why, bool bye)
    {
        if (Interlocked.CompareExchange(ref ending, new Ending(why, bye), null) is not null)
            return;
        completion.TrySetResult(why);
        _ = over.CancelAsync();
    }

    /// <summary>Best effort, after the frame under way: a line that takes nothing for a second gets no goodbye.</summary>
    private async Task SayByeAsync()
    {
        var text = Reason is "closed here" or null ? "" : Reason;
        var payload = Encoding.UTF8.GetBytes(text);
        if (payload.Length > LinkLimits.ByeBytesMax)
            payload = payload[..LinkLimits.ByeBytesMax];
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(1), clock);
        try
        {
            await writer.WriteAsync(FrameType.Bye, id, payload, patience.Token).ConfigureAwait(false);
        }
        catch (Exception gone) when (gone is OperationCanceledException or IOException or ObjectDisposedException)
        {
            // The other side will notice by its heartbeat.
        }
    }
}
