using System.Buffers;
using System.Buffers.Binary;
using System.IO.Pipelines;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using System.Threading.Channels;
using Edge.Link.Framing;
using Nerdbank.Streams;

namespace Edge.Link;

/// <summary>
/// One request and its answer: messages (source-generated JSON, 1 MiB at most) and chunks of bytes (64 KiB at most) in
/// order, both ways, with back-pressure. Closing it is how a request is cancelled. A <see cref="RefusedException"/>
/// thrown by the other side's handler arrives here as a <see cref="RefusedException"/>.
/// </summary>
public sealed class LinkChannel : IAsyncDisposable
{
    private const int HeaderBytes = 5;

    private readonly MultiplexingStream.Channel channel;
    private readonly LinkSession session;
    private readonly SemaphoreSlim sending = new(1);
    private readonly CancellationTokenSource closed = new();
    private readonly CancellationTokenSource disposed = new();
    private readonly Channel<(ChannelMessageKind Kind, byte[] Body)> received = Channel.CreateBounded<(
        ChannelMessageKind,
        byte[]
    )>(new BoundedChannelOptions(LinkLimits.ChannelQueueMax) { SingleWriter = true });
    private Func<Exception>? end;
    private bool refused;
    private int disposals;

    internal LinkChannel(MultiplexingStream.Channel channel, string operation, LinkSession session)
    {
        (this.channel, Operation, this.session) = (channel, operation, session);
        Closed = closed.Token;
        _ = Task.Run(PumpAsync);
    }

    public string Operation { get; }

    /// <summary>Cancelled when the other side closes the channel or the session ends.</summary>
    public CancellationToken Closed { get; }

    /// <exception cref="ArgumentException">The message is longer than 1 MiB.</exception>
    /// <exception cref="RefusedException">The other side refused.</exception>
    /// <exception cref="LinkException">The link or channel ended.</exception>
    public Task SendAsync<T>(T message, JsonTypeInfo<T> type, CancellationToken cancellation)
    {
        var body = JsonSerializer.SerializeToUtf8Bytes(message, type);
        if (body.Length > LinkLimits.MessageBytesMax)
            throw new ArgumentException(
                $"{Operation}: a {typeof(T).Name} of {body.Length:N0} bytes, a message has {LinkLimits.MessageBytesMax:N0} at most",
                nameof(message)
            );
        return WriteAsync(ChannelMessageKind.Message, body, cancellation);
    }

    /// <summary>Sends bytes as one chunk, 1 to 65,536 of them. Exceptions as for <see cref="SendAsync{T}"/>.</summary>
    public Task SendBytesAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellation)
    {
        if (bytes.Length is 0 or > LinkLimits.ChunkBytesMax)
            throw new ArgumentException(
                $"{Operation}: a chunk has 1 to {LinkLimits.ChunkBytesMax:N0} bytes, got {bytes.Length:N0}",
                nameof(bytes)
            );
        return WriteAsync(ChannelMessageKind.Bytes, bytes, cancellation);
    }

    /// <summary>
    /// Tells the other side that the request is refused or failed; nothing may follow. Text beyond 8 KiB is cut off.
    /// </summary>
    public async Task RefuseAsync(string message, CancellationToken cancellation)
    {
        var body = new byte[LinkLimits.RefusalBytesMax];
        Encoding.UTF8.GetEncoder().Convert(message, body, flush: true, out _, out var used, out _);
        await WriteAsync(ChannelMessageKind.Refused, body.AsMemory(0, used), cancellation).ConfigureAwait(false);
        refused = true;
    }

    /// <exception cref="RefusedException">The other side refused.</exception>
    /// <exception cref="LinkException">The link or channel ended, or something else came than a message of this type.</exception>
    public async Task<T> ReceiveAsync<T>(JsonTypeInfo<T> type, CancellationToken cancellation)
    {
        var body = await ReceiveAsync(ChannelMessageKind.Message, typeof(T).Name, cancellation).ConfigureAwait(false);
        try
        {
            return JsonSerializer.Deserialize(body, type)
                ?? throw new LinkException($"{Operation}: expected a {typeof(T).Name}, got null");
        }
        catch (JsonException wrong)
        {
            throw new LinkException($"{Operation}: expected a {typeof(T).Name}, got {wrong.Message}", wrong);
        }
    }

    /// <summary>The next chunk; length 0 is never sent. Exceptions as for <see cref="ReceiveAsync{T}"/>.</summary>
    public async Task<ReadOnlyMemory<byte>> ReceiveBytesAsync(CancellationToken cancellation) =>
        await ReceiveAsync(ChannelMessageKind.Bytes, "chunk of bytes", cancellation).ConfigureAwait(false);

    /// <summary>Sends a content of any length in chunks; nothing for an empty one.</summary>
    public async Task SendContentAsync(ReadOnlyMemory<byte> content, CancellationToken cancellation)
    {
        for (var at = 0; at < content.Length; at += LinkLimits.ChunkBytesMax)
        {
            var chunk = content.Slice(at, Math.Min(LinkLimits.ChunkBytesMax, content.Length - at));
            await SendBytesAsync(chunk, cancellation).ConfigureAwait(false);
        }
    }

    /// <summary>Puts the chunks of a content together again.</summary>
    /// <param name="name">What it is called in an error.</param>
    /// <param name="size">Bytes that were announced; the caller has held them against its limit.</param>
    /// <exception cref="LinkException">More bytes came than announced; otherwise as <see cref="ReceiveAsync{T}"/>.</exception>
    public async Task<byte[]> ReceiveContentAsync(string name, long size, CancellationToken cancellation)
    {
        var content = new byte[size];
        for (var at = 0; at < content.Length; )
        {
            var chunk = await ReceiveBytesAsync(cancellation).ConfigureAwait(false);
            if (chunk.Length > content.Length - at)
                throw new LinkException($"{Operation}: {name}: more bytes came than the {size:N0} announced");
            chunk.CopyTo(content.AsMemory(at));
            at += chunk.Length;
        }
        return content;
    }

    /// <summary>What was sent before still arrives; what arrives here from now on is thrown away.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref disposals, 1) != 0)
            return;
        await disposed.CancelAsync().ConfigureAwait(false);
        await sending.WaitAsync().ConfigureAwait(false);
        try
        {
            await channel.Output.CompleteAsync().ConfigureAwait(false);
        }
        catch (Exception over) when (over is InvalidOperationException or OperationCanceledException or IOException)
        {
            // The session is over, and the channel with it.
        }
        finally
        {
            sending.Release();
        }
    }

    private async Task WriteAsync(ChannelMessageKind kind, ReadOnlyMemory<byte> body, CancellationToken cancellation)
    {
        ObjectDisposedException.ThrowIf(Volatile.Read(ref disposals) != 0, this);
        if (refused)
            throw new InvalidOperationException($"{Operation}: nothing may follow a refusal");
        using var linked = CancellationTokenSource.CreateLinkedTokenSource(cancellation, Closed, disposed.Token);
        try
        {
            await sending.WaitAsync(linked.Token).ConfigureAwait(false);
            try
            {
                var target = channel.Output.GetSpan(HeaderBytes);
                target[0] = (byte)kind;
                BinaryPrimitives.WriteInt32LittleEndian(target[1..], body.Length);
                channel.Output.Advance(HeaderBytes);
                channel.Output.Write(body.Span);
                // Cancelling the wait takes nothing back: the message is in the pipe whole.
                var flushed = await channel.Output.FlushAsync(linked.Token).ConfigureAwait(false);
                if (flushed.IsCompleted)
                    throw End();
            }
            finally
            {
                sending.Release();
            }
        }
        catch (Exception stopped)
            when (stopped is OperationCanceledException or InvalidOperationException or IOException)
        {
            cancellation.ThrowIfCancellationRequested();
            throw End();
        }
    }

    private async Task<byte[]> ReceiveAsync(ChannelMessageKind kind, string name, CancellationToken cancellation)
    {
        (ChannelMessageKind Kind, byte[] Body) message;
        try
        {
            message = await received.Reader.ReadAsync(cancellation).ConfigureAwait(false);
        }
        catch (ChannelClosedException)
        {
            throw End();
        }
        return message.Kind == kind
            ? message.Body
            : throw new LinkException(
                $"{Operation}: expected a {name}, got {message.Kind} of {message.Body.Length:N0} bytes"
            );
    }

    private Exception End() => (Volatile.Read(ref end) ?? OtherSideClosed)();

    private LinkException OtherSideClosed() =>
        session.Reason is not null
            ? session.Ended()
            : new LinkException($"{Operation}: the other side closed the request before it was answered");

    /// <summary>Reads ahead of the receiver by a few messages, so that a close is seen while nobody receives.</summary>
    private async Task PumpAsync()
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(disposed.Token, session.Over);
        var input = channel.Input;
        Func<Exception> why = OtherSideClosed;
        try
        {
            while (await ChannelMessage.ReadAsync(input, Operation, session.Over).ConfigureAwait(false) is { } message)
            {
                if (message.Kind == ChannelMessageKind.Refused)
                {
                    var text = Encoding.UTF8.GetString(message.Body);
                    why = () => new RefusedException(text);
                    break;
                }
                await received.Writer.WriteAsync(message, stop.Token).ConfigureAwait(false);
            }
        }
        catch (LinkException wrong)
        {
            why = () => new LinkException(wrong.Message, wrong);
        }
        catch (Exception over) when (IsOver(over))
        {
            // Disposed here, or the session is over: the reason stands there.
        }
        Volatile.Write(ref end, why);
        received.Writer.TryComplete();
        if (Volatile.Read(ref disposals) == 0)
            await closed.CancelAsync().ConfigureAwait(false);
        await DiscardAsync(input).ConfigureAwait(false);
        await closed.CancelAsync().ConfigureAwait(false);
        session.OnChannelGone();
    }

    /// <summary>Lets the other side run dry: the channel is gone when both sides have closed it.</summary>
    private async Task DiscardAsync(PipeReader input)
    {
        try
        {
            while (true)
            {
                var result = await input.ReadAsync(session.Over).ConfigureAwait(false);
                input.AdvanceTo(result.Buffer.End);
                if (result.IsCompleted)
                    break;
            }
            await input.CompleteAsync().ConfigureAwait(false);
        }
        catch (Exception over) when (IsOver(over))
        {
            // The session is over.
        }
    }

    private static bool IsOver(Exception error) =>
        error
            is OperationCanceledException
                or InvalidOperationException
                or IOException
                or MultiplexingProtocolException;
}
