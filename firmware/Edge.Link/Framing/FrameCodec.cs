using System.Buffers.Binary;
using System.IO.Hashing;

namespace Edge.Link.Framing;

/// <summary>
/// A frame's bytes before stuffing, little-endian: type (1), session (4), payload (0..16,384), CRC-32 of all before (4).
/// After stuffing comes one 0x00. Frames that must be understood after garbage start with a 0x00 of their own.
/// </summary>
internal static class FrameCodec
{
    public const int HeaderBytes = 5;
    public const int CrcBytes = 4;
    public const int RawBytesMax = HeaderBytes + LinkLimits.FramePayloadBytesMax + CrcBytes;

    /// <summary>A stuffed frame without delimiters.</summary>
    public static readonly int EncodedBytesMax = Cobs.EncodedBytesMax(RawBytesMax);

    /// <param name="scratch">At least <see cref="RawBytesMax"/>.</param>
    /// <param name="target">At least <see cref="EncodedBytesMax"/> + 2.</param>
    /// <returns>Bytes of <paramref name="target"/> to send.</returns>
    public static int Encode(
        FrameType type,
        uint session,
        ReadOnlySpan<byte> payload,
        Span<byte> scratch,
        Span<byte> target
    )
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(payload.Length, LinkLimits.FramePayloadBytesMax);
        scratch[0] = (byte)type;
        BinaryPrimitives.WriteUInt32LittleEndian(scratch[1..], session);
        payload.CopyTo(scratch[HeaderBytes..]);
        var covered = HeaderBytes + payload.Length;
        BinaryPrimitives.WriteUInt32LittleEndian(scratch[covered..], Crc32.HashToUInt32(scratch[..covered]));
        var length = 0;
        if (type is FrameType.Hello or FrameType.HelloReply or FrameType.Bye)
            target[length++] = 0;
        length += Cobs.Encode(scratch[..(covered + CrcBytes)], target[length..]);
        target[length++] = 0;
        return length;
    }

    /// <param name="encoded">One stuffed frame without delimiters, 1 to <see cref="EncodedBytesMax"/> bytes.</param>
    /// <param name="scratch">At least as long; the frame's payload lies in it.</param>
    /// <param name="problem">Why it is no frame.</param>
    public static bool TryDecode(ReadOnlySpan<byte> encoded, Memory<byte> scratch, out Frame frame, out string? problem)
    {
        frame = default;
        var raw = scratch.Span;
        var length = Cobs.Decode(encoded, raw);
        problem =
            length < 0 ? $"{encoded.Length} bytes are not stuffed correctly"
            : length < HeaderBytes + CrcBytes
                ? $"{length} bytes are too few for a frame, which has at least {HeaderBytes + CrcBytes}"
            : length > RawBytesMax ? $"{length} bytes are too many for a frame, which has at most {RawBytesMax}"
            : null;
        if (problem is not null)
            return false;
        var covered = length - CrcBytes;
        var expected = BinaryPrimitives.ReadUInt32LittleEndian(raw[covered..]);
        var found = Crc32.HashToUInt32(raw[..covered]);
        if (expected != found)
        {
            problem = $"a frame of {length} bytes has checksum {found:x8} and says {expected:x8}";
            return false;
        }
        var session = BinaryPrimitives.ReadUInt32LittleEndian(raw[1..]);
        frame = new Frame((FrameType)raw[0], session, scratch[HeaderBytes..covered]);
        return true;
    }
}
