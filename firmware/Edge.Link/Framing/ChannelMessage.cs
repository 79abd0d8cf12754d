using System.Buffers;
using System.Buffers.Binary;
using System.IO.Pipelines;

namespace Edge.Link.Framing;

/// <summary>What a channel carries. Numbers are frozen: append, never renumber.</summary>
internal enum ChannelMessageKind : byte
{
    Message = 1,
    Bytes = 2,
    Refused = 3,
}

/// <summary>A message on a channel, little-endian: kind (1), length (4), body.</summary>
internal static class ChannelMessage
{
    /// <returns>Null at the end of the channel.</returns>
    /// <exception cref="LinkException">Not a message, too long, or cut short.</exception>
    public static async ValueTask<(ChannelMessageKind Kind, byte[] Body)?> ReadAsync(
        PipeReader input,
        string operation,
        CancellationToken cancellation
    )
    {
        var header = new byte[5];
        var got = await FillAsync(input, header, cancellation).ConfigureAwait(false);
        if (got == 0)
            return null;
        if (got < header.Length)
            throw new LinkException($"{operation}: the channel ended inside a message");
        var kind = (ChannelMessageKind)header[0];
        var length = BinaryPrimitives.ReadInt32LittleEndian(header.AsSpan(1));
        var (min, max) = kind switch
        {
            ChannelMessageKind.Message => (1, LinkLimits.MessageBytesMax),
            ChannelMessageKind.Bytes => (1, LinkLimits.ChunkBytesMax),
            ChannelMessageKind.Refused => (0, LinkLimits.RefusalBytesMax),
            _ => throw new LinkException($"{operation}: a message of unknown kind {header[0]}"),
        };
        if (length < min || length > max)
            throw new LinkException($"{operation}: {kind} has {min:N0} to {max:N0} bytes, this one says {length:N0}");
        var body = new byte[length];
        if (await FillAsync(input, body, cancellation).ConfigureAwait(false) < length)
            throw new LinkException($"{operation}: the channel ended inside a message");
        return (kind, body);
    }

    /// <summary>Takes bytes as they come, so that the sender's window opens again, until the target is full.</summary>
    /// <returns>Bytes taken: fewer than asked for only at the end of the channel.</returns>
    private static async ValueTask<int> FillAsync(PipeReader input, Memory<byte> target, CancellationToken cancellation)
    {
        var filled = 0;
        while (filled < target.Length)
        {
            var result = await input.ReadAsync(cancellation).ConfigureAwait(false);
            var take = (int)Math.Min(target.Length - filled, result.Buffer.Length);
            var part = result.Buffer.Slice(0, take);
            part.CopyTo(target.Span[filled..]);
            filled += take;
            input.AdvanceTo(part.End);
            if (take == 0 && result.IsCompleted)
                break;
        }
        return filled;
    }
}
