using System.Buffers.Binary;
using System.IO.Compression;

namespace Edge.Training.Reports;

/// <summary>
/// Writes 8-bit RGB pictures as PNG: signature, IHDR (width, height, 8 bits, colour type 2), one IDAT (zlib; each row
/// after a filter byte 1: every byte less the one a pixel before it), IEND. Each chunk: length, name, bytes, CRC-32.
/// </summary>
internal static class Png
{
    private static readonly uint[] CrcTable = MakeCrcTable();

    /// <param name="pixels">(height, width, 3), row-major.</param>
    public static byte[] Encode(ReadOnlySpan<byte> pixels, int width, int height)
    {
        if (pixels.Length != width * height * 3)
            throw new ArgumentException(
                $"{width} x {height} pixels take {width * height * 3} bytes, got {pixels.Length}"
            );
        using var file = new MemoryStream();
        file.Write([0x89, (byte)'P', (byte)'N', (byte)'G', 13, 10, 26, 10]);
        var head = new byte[13];
        BinaryPrimitives.WriteInt32BigEndian(head, width);
        BinaryPrimitives.WriteInt32BigEndian(head.AsSpan(4), height);
        head[8] = 8;
        head[9] = 2;
        Chunk(file, "IHDR"u8, head);
        Chunk(file, "IDAT"u8, Compressed(pixels, width * 3));
        Chunk(file, "IEND"u8, []);
        return file.ToArray();
    }

    private static byte[] Compressed(ReadOnlySpan<byte> pixels, int rowBytes)
    {
        using var packed = new MemoryStream();
        using (var zlib = new ZLibStream(packed, CompressionLevel.SmallestSize, leaveOpen: true))
        {
            var filtered = new byte[rowBytes + 1];
            filtered[0] = 1;
            for (; pixels.Length > 0; pixels = pixels[rowBytes..])
            {
                for (var i = 0; i < rowBytes; i++)
                    filtered[i + 1] = (byte)(pixels[i] - (i < 3 ? 0 : pixels[i - 3]));
                zlib.Write(filtered);
            }
        }
        return packed.ToArray();
    }

    private static void Chunk(Stream file, ReadOnlySpan<byte> name, ReadOnlySpan<byte> bytes)
    {
        Span<byte> number = stackalloc byte[4];
        BinaryPrimitives.WriteInt32BigEndian(number, bytes.Length);
        file.Write(number);
        file.Write(name);
        file.Write(bytes);
        BinaryPrimitives.WriteUInt32BigEndian(number, ~Crc(Crc(uint.MaxValue, name), bytes));
        file.Write(number);
    }

    private static uint Crc(uint crc, ReadOnlySpan<byte> bytes)
    {
        foreach (var value in bytes)
            crc = CrcTable[(byte)(crc ^ value)] ^ (crc >> 8);
        return crc;
    }

    private static uint[] MakeCrcTable()
    {
        var table = new uint[256];
        for (var i = 0u; i < 256; i++)
        {
            var value = i;
            for (var bit = 0; bit < 8; bit++)
                value = (value & 1) != 0 ? 0xEDB88320 ^ (value >> 1) : value >> 1;
            table[i] = value;
        }
        return table;
    }
}
