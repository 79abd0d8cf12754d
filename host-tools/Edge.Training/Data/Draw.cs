namespace Edge.Training.Data;

/// <summary>
/// Random numbers that are the same on every machine and in every version: SplitMix64. A draw is named by its numbers
/// (seed, source, epoch, example), so any of them can be made again without those before it.
/// </summary>
internal struct Draw
{
    private ulong state;

    public Draw(ulong seed, params ReadOnlySpan<ulong> names)
    {
        state = Mix(seed);
        foreach (var name in names)
            state = Mix(state ^ Mix(name + 0x632BE59BD9B4E019));
    }

    public ulong Next() => Mix(state += 0x9E3779B97F4A7C15);

    /// <summary>0 or more, less than 1.</summary>
    public double NextDouble() => (Next() >> 11) * (1.0 / (1UL << 53));

    /// <summary>0 to count - 1.</summary>
    public int Below(int count) => (int)Math.BigMul(Next(), (ulong)count, out _);

    /// <summary>0 to count - 1, for counts beyond int.</summary>
    public long Below(long count) => (long)Math.BigMul(Next(), (ulong)count, out _);

    public void Shuffle<T>(Span<T> items)
    {
        for (var i = items.Length - 1; i > 0; i--)
        {
            var other = Below(i + 1);
            (items[i], items[other]) = (items[other], items[i]);
        }
    }

    /// <summary>0 to count - 1 in random order.</summary>
    public int[] Permutation(int count)
    {
        var order = new int[count];
        for (var i = 0; i < count; i++)
            order[i] = i;
        Shuffle<int>(order);
        return order;
    }

    private static ulong Mix(ulong z)
    {
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return z ^ (z >> 31);
    }
}
