namespace Edge.Training.Data;

/// <summary>
/// Which source each step of an endless order takes from, such that after any number of steps every source has had its
/// share to within a few: the source furthest behind goes next, the first among equals.
/// </summary>
internal sealed class ShareSchedule
{
    /// <summary>Steps between two remembered states.</summary>
    private const int Stride = 1024;

    private readonly double[] shares;
    private readonly long[] limits;
    private readonly List<byte> order = [];
    private readonly List<long[]> states = [];
    private readonly double[] due;
    private readonly long[] taken;
    private readonly double[] given;

    /// <param name="shares">Positive, of at most 256 sources; need not sum to 1.</param>
    /// <param name="limits">Steps that a source has; after them its share goes to the others. When all are used up the
    /// limits no longer hold.</param>
    public ShareSchedule(ReadOnlySpan<double> shares, ReadOnlySpan<long> limits)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(shares.Length, 256);
        this.shares = shares.ToArray();
        this.limits = limits.ToArray();
        due = new double[shares.Length];
        given = new double[shares.Length];
        taken = new long[shares.Length];
    }

    /// <summary>The source of a step, and how many steps it had before.</summary>
    public (int Source, long Index) At(long step)
    {
        Extend(step + 1);
        var source = order[(int)step];
        var index = states[(int)(step / Stride)][source];
        for (var s = step / Stride * Stride; s < step; s++)
            index += order[(int)s] == source ? 1 : 0;
        return (source, index);
    }

    /// <summary>How many of the first steps each source has.</summary>
    public long[] CountsAt(long step)
    {
        Extend(step + 1);
        var counts = (long[])states[(int)(step / Stride)].Clone();
        for (var s = step / Stride * Stride; s < step; s++)
            counts[order[(int)s]]++;
        return counts;
    }

    private void Extend(long count)
    {
        if (count > int.MaxValue / 2)
            throw new ArgumentOutOfRangeException(nameof(count), count, "an order has at most a milliard steps");
        while (order.Count < count)
        {
            if (order.Count % Stride == 0)
                states.Add((long[])taken.Clone());
            order.Add((byte)Next());
        }
    }

    private int Next()
    {
        var allUsed = true;
        for (var i = 0; i < shares.Length; i++)
            allUsed &= taken[i] >= limits[i];
        var sum = 0.0;
        for (var i = 0; i < shares.Length; i++)
            sum += allUsed || taken[i] < limits[i] ? shares[i] : 0;
        var best = -1;
        for (var i = 0; i < shares.Length; i++)
        {
            if (!allUsed && taken[i] >= limits[i])
                continue;
            due[i] += shares[i] / sum;
            if (best < 0 || due[i] - given[i] > due[best] - given[best])
                best = i;
        }
        given[best]++;
        taken[best]++;
        return best;
    }
}
