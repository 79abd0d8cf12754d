namespace Edge.Training.Data;

/// <summary>
/// Whole examples packed into rows. Examples are drawn in blocks of a fixed number, so that a block can be made again by
/// itself; how many rows each gave is remembered. Within a block each example goes into the fullest row that has room,
/// long ones first, and the rows are shuffled.
/// </summary>
internal sealed class TaskRows : IRowSource
{
    private const int BlockExamples = 4096;
    private const int SurveyExamples = 192;

    private readonly TaskSource[] sources;
    private readonly ShareSchedule schedule;
    private readonly EncoderPool encoders;
    private readonly int threads;
    private readonly int length;
    private readonly int filler;
    private readonly float promptWeight;
    private readonly ulong seed;
    private readonly List<long> firstRows = [0];
    private readonly Block?[] blocks = new Block?[4];

    /// <param name="sources">None of them empty.</param>
    /// <param name="shares">Of positions, one for each source.</param>
    /// <param name="filler">The token of positions that hold nothing.</param>
    /// <param name="promptWeight">What a token of a prompt counts against one of an answer; 0 judges answers alone.</param>
    /// <exception cref="TrainingDataException">No example of a source fits into a row.</exception>
    public TaskRows(
        TaskSource[] sources,
        double[] shares,
        EncoderPool encoders,
        int threads,
        int length,
        int filler,
        float promptWeight,
        ulong seed
    )
    {
        (this.sources, this.encoders, this.threads) = (sources, encoders, threads);
        (this.length, this.filler, this.promptWeight, this.seed) = (length, filler, promptWeight, seed);
        var means = sources.Select(MeanPositions).ToArray();
        double[] rates = [.. shares.Zip(means, (share, mean) => share / mean)];
        schedule = new ShareSchedule(rates, [.. Enumerable.Repeat(long.MaxValue, rates.Length)]);
        // Positions that a step of the schedule gives on average.
        var meanPositions = shares.Sum() / rates.Sum();
        foreach (var counts in sources.SelectMany(source => source.Counts.Values))
            counts.Clear();
        TokensPerEpoch = [.. sources.Zip(means, (source, mean) => (long)(source.ExamplesPerEpoch * mean))];
        RowsPerEpoch =
            sources.Zip(rates, (source, rate) => source.ExamplesPerEpoch / rate).Min()
            * rates.Sum()
            * meanPositions
            / length;
    }

    private sealed record Block(long Number, Example[][] Rows);

    /// <summary>Until the source that is through first begins again.</summary>
    public double RowsPerEpoch { get; }

    /// <summary>Positions of one pass over each source: from a sample.</summary>
    public IReadOnlyList<long> TokensPerEpoch { get; }

    /// <summary>Rows made so far and how many of their positions hold nothing.</summary>
    public (long Rows, long Empty) Packing { get; private set; }

    public void Fill(long row, Span<int> inputs, Span<int> targets, Span<int> starts, Span<float> weights)
    {
        var block = BlockOf(row, out var index);
        inputs.Fill(filler);
        RowPacker.Write(block.Rows[index], inputs, targets, starts, weights, promptWeight);
    }

    /// <summary>Passes over each source after so many rows.</summary>
    public double[] EpochsAt(long row)
    {
        _ = BlockOf(row, out _);
        var number = BlockNumber(row);
        var counts = schedule.CountsAt((number + 1) * BlockExamples);
        return [.. sources.Select((source, i) => (double)counts[i] / source.ExamplesPerEpoch)];
    }

    private double MeanPositions(TaskSource source)
    {
        var encoder = encoders.Take();
        var (sum, made) = (0L, 0);
        for (var i = 0; i < SurveyExamples; i++)
        {
            if (source.Make(i * 7919L % source.ExamplesPerEpoch, encoder) is not { } example)
                continue;
            sum += example.Positions;
            made++;
        }
        encoders.Return(encoder);
        return made > 0
            ? (double)sum / made
            : throw new TrainingDataException(
                $"no example fits into a row of {length:N0} tokens. Give the stage a greater length."
            );
    }

    private long BlockNumber(long row)
    {
        var at = firstRows.BinarySearch(row);
        at = at >= 0 ? at : ~at - 1;
        // A block that gave no rows begins where the next one does.
        while (at + 1 < firstRows.Count && firstRows[at + 1] <= row)
            at++;
        return at;
    }

    /// <summary>Blocks are made one after the other until one has the row.</summary>
    private Block BlockOf(long row, out int index)
    {
        while (row >= firstRows[^1])
            Make(firstRows.Count - 1);
        var number = BlockNumber(row);
        var block = blocks[number % blocks.Length] is { } held && held.Number == number ? held : Make(number);
        index = (int)(row - firstRows[(int)number]);
        return block;
    }

    private Block Make(long number)
    {
        var picks = new (int Source, long Index)[BlockExamples];
        for (var i = 0; i < picks.Length; i++)
            picks[i] = schedule.At((number * BlockExamples) + i);
        var made = new Example?[BlockExamples];
        Parallel.For(
            0,
            BlockExamples / 32,
            new ParallelOptions { MaxDegreeOfParallelism = threads },
            part =>
            {
                var encoder = encoders.Take();
                for (var i = part * 32; i < (part + 1) * 32; i++)
                    made[i] = sources[picks[i].Source].Make(picks[i].Index, encoder);
                encoders.Return(encoder);
            }
        );
        var rows = RowPacker.Pack(made, length);
        new Draw(seed, 2, (ulong)number).Shuffle<Example[]>(rows);
        var block = new Block(number, rows);
        blocks[number % blocks.Length] = block;
        if (number == firstRows.Count - 1)
        {
            firstRows.Add(firstRows[^1] + rows.Length);
            var empty = ((long)rows.Length * length) - rows.Sum(row => row.Sum(example => (long)example.Positions));
            Packing = (Packing.Rows + rows.Length, Packing.Empty + empty);
        }
        return block;
    }
}
