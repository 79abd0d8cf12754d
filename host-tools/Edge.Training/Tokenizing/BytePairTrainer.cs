namespace Edge.Training.Tokenizing;

/// <summary>
/// Trains a byte-level BPE vocabulary: counts the distinct words of the text, then joins, again and again, the two
/// neighbouring symbols that stand together most often. The words are cut by the class that cuts them at encode time.
/// The result depends on the text and the options alone: not on threads, the order of the files, or the machine.
/// </summary>
public static class BytePairTrainer
{
    /// <summary>Merges between two reports of progress.</summary>
    private const int ReportEvery = 64;

    /// <param name="inputs">Files of UTF-8 text, plain or gzip; a mark &lt;|endoftext|&gt; ends a document.</param>
    /// <param name="progress">May be called from several threads, one at a time.</param>
    /// <exception cref="ArgumentException">The options make no sense.</exception>
    /// <exception cref="IOException">A file cannot be read.</exception>
    /// <exception cref="InvalidDataException">A file is not text, or the text is too small for the vocabulary.</exception>
    public static TrainedBytePairs Train(
        IReadOnlyList<string> inputs,
        BytePairOptions options,
        TimeProvider clock,
        IProgress<BytePairProgress>? progress = null,
        CancellationToken cancellation = default
    )
    {
        options.Check();
        if (inputs.Count == 0)
            throw new ArgumentException("no input file was named");
        var began = clock.GetTimestamp();
        var threads = options.Threads == 0 ? Environment.ProcessorCount : options.Threads;
        var counter = new WordCounter(options.Pattern, threads);
        var words = counter.Count(inputs, progress, cancellation);
        if (counter.TextBytes == 0)
            throw new InvalidDataException(
                $"{string.Join(", ", inputs.Take(3))}: there is no text to train on; name files that have some"
            );

        var counted = clock.GetTimestamp();
        var merges = Merge(words, options, progress, cancellation);
        return new TrainedBytePairs(BytePairVocabulary.FromMerges(options, merges))
        {
            TextBytes = counter.TextBytes,
            Documents = counter.Documents,
            Words = counter.Words,
            DistinctWords = words.Count,
            Counting = clock.GetElapsedTime(began, counted),
            Merging = clock.GetElapsedTime(counted),
        };
    }

    private static List<Merge> Merge(
        WordTable words,
        BytePairOptions options,
        IProgress<BytePairProgress>? progress,
        CancellationToken cancellation
    )
    {
        var wanted = options.VocabSize - 256 - options.Special.Count;
        var merges = new List<Merge>(wanted);
        if (wanted == 0)
            return merges;
        var merger = new PairMerger(words, wanted, options.Special);
        while (merges.Count < wanted)
        {
            if (merges.Count % ReportEvery == 0)
            {
                cancellation.ThrowIfCancellationRequested();
                progress?.Report(new BytePairProgress("merging", merges.Count, wanted));
            }
            if (merger.Next() is not { } merge)
                throw new InvalidDataException(
                    $"the text allows {merges.Count:N0} merges and so a vocabulary of {options.VocabSize - wanted + merges.Count:N0}, {options.VocabSize:N0} were asked for: give more text or a smaller vocabulary"
                );
            merges.Add(merge);
        }
        progress?.Report(new BytePairProgress("merging", wanted, wanted));
        return merges;
    }
}

/// <summary>A trained vocabulary, and what it was trained on.</summary>
public sealed record TrainedBytePairs(BytePairVocabulary Vocabulary)
{
    /// <summary>Without the marks between documents.</summary>
    public required long TextBytes { get; init; }

    public required long Documents { get; init; }

    public required long Words { get; init; }

    public required int DistinctWords { get; init; }

    public required TimeSpan Counting { get; init; }

    public required TimeSpan Merging { get; init; }
}
