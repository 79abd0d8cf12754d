using System.Buffers;
using System.Runtime.ExceptionServices;
using System.Text.Unicode;
using Edge.Inference.Tokenizers;

namespace Edge.Training.Tokenizing;

/// <summary>
/// Counts the distinct words of a corpus on several threads. They take turns at reading and each count into a table of
/// their own; the sums do not depend on who read what.
/// </summary>
internal sealed class WordCounter(SplitPattern pattern, int threads)
{
    /// <summary>Characters of distinct words that a corpus may have; beyond, merging would need more than some 4 GB.</summary>
    public const int DistinctCharsMax = 256 << 20;

    private readonly PreTokenizer splitter =
        PreTokenizer.Find(pattern.PreName()) ?? throw new InvalidOperationException("no splitter of that name");
    private readonly Lock gate = new();
    private Exception? failure;
    private long failedBlock = long.MaxValue;
    private long textBytes;
    private long distinctChars;

    /// <summary>Bytes of text, marks and the line breaks around them left out.</summary>
    public long TextBytes => textBytes;

    public long Documents { get; private set; }

    public long Words { get; private set; }

    /// <exception cref="InvalidDataException">A file is not text, or has too many distinct words.</exception>
    /// <exception cref="IOException">A file cannot be read.</exception>
    public WordTable Count(
        IReadOnlyList<string> paths,
        IProgress<BytePairProgress>? progress,
        CancellationToken cancellation
    )
    {
        var total = CorpusReader.TotalBytes(paths);
        using var reader = new CorpusReader(paths);
        var tables = new WordTable[threads];
        var workers = new Thread[threads];
        for (var i = 0; i < threads; i++)
        {
            var table = tables[i] = new WordTable();
            workers[i] = new Thread(() => Work(reader, table, total, progress, cancellation)) { IsBackground = true };
            workers[i].Start();
        }
        foreach (var worker in workers)
            worker.Join();
        cancellation.ThrowIfCancellationRequested();
        if (failure is not null)
            ExceptionDispatchInfo.Throw(failure);
        Documents = reader.Documents;
        foreach (var table in tables.Skip(1))
            tables[0].Add(table);
        return tables[0];
    }

    private void Work(
        CorpusReader reader,
        WordTable table,
        long total,
        IProgress<BytePairProgress>? progress,
        CancellationToken cancellation
    )
    {
        var block = new CorpusBlock { Number = -1 };
        var chars = new char[CorpusReader.BlockBytes];
        var words = 0L;
        try
        {
            while (!cancellation.IsCancellationRequested)
            {
                lock (gate)
                {
                    if (failure is not null || !reader.TryRead(block))
                        break;
                    progress?.Report(new BytePairProgress("counting words", reader.FileBytesRead, total));
                }
                var before = table.Chars;
                foreach (var (start, length) in block.Parts)
                    words += CountPart(block, start, length, chars, table);
                Interlocked.Add(ref textBytes, block.Parts.Sum(part => (long)part.Length));
                if (Interlocked.Add(ref distinctChars, table.Chars - before) > DistinctCharsMax)
                    throw new InvalidDataException(
                        $"the different words of this text pass {DistinctCharsMax:N0} characters, more than Edge merges: train on a sample"
                            + (pattern == SplitPattern.None ? ", or split with --pattern gpt2" : "")
                    );
            }
        }
#pragma warning disable CA1031 // What goes wrong on a thread is told on the caller's.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            lock (gate)
            {
                // Of several, the first in the order of the files is told.
                if (failure is null || block.Number < failedBlock)
                    (failure, failedBlock) = (exception, block.Number);
            }
        }
        lock (gate)
            Words += words;
    }

    /// <summary>Counts the words of one document; returns how many.</summary>
    private int CountPart(CorpusBlock block, int start, int length, char[] chars, WordTable table)
    {
        var utf8 = block.Bytes.AsSpan(start, length);
        var zero = utf8.IndexOf((byte)0);
        if (zero >= 0)
            throw NotText(block, start + zero, "a zero byte");
        var status = Utf8.ToUtf16(utf8, chars, out var read, out var written, replaceInvalidSequences: false);
        if (status != OperationStatus.Done)
            throw NotText(block, start + read, $"the byte 0x{utf8[read]:X2}, which is not UTF-8");

        var text = chars.AsSpan(0, written);
        var at = 0;
        var ends = splitter.Split(text);
        foreach (var end in ends)
        {
            table.Add(text[at..end], 1);
            at = end;
        }
        return ends.Count;
    }

    private static InvalidDataException NotText(CorpusBlock block, int at, string found) =>
        new(
            $"{block.Path}: expected text in UTF-8, found {found} at {block.Offset + at:N0}: is it a binary file, or text in another encoding? Convert it or leave it out"
        );
}
