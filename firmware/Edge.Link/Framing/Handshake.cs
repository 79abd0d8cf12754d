using System.Security.Cryptography;
using System.Text;

namespace Edge.Link.Framing;

/// <summary>The preamble of a session, both sides. Whatever is no valid frame is skipped.</summary>
internal static class Handshake
{
    /// <summary>What the preamble agreed on.</summary>
    internal readonly record struct Agreed(uint Session, LinkHello Peer);

    /// <summary>Host side: says hello every 250 ms until the device answers.</summary>
    public static async Task<Agreed> ConnectAsync(
        FrameReader reader,
        FrameWriter writer,
        LinkHello hello,
        TimeProvider clock,
        TimeSpan timeout,
        CancellationToken cancellation
    )
    {
        var payload = HelloCodec.Encode(hello);
        var session = NewSession();
        using var deadline = new CancellationTokenSource(timeout, clock);
        using var abort = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, cancellation);
        using var answered = CancellationTokenSource.CreateLinkedTokenSource(abort.Token);
        var repeating = RepeatHelloAsync(writer, session, payload, clock, answered.Token, abort.Token);
        try
        {
            var peer = await ReadReplyAsync(reader, session, abort.Token).ConfigureAwait(false);
            // A hello that is under way is written to its end: half a frame would end the session just begun.
            await answered.CancelAsync().ConfigureAwait(false);
            await repeating.ConfigureAwait(false);
            return new Agreed(session, peer);
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            throw new LinkException(
                $"the device did not answer within {timeout.TotalSeconds:0.#} s: is it switched on, and is this its link?"
            );
        }
        finally
        {
            await abort.CancelAsync().ConfigureAwait(false);
            await repeating.ConfigureAwait(false);
        }
    }

    /// <summary>Device side: answers the first hello of our version; others get our version and no session.</summary>
    public static async Task<Agreed> AcceptAsync(
        FrameReader reader,
        FrameWriter writer,
        Func<LinkHello> hello,
        CancellationToken cancellation
    )
    {
        while (true)
        {
            var read = await ReadAsync(reader, "the host left before it said hello", cancellation)
                .ConfigureAwait(false);
            if (
                read.Outcome != FrameOutcome.Frame
                || read.Frame.Type != FrameType.Hello
                || read.Frame.Session == 0
                || HelloCodec.Decode(read.Frame.Payload.Span).Hello is not { } peer
            )
                continue;
            var session = read.Frame.Session;
            try
            {
                await writer
                    .WriteAsync(FrameType.HelloReply, session, HelloCodec.Encode(hello()), cancellation)
                    .ConfigureAwait(false);
            }
            catch (IOException broken)
            {
                throw new LinkException($"the link failed while it was made: {broken.Message}", broken);
            }
            if (peer.Version == LinkLimits.Version)
                return new Agreed(session, peer);
        }
    }

    private static uint NewSession()
    {
        Span<byte> bytes = stackalloc byte[sizeof(uint)];
        while (true)
        {
            RandomNumberGenerator.Fill(bytes);
            if (BitConverter.ToUInt32(bytes) is not 0 and var session)
                return session;
        }
    }

    private static async Task RepeatHelloAsync(
        FrameWriter writer,
        uint session,
        byte[] payload,
        TimeProvider clock,
        CancellationToken answered,
        CancellationToken abort
    )
    {
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(LinkLimits.HelloRepeatMs), clock);
        try
        {
            do await writer.WriteAsync(FrameType.Hello, session, payload, abort).ConfigureAwait(false);
            while (await timer.WaitForNextTickAsync(answered).ConfigureAwait(false));
        }
        catch (Exception over) when (over is OperationCanceledException or IOException or ObjectDisposedException)
        {
            // The reading side tells what happened: an answer, a refusal, the end of the line or the deadline.
        }
    }

    private static async Task<LinkHello> ReadReplyAsync(FrameReader reader, uint session, CancellationToken stop)
    {
        while (true)
        {
            var read = await ReadAsync(reader, "the device closed the link before it answered", stop)
                .ConfigureAwait(false);
            if (read.Outcome != FrameOutcome.Frame || (read.Frame.Session != session && read.Frame.Session != 0))
                continue;
            if (read.Frame.Type == FrameType.Bye)
                throw new LinkException(
                    $"the device refused the link: {Encoding.UTF8.GetString(read.Frame.Payload.Span)}"
                );
            if (read.Frame.Type != FrameType.HelloReply || read.Frame.Session != session)
                continue;
            var (peer, problem) = HelloCodec.Decode(read.Frame.Payload.Span);
            if (peer is null)
                throw new LinkException($"the device's answer is not understood: {problem}");
            if (peer.Version != LinkLimits.Version)
                throw new LinkException(
                    $"this program speaks version {LinkLimits.Version} of the link, the device '{peer.Name}' speaks version {peer.Version}: update the older of the two"
                );
            return peer;
        }
    }

    private static async ValueTask<FrameRead> ReadAsync(
        FrameReader reader,
        string atEnd,
        CancellationToken cancellation
    )
    {
        try
        {
            var read = await reader.ReadAsync(cancellation).ConfigureAwait(false);
            return read.Outcome == FrameOutcome.EndOfStream ? throw new LinkException(atEnd) : read;
        }
        catch (IOException broken)
        {
            throw new LinkException($"{atEnd}: {broken.Message}", broken);
        }
    }
}
