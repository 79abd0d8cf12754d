using System.IO.Pipelines;

namespace Edge.Link.Framing;

/// <summary>The bytes inside the Data frames of one session, as the stream that the channels run on.</summary>
internal sealed class DataStream(FrameWriter writer, uint session, CancellationToken abort) : Stream
{
    private readonly Pipe incoming = new(
        new PipeOptions(
            pauseWriterThreshold: 8 * LinkLimits.FramePayloadBytesMax,
            resumeWriterThreshold: 4 * LinkLimits.FramePayloadBytesMax,
            useSynchronizationContext: false
        )
    );

    public override bool CanRead => true;
    public override bool CanWrite => true;
    public override bool CanSeek => false;
    public override long Length => throw new NotSupportedException();
    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    /// <summary>Takes the payload of a Data frame; waits while the channels are behind.</summary>
    public async ValueTask ReceiveAsync(ReadOnlyMemory<byte> payload, CancellationToken cancellation) =>
        await incoming.Writer.WriteAsync(payload, cancellation).ConfigureAwait(false);

    /// <summary>No Data frame will follow. Call it from where <see cref="ReceiveAsync"/> is called.</summary>
    public void Complete() => incoming.Writer.Complete();

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        var result = await incoming.Reader.ReadAsync(cancellationToken).ConfigureAwait(false);
        var take = (int)Math.Min(buffer.Length, result.Buffer.Length);
        var taken = result.Buffer.Slice(0, take);
        System.Buffers.BuffersExtensions.CopyTo(taken, buffer.Span);
        incoming.Reader.AdvanceTo(taken.End);
        return take;
    }

    public override async ValueTask WriteAsync(
        ReadOnlyMemory<byte> buffer,
        CancellationToken cancellationToken = default
    )
    {
        // Not cancelled by the caller's token: half a frame on the line would end the session on the other side.
        while (buffer.Length > 0)
        {
            var part = buffer[..Math.Min(buffer.Length, LinkLimits.FramePayloadBytesMax)];
            await writer.WriteAsync(FrameType.Data, session, part, abort).ConfigureAwait(false);
            buffer = buffer[part.Length..];
        }
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override Task FlushAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public override void Flush() { }

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();
}
