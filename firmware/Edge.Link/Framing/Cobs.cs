namespace Edge.Link.Framing;

/// <summary>
/// Consistent overhead byte stuffing: removes every 0x00 from a block so that 0x00 can end it. Each code byte n (1..255)
/// is followed by n - 1 bytes that are not zero, and then, unless n is 255 or the block ends, stands for one zero.
/// <c>11 00 22</c> becomes <c>02 11 02 22</c>.
/// </summary>
internal static class Cobs
{
    private const int RunMax = 254;

    /// <summary>Most bytes that <paramref name="bytes"/> bytes can become.</summary>
    public static int EncodedBytesMax(int bytes) => bytes + bytes / RunMax + 1;

    /// <param name="source">Any bytes.</param>
    /// <param name="target">At least <see cref="EncodedBytesMax"/> long; does not overlap the source.</param>
    /// <returns>Bytes written, none of them zero.</returns>
    public static int Encode(ReadOnlySpan<byte> source, Span<byte> target)
    {
        var written = 0;
        while (true)
        {
            var window = source.Length > RunMax ? source[..RunMax] : source;
            var zero = window.IndexOf((byte)0);
            var run = zero < 0 ? window.Length : zero;
            target[written] = (byte)(run + 1);
            source[..run].CopyTo(target[(written + 1)..]);
            written += run + 1;
            if (zero >= 0)
                source = source[(run + 1)..];
            else if (run == RunMax && source.Length > run)
                source = source[run..];
            else
                return written;
        }
    }

    /// <param name="source">One encoded block without its delimiter.</param>
    /// <param name="target">At least as long as the source.</param>
    /// <returns>Bytes written, or -1 when the block is malformed.</returns>
    public static int Decode(ReadOnlySpan<byte> source, Span<byte> target)
    {
        var written = 0;
        while (source.Length > 0)
        {
            var run = source[0] - 1;
            if (run < 0 || run > source.Length - 1)
                return -1;
            source.Slice(1, run).CopyTo(target[written..]);
            written += run;
            source = source[(run + 1)..];
            if (run < RunMax && source.Length > 0)
                target[written++] = 0;
        }
        return written;
    }
}
