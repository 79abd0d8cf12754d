using System.Buffers.Binary;
using System.IO.Compression;
using System.Text;
using System.Text.Unicode;

namespace Edge.Training.Data;

/// <summary>
/// The lines of a text file, or of one compressed with gzip (told by its first bytes), checked as they are read: UTF-8
/// without NUL. Line ends are LF or CRLF; a byte-order mark at the start is dropped.
/// </summary>
internal static class Utf8Lines
{
    /// <summary>Longer lines are refused: 64 MiB.</summary>
    public const int LineBytesMax = 64 * 1024 * 1024;

    private static readonly byte[] ByteOrderMark = [0xEF, 0xBB, 0xBF];

    /// <returns>Each line without its end, and its number from 1.</returns>
    /// <exception cref="TrainingDataException">Binary, not UTF-8, cut short, or a line is too long.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static IEnumerable<(string Text, int Number)> Read(string path)
    {
        using var stream = Open(path);
        var buffer = new byte[1 << 20];
        var unpacked = 0L;
        var held = 0; // Bytes of the unfinished line, at the start of the buffer.
        var number = 0;
        while (true)
        {
            if (held == buffer.Length)
                Array.Resize(ref buffer, Grown(path, buffer.Length, number + 1));
            var read = Read(path, stream, buffer.AsSpan(held));
            var end = held + read;
            unpacked += read;
            if (read == 0)
                CheckWhole(path, stream, unpacked);
            var from = 0;
            for (int at; (at = buffer.AsSpan(from, end - from).IndexOf((byte)'\n')) >= 0; from += at + 1)
                yield return (Decode(path, buffer.AsSpan(from, at), ++number), number);
            if (read == 0)
            {
                if (end > from)
                    yield return (Decode(path, buffer.AsSpan(from, end - from), ++number), number);
                yield break;
            }
            held = end - from;
            buffer.AsSpan(from, held).CopyTo(buffer);
        }
    }

    private static Stream Open(string path)
    {
        var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, 1 << 16);
        Span<byte> magic = stackalloc byte[2];
        var gzip = file.ReadAtLeast(magic, 2, throwOnEndOfStream: false) == 2 && magic is [0x1F, 0x8B];
        file.Position = 0;
        return gzip ? new GZipStream(file, CompressionMode.Decompress) : file;
    }

    private static int Read(string path, Stream stream, Span<byte> buffer)
    {
        try
        {
            return stream.Read(buffer);
        }
        catch (InvalidDataException e)
        {
            throw Damaged(path, e);
        }
    }

    /// <summary>The library takes a compressed file that is cut short for one that ends there; its last four bytes say how
    /// long the text is, modulo 2^32.</summary>
    private static void CheckWhole(string path, Stream stream, long unpacked)
    {
        if (stream is not GZipStream gzip)
            return;
        Span<byte> length = stackalloc byte[4];
        gzip.BaseStream.Seek(-4, SeekOrigin.End);
        gzip.BaseStream.ReadExactly(length);
        if (BinaryPrimitives.ReadUInt32LittleEndian(length) != (uint)unpacked)
            throw Damaged(path, null);
    }

    private static TrainingDataException Damaged(string path, Exception? inner) =>
        TrainingDataException.In(
            path,
            "the compressed file is damaged or ends too early: was the copy cut short? Copy it again. (Several gzip files joined into one are not read: unpack them.)",
            inner
        );

    private static int Grown(string path, int length, int line) =>
        length < LineBytesMax
            ? 2 * length
            : throw TrainingDataException.In(
                path,
                $"line {line:N0} is longer than {LineBytesMax:N0} bytes. Is it text? Break it into lines."
            );

    private static string Decode(string path, ReadOnlySpan<byte> line, int number)
    {
        if (number == 1 && line.StartsWith(ByteOrderMark))
            line = line[3..];
        if (line.EndsWith((byte)'\r'))
            line = line[..^1];
        if (line.IndexOf((byte)0) is var nul and >= 0)
            throw TrainingDataException.In(
                path,
                $"line {number:N0} has a NUL byte at column {nul + 1:N0}: this is a binary file, expected text in UTF-8."
            );
        if (!Utf8.IsValid(line))
            throw TrainingDataException.In(
                path,
                $"line {number:N0} is not UTF-8 at column {FirstInvalid(line) + 1:N0}. Save the file as UTF-8, or leave it out."
            );
        return Encoding.UTF8.GetString(line);
    }

    private static int FirstInvalid(ReadOnlySpan<byte> line)
    {
        var at = 0;
        while (Rune.DecodeFromUtf8(line[at..], out _, out var width) == System.Buffers.OperationStatus.Done)
            at += width;
        return at;
    }
}
