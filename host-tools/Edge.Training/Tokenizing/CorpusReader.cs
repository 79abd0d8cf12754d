using System.Text;

namespace Edge.Training.Tokenizing;

/// <summary>
/// Reads text files, plain or gzip, block by block; never more than a block is held. A document ends with the file or at
/// the mark &lt;|endoftext|&gt;, which is no part of it, nor are the line breaks around the mark and at the end of the file. A document that does not
/// fit a block is cut before a space between two letters, where every way of splitting cuts too; one without such
/// a place in 1 MiB is cut at any character.
/// </summary>
internal sealed class CorpusReader(IReadOnlyList<string> paths) : IDisposable
{
    public const int BlockBytes = 1 << 20;

    private static ReadOnlySpan<byte> Mark => SpecialTokenNames.EndOfTextUtf8;

    private readonly byte[] buffer = new byte[BlockBytes];
    private int filled;
    private int fileIndex = -1;
    private long blockNumber;
    private long offset; // Of buffer[0] in the file, unpacked.
    private FileStream? file;
    private Stream? text;
    private bool afterMark;
    private bool inDocument; // Part of the document that is being read was handed out.

    /// <summary>Documents that ended so far, empty ones left out.</summary>
    public long Documents { get; private set; }

    /// <summary>Bytes read from the files, packed where they are.</summary>
    public long FileBytesRead { get; private set; }

    /// <summary>The size of all files in bytes.</summary>
    /// <exception cref="IOException">One is missing, or a folder.</exception>
    public static long TotalBytes(IEnumerable<string> paths) =>
        paths.Sum(path =>
            Directory.Exists(path) ? throw new IOException($"{path} is a folder: name its files")
            : File.Exists(path) ? new FileInfo(path).Length
            : throw new FileNotFoundException($"{path}: there is no such file; check the spelling", path)
        );

    /// <summary>Fills the block with what comes next; false at the end of the last file.</summary>
    /// <exception cref="IOException">A file cannot be read.</exception>
    /// <exception cref="InvalidDataException">A packed file is damaged.</exception>
    public bool TryRead(CorpusBlock block)
    {
        block.Parts.Clear();
        while (block.Parts.Count == 0)
        {
            if (text is null && !OpenNext())
                return false;
            Fill();
            block.Path = paths[fileIndex];
            block.Offset = offset;
            var used = Divide(block.Parts, atEnd: filled < buffer.Length);
            buffer.AsSpan(0, used).CopyTo(block.Bytes);
            buffer.AsSpan(used, filled - used).CopyTo(buffer);
            offset += used;
            var ended = filled < buffer.Length;
            filled -= used;
            if (ended)
                CloseFile();
        }
        block.Number = blockNumber++;
        return true;
    }

    public void Dispose() => CloseFile();

    private bool OpenNext()
    {
        if (fileIndex + 1 == paths.Count)
            return false;
        fileIndex++;
        file = new FileStream(paths[fileIndex], FileMode.Open, FileAccess.Read, FileShare.Read, 1 << 16);
        Span<byte> head = stackalloc byte[3];
        var got = file.ReadAtLeast(head, 3, throwOnEndOfStream: false);
        var packed = got >= 2 && head[0] == 0x1F && head[1] == 0x8B;
        file.Position = !packed && head[..got].SequenceEqual(Encoding.UTF8.Preamble) ? 3 : 0;
        text = packed ? SealedGzip.Open(file) : file;
        (offset, filled, afterMark) = (file.Position, 0, false);
        return true;
    }

    private void Fill()
    {
        var before = file!.Position;
        try
        {
            filled += text!.ReadAtLeast(buffer.AsSpan(filled), buffer.Length - filled, throwOnEndOfStream: false);
        }
        catch (InvalidDataException exception)
        {
            throw new InvalidDataException(
                $"{paths[fileIndex]}: the packed data is damaged near byte {file.Position:N0}: copy the file again ({exception.Message})",
                exception
            );
        }
        FileBytesRead += file.Position - before;
    }

    /// <summary>Finds the documents in the buffer; returns the bytes that are done with.</summary>
    private int Divide(List<(int Start, int Length)> parts, bool atEnd)
    {
        var filledBytes = buffer.AsSpan(0, filled);
        var start = 0;
        for (int mark; (mark = filledBytes[start..].IndexOf(Mark)) >= 0; start += mark + Mark.Length, afterMark = true)
        {
            AddPart(parts, start, start + mark, endsAtMark: true);
            EndDocument();
        }
        if (atEnd)
        {
            // The reader of packed files puts a mark after the last byte.
            if (text is SealedGzip && !(afterMark && start == filled))
                throw new InvalidDataException(
                    $"{paths[fileIndex]}: the packed data ends too early, after {offset + filled:N0} bytes of text: was the copy cut short? Copy it again"
                );
            AddPart(parts, start, filled, endsAtMark: true);
            EndDocument();
            return filled;
        }
        // The last document may go on. A block with whole documents leaves it for the next.
        if (start > 0)
            return start;
        var cut = PlaceToCut(filledBytes);
        AddPart(parts, 0, cut, endsAtMark: false);
        return cut;
    }

    private void AddPart(List<(int Start, int Length)> parts, int start, int end, bool endsAtMark)
    {
        if (afterMark)
            start += LineBreak(buffer.AsSpan(start, end - start));
        afterMark = false;
        if (endsAtMark && end > start && buffer[end - 1] == '\n')
            end -= end - start > 1 && buffer[end - 2] == '\r' ? 2 : 1;
        if (end > start)
        {
            parts.Add((start, end - start));
            inDocument = true;
        }
    }

    private void EndDocument()
    {
        Documents += inDocument ? 1 : 0;
        inDocument = false;
    }

    /// <summary>Bytes of the line break that the text starts with.</summary>
    private static int LineBreak(ReadOnlySpan<byte> text) =>
        text.StartsWith("\r\n"u8) ? 2
        : text.StartsWith("\n"u8) ? 1
        : 0;

    private static int PlaceToCut(ReadOnlySpan<byte> text)
    {
        for (var end = text.Length; end > 1; )
        {
            end = text[..end].LastIndexOf((byte)' ');
            if (end < 1)
                break;
            Rune.DecodeLastFromUtf8(text[..end], out var before, out _);
            Rune.DecodeFromUtf8(text[(end + 1)..], out var after, out _);
            if (Rune.IsLetter(before) && Rune.IsLetter(after))
                return end;
        }
        // The last bytes may be the beginning of a mark; a character is not cut.
        var any = text.Length - Mark.Length - 1;
        while (any > text.Length - Mark.Length - 5 && (text[any] & 0xC0) == 0x80)
            any--;
        return any;
    }

    private void CloseFile()
    {
        text?.Dispose();
        file?.Dispose();
        (text, file, filled) = (null, null, 0);
    }
}
