using System.Runtime.InteropServices;

namespace Edge.Link.Addresses;

/// <summary>
/// A terminal as a stream. Unplugging is the end of the stream. Disposing it wakes whoever reads or writes, and leaves
/// the handle to its owner.
/// </summary>
internal sealed class TtyStream(TtyHandle handle, Action onDisposed) : Stream
{
    private readonly CancellationTokenSource disposed = new();
    private int disposals;

    public override bool CanRead => true;
    public override bool CanWrite => true;
    public override bool CanSeek => false;
    public override long Length => throw new NotSupportedException();
    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, disposed.Token);
        while (true)
        {
            either.Token.ThrowIfCancellationRequested();
            var (count, error) = handle.Read(buffer.Span);
            if (count >= 0 || error == LibC.EIO)
                return Math.Max(count, 0);
            if (error == LibC.EAGAIN)
                await handle.ReadableAsync(either.Token).ConfigureAwait(false);
            else if (error != LibC.EINTR)
                throw new IOException($"reading the line: {Marshal.GetPInvokeErrorMessage(error)}");
        }
    }

    public override async ValueTask WriteAsync(
        ReadOnlyMemory<byte> buffer,
        CancellationToken cancellationToken = default
    )
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, disposed.Token);
        while (buffer.Length > 0)
        {
            either.Token.ThrowIfCancellationRequested();
            var (count, error) = handle.Write(buffer.Span);
            if (count >= 0)
                buffer = buffer[count..];
            else if (error == LibC.EAGAIN)
                await handle.WritableAsync(either.Token).ConfigureAwait(false);
            else if (error != LibC.EINTR)
                throw new IOException($"writing to the line: {Marshal.GetPInvokeErrorMessage(error)}");
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

    protected override void Dispose(bool disposing)
    {
        if (disposing && Interlocked.Exchange(ref disposals, 1) == 0)
        {
            disposed.Cancel();
            onDisposed();
        }
        base.Dispose(disposing);
    }
}
