using System.IO.Pipelines;

namespace Edge.Link.Tests;

/// <summary>Two ends of a line in memory, which can be cut, chopped into small reads and disturbed.</summary>
internal sealed class MemoryLine
{
    private readonly Pipe toDevice = new(
        new PipeOptions(pauseWriterThreshold: 64 * 1024, useSynchronizationContext: false)
    );
    private readonly Pipe toHost = new(
        new PipeOptions(pauseWriterThreshold: 64 * 1024, useSynchronizationContext: false)
    );

    public MemoryLine()
    {
        HostEnd = new End(toHost.Reader, toDevice.Writer);
        DeviceEnd = new End(toDevice.Reader, toHost.Writer);
    }

    public End HostEnd { get; }
    public End DeviceEnd { get; }

    internal sealed class End(PipeReader reader, PipeWriter writer) : Stream
    {
        private long written;
        private long read;
        private long processed;

        /// <summary>Bytes of one read at most.</summary>
        public int ReadBytesMax { get; set; } = int.MaxValue;

        /// <summary>Set: the byte of the next write that holds it is changed.</summary>
        public bool DisturbNextWrite { get; set; }

        public long Written => Volatile.Read(ref written);

        /// <summary>Bytes read before the last read began: whoever reads is done with them.</summary>
        public long Processed => Volatile.Read(ref processed);
        public override bool CanRead => true;
        public override bool CanWrite => true;
        public override bool CanSeek => false;
        public override long Length => throw new NotSupportedException();
        public override long Position { get; set; }

        public override async ValueTask<int> ReadAsync(
            Memory<byte> buffer,
            CancellationToken cancellationToken = default
        )
        {
            Volatile.Write(ref processed, read);
            var result = await reader.ReadAsync(cancellationToken);
            var take = (int)Math.Min(Math.Min(buffer.Length, ReadBytesMax), result.Buffer.Length);
            var part = result.Buffer.Slice(0, take);
            System.Buffers.BuffersExtensions.CopyTo(part, buffer.Span);
            reader.AdvanceTo(part.End);
            read += take;
            return take;
        }

        public override async ValueTask WriteAsync(
            ReadOnlyMemory<byte> buffer,
            CancellationToken cancellationToken = default
        )
        {
            var bytes = buffer.ToArray();
            if (DisturbNextWrite)
            {
                DisturbNextWrite = false;
                bytes[bytes.Length / 2] ^= 0x10;
            }
            Interlocked.Add(ref written, bytes.Length);
            var result = await writer.WriteAsync(bytes, cancellationToken);
            if (result.IsCompleted)
                throw new IOException("the line is cut");
        }

        public override Task<int> ReadAsync(
            byte[] buffer,
            int offset,
            int count,
            CancellationToken cancellationToken
        ) => ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

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
            if (disposing)
            {
                writer.Complete();
                reader.CancelPendingRead();
            }
            base.Dispose(disposing);
        }
    }
}
