namespace Edge.Training.Data;

/// <summary>What became of the examples of a source so far.</summary>
public sealed class TaskCounts
{
    private long made;
    private long shortened;
    private long dropped;
    private long unanswerable;
    private long tokens;

    /// <summary>Examples that went into rows.</summary>
    public long Made => Interlocked.Read(ref made);

    /// <summary>Of these, with a passage that was cut to fit the row.</summary>
    public long Shortened => Interlocked.Read(ref shortened);

    /// <summary>Left out: nothing of the passage would fit beside question and answer.</summary>
    public long Dropped => Interlocked.Read(ref dropped);

    /// <summary>Of those made, with the refusal as the answer.</summary>
    public long Unanswerable => Interlocked.Read(ref unanswerable);

    /// <summary>Positions of those made.</summary>
    public long Tokens => Interlocked.Read(ref tokens);

    internal void CountMade(int positions, bool cut, bool refusal)
    {
        Interlocked.Increment(ref made);
        Interlocked.Add(ref tokens, positions);
        Interlocked.Add(ref shortened, cut ? 1 : 0);
        Interlocked.Add(ref unanswerable, refusal ? 1 : 0);
    }

    internal void CountDropped() => Interlocked.Increment(ref dropped);

    internal void Clear() => (made, shortened, dropped, unanswerable, tokens) = (0, 0, 0, 0, 0);
}

/// <summary>
/// An endless order of examples. A pass takes each item as often as its source's weight says (a part of them, another each
/// time, for fractions) in random order; what is random in an example is drawn anew in each pass.
/// </summary>
internal abstract class TaskSource
{
    private readonly ulong seed;
    private readonly (int[] Items, double Times)[] groups;
    private readonly Lock oneAtATime = new();
    private readonly (long Number, int[] Items)?[] passes = new (long, int[])?[2];

    /// <param name="sources">Of each item.</param>
    /// <param name="times">By source; others count once.</param>
    protected TaskSource(IReadOnlyList<string> sources, IReadOnlyDictionary<string, double>? times, ulong seed)
    {
        this.seed = seed;
        groups =
        [
            .. Enumerable
                .Range(0, sources.Count)
                .GroupBy(i => sources[i], StringComparer.Ordinal)
                .OrderBy(group => group.Key, StringComparer.Ordinal)
                .Select(group => (group.ToArray(), TimesOf(times, group.Key))),
        ];
        foreach (var (items, often) in groups)
            ExamplesPerEpoch += (int)Math.Round(items.Length * often);
    }

    /// <summary>Examples of one pass; 0 when every source is left out.</summary>
    public int ExamplesPerEpoch { get; }

    /// <summary>By source, in the order in which they are first met.</summary>
    public Dictionary<string, TaskCounts> Counts { get; } = new(StringComparer.Ordinal);

    /// <summary>Example <paramref name="index"/> of the endless order; null when it cannot be made to fit. Safe to call from
    /// several threads, each with its own encoder.</summary>
    public Example? Make(long index, CachedEncoder encoder)
    {
        var pass = index / ExamplesPerEpoch;
        var item = ItemsOf(pass)[index % ExamplesPerEpoch];
        return Make(item, new Draw(seed, 1, (ulong)index), encoder);
    }

    /// <summary>"NAME-unanswerable" belongs to NAME.</summary>
    public static string Family(string source) =>
        source.EndsWith("-unanswerable", StringComparison.Ordinal) ? source[..^"-unanswerable".Length] : source;

    protected static double TimesOf(IReadOnlyDictionary<string, double>? times, string source) =>
        times is null ? 1
        : times.TryGetValue(source, out var own) ? own
        : times.TryGetValue(Family(source), out var family) ? family
        : 1;

    protected abstract Example? Make(int item, Draw draw, CachedEncoder encoder);

    private int[] ItemsOf(long pass)
    {
        lock (oneAtATime)
        {
            ref var held = ref passes[pass & 1];
            if (held is { } known && known.Number == pass)
                return known.Items;
            var draw = new Draw(seed, 0, (ulong)pass);
            var items = new List<int>(ExamplesPerEpoch);
            foreach (var (group, times) in groups)
            {
                for (var left = (int)Math.Round(group.Length * times); left > 0; left -= group.Length)
                    items.AddRange(draw.Permutation(group.Length).Take(left).Select(i => group[i]));
            }
            int[] order = [.. items];
            draw.Shuffle<int>(order);
            held = (pass, order);
            return order;
        }
    }
}
