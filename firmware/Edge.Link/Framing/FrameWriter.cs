namespace Edge.Link.Framing;

/// <summary>Writes whole frames to a byte stream, one after the other whoever calls.</summary>
internal sealed class FrameWriter(Stream stream) : IDisposable
{
    private readonly SemaphoreSlim gate = new(1);
    private readonly byte[] scratch = new byte[FrameCodec.RawBytesMax];
    private readonly byte[] target = new byte[FrameCodec.EncodedBytesMax + 2];

    /// <summary>A frame being written now: no need for a sign of life.</summary>
    public bool Busy => gate.CurrentCount == 0;

    public async Task WriteAsync(
        FrameType type,
        uint session,
        ReadOnlyMemory<byte> payload,
        CancellationToken cancellation
    )
    {
        await gate.WaitAsync(cancellation).ConfigureAwait(false);
        try
        {
            var length = FrameCodec.Encode(type, session, payload.Span, scratch, target);
            await stream.WriteAsync(target.AsMemory(0, length), cancellation).ConfigureAwait(false);
            await stream.FlushAsync(cancellation).ConfigureAwait(false);
        }
        finally
        {
            gate.Release();
        }
    }

    public void Dispose() => gate.Dispose();
}
