namespace Edge.Inference.Gguf;

/// <summary>The part of a file that one tensor may write: exactly so many bytes, no less and no more.</summary>
internal sealed class PayloadStream(Stream file, string tensor, long bytes) : Stream
{
    private long written;

    public override bool CanRead => false;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => bytes;

    public override long Position
    {
        get => written;
        set => throw new NotSupportedException();
    }

    public override void Write(ReadOnlySpan<byte> buffer)
    {
        if (buffer.Length > bytes - written)
            throw new InvalidOperationException($"tensor {tensor} has {bytes:N0} bytes, more were written");
        file.Write(buffer);
        written += buffer.Length;
    }

    public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

    public override void Flush() => file.Flush();

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public void CheckWhole()
    {
        if (written != bytes)
            throw new InvalidOperationException($"tensor {tensor} has {bytes:N0} bytes, {written:N0} were written");
    }
}
