using System.IO.Compression;

namespace Edge.Training.Tokenizing;

/// <summary>
/// Unpacks gzip and ends the text with the mark &lt;|endoftext|&gt;. The runtime takes a file that was cut short for one
/// that ends there; so a small packed piece with the mark is read after the file's last byte, which only comes out
/// when the file is whole.
/// </summary>
internal sealed class SealedGzip : GZipStream
{
    private static readonly byte[] Seal = MakeSeal();

    private SealedGzip(Stream file)
        : base(new WithSeal(file), CompressionMode.Decompress) { }

    public static SealedGzip Open(Stream file) => new(file);

    private static byte[] MakeSeal()
    {
        using var packed = new MemoryStream();
        using (var stream = new GZipStream(packed, CompressionLevel.Fastest, leaveOpen: true))
            stream.Write(SpecialTokenNames.EndOfTextUtf8);
        return packed.ToArray();
    }

    /// <summary>The file, then the seal.</summary>
    private sealed class WithSeal(Stream file) : Stream
    {
        private int sealRead;

        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => false;

        public override long Length => throw new NotSupportedException();

        public override long Position
        {
            get => throw new NotSupportedException();
            set => throw new NotSupportedException();
        }

        public override int Read(Span<byte> buffer)
        {
            var got = file.Read(buffer);
            if (got > 0)
                return got;
            got = Math.Min(buffer.Length, Seal.Length - sealRead);
            Seal.AsSpan(sealRead, got).CopyTo(buffer);
            sealRead += got;
            return got;
        }

        public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override void Flush() { }
    }
}
