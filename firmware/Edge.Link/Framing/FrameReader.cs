namespace Edge.Link.Framing;

/// <summary>Cuts a byte stream into frames. Owns all its memory; one reader at a time.</summary>
internal sealed class FrameReader(Stream stream)
{
    private readonly byte[] buffer = new byte[4 * FrameCodec.EncodedBytesMax];
    private readonly byte[] scratch = new byte[FrameCodec.EncodedBytesMax];
    private int start;
    private int scanned;
    private int end;
    private bool skipping;

    /// <summary>The next frame, or what was there instead. Empty blocks between two delimiters are nothing.</summary>
    public async ValueTask<FrameRead> ReadAsync(CancellationToken cancellation)
    {
        while (true)
        {
            while (TryTakeBlock(out var block))
            {
                if (skipping)
                {
                    skipping = false;
                    return Corrupt($"more than {FrameCodec.EncodedBytesMax} bytes without an end of frame");
                }
                if (block.Length == 0)
                    continue;
                return FrameCodec.TryDecode(block.Span, scratch, out var frame, out var problem)
                    ? new FrameRead(FrameOutcome.Frame, frame, null)
                    : Corrupt(problem!);
            }
            MakeRoom();
            var read = await stream.ReadAsync(buffer.AsMemory(end), cancellation).ConfigureAwait(false);
            if (read == 0)
                return new FrameRead(FrameOutcome.EndOfStream, default, null);
            end += read;
        }
    }

    private static FrameRead Corrupt(string problem) => new(FrameOutcome.Corrupt, default, problem);

    /// <summary>Takes the bytes before the next delimiter, and the delimiter.</summary>
    private bool TryTakeBlock(out ReadOnlyMemory<byte> block)
    {
        var at = buffer.AsSpan(scanned, end - scanned).IndexOf((byte)0);
        if (at < 0)
        {
            scanned = end;
            block = default;
            return false;
        }
        block = buffer.AsMemory(start, scanned + at - start);
        if (block.Length > FrameCodec.EncodedBytesMax)
            skipping = true;
        start = scanned = scanned + at + 1;
        return true;
    }

    /// <summary>Moves what is left to the front, or forgets it when no frame can be that long.</summary>
    private void MakeRoom()
    {
        if (end - start > FrameCodec.EncodedBytesMax)
        {
            skipping = true;
            start = end;
        }
        if (start > 0)
        {
            buffer.AsSpan(start, end - start).CopyTo(buffer);
            end -= start;
            start = 0;
        }
        scanned = end;
    }
}
