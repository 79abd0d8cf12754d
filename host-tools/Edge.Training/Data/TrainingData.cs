using Edge.Training.Recipes;

namespace Edge.Training.Data;

public sealed record TrainingDataOptions
{
    /// <summary>Positions of a row.</summary>
    public required int Length { get; init; }

    public ulong Seed { get; init; } = 1;

    /// <summary>Where tokens are kept between runs; null keeps them in memory only.</summary>
    public string? CacheFolder { get; init; }

    public int Threads { get; init; } = Environment.ProcessorCount;

    /// <summary>Rows of each batch of <see cref="TrainingData.Validation"/>.</summary>
    public int ValidationRows { get; init; } = 8;

    /// <summary>Chooses what is judged by bytes and examples instead of by tokens: so that runs with other vocabularies are
    /// judged by the same text.</summary>
    public bool JudgeSameBytes { get; init; }
}

/// <summary>
/// The rows of a stage: an endless order that is the same for the same data, settings and seed, so that where a run
/// stands in its data is one number. Not for two threads at once.
/// </summary>
public sealed class TrainingData
{
    private readonly IRowSource[] sources;
    private readonly ShareSchedule schedule;
    private readonly TaskRows[] packed;
    private readonly string[][] names;

    internal TrainingData(IReadOnlyList<SharedRows> shared, TrainingDataParts parts)
    {
        (sources, Length) = ([.. shared.Select(one => one.Rows)], parts.Length);
        names = [.. shared.Select(one => one.Entries)];
        (Fingerprint, Validation, Entries) = (parts.Fingerprint, parts.Validation, parts.Entries);
        packed = [.. sources.OfType<TaskRows>()];
        var limits = new long[sources.Length];
        for (var i = 0; i < limits.Length; i++)
            limits[i] = shared[i].EpochsMax is { } most
                ? (long)Math.Ceiling(most * sources[i].RowsPerEpoch)
                : long.MaxValue;
        schedule = new ShareSchedule([.. shared.Select(one => one.Share)], limits);
        RowsMax = limits.Contains(long.MaxValue) ? null : limits.Sum();
        RowsPerEpoch = sources.Sum(source => source.RowsPerEpoch);
    }

    /// <summary>Reads, tokenises and checks everything that the stage names.</summary>
    /// <exception cref="TrainingDataException">A file is missing, empty, damaged, binary or of another format.</exception>
    /// <exception cref="IOException">A file cannot be read, or the cache not written.</exception>
    public static TrainingData Open(
        RecipeStage stage,
        DataFiles files,
        TrainingTokenizer tokenizer,
        TrainingDataOptions options
    ) => new TrainingDataReader(files, tokenizer, options).Read(stage);

    public int Length { get; }

    public DataFingerprint Fingerprint { get; }

    public ValidationSet Validation { get; }

    /// <summary>In the order of the recipe.</summary>
    public IReadOnlyList<DataEntryReport> Entries { get; }

    /// <summary>Rows that hold as many positions as all entries together have in one pass.</summary>
    public double RowsPerEpoch { get; }

    /// <summary>Rows until every entry has been read as often as it may be; null where one may be read for ever. Further rows
    /// are given as if there were no such limits.</summary>
    public long? RowsMax { get; }

    /// <summary>Share of the positions of packed rows (all but those of prose) made so far that hold nothing.</summary>
    public double EmptyShare
    {
        get
        {
            var rows = packed.Sum(source => source.Packing.Rows);
            return rows == 0 ? 0 : (double)packed.Sum(source => source.Packing.Empty) / (rows * (double)Length);
        }
    }

    /// <summary>Writes rows <paramref name="firstRow"/> to firstRow + batch.Rows - 1 of the order.</summary>
    /// <exception cref="ArgumentException">The batch has rows of another length.</exception>
    public void Fill(Batch batch, long firstRow)
    {
        if (batch.Length != Length)
            throw new ArgumentException(
                $"rows have {Length} positions, the batch's have {batch.Length}",
                nameof(batch)
            );
        ArgumentOutOfRangeException.ThrowIfNegative(firstRow);
        for (var row = 0; row < batch.Rows; row++)
        {
            var (source, index) = schedule.At(firstRow + row);
            var at = row * Length;
            sources[source]
                .Fill(
                    index,
                    batch.Inputs.AsSpan(at, Length),
                    batch.Targets.AsSpan(at, Length),
                    batch.Starts.AsSpan(at, Length),
                    batch.Weights.AsSpan(at, Length)
                );
        }
    }

    /// <summary>How often each entry has been read, about, when the rows before <paramref name="row"/> are used up.</summary>
    public IReadOnlyList<(string Entry, double Epochs)> EpochsAt(long row)
    {
        var counts = schedule.CountsAt(row);
        var epochs = new List<(string, double)>();
        for (var i = 0; i < sources.Length; i++)
        {
            if (sources[i] is TaskRows rows)
                epochs.AddRange(names[i].Zip(rows.EpochsAt(counts[i])));
            else
                epochs.Add((names[i][0], counts[i] / sources[i].RowsPerEpoch));
        }
        return epochs;
    }
}

/// <param name="Entries">Those of the recipe that it reads.</param>
internal sealed record SharedRows(IRowSource Rows, double Share, double? EpochsMax, params string[] Entries);

/// <summary>What the reader found out beside the rows.</summary>
internal sealed record TrainingDataParts(
    int Length,
    DataFingerprint Fingerprint,
    ValidationSet Validation,
    IReadOnlyList<DataEntryReport> Entries
);
