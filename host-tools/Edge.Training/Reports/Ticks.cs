namespace Edge.Training.Reports;

/// <summary>Places on an axis that people read easily: multiples of 1, 2 or 5 times a power of ten.</summary>
internal static class Ticks
{
    private static readonly double[] Friendly = [1, 2, 5, 10];

    /// <summary>At most about <paramref name="most"/> places from low to high, both included.</summary>
    /// <param name="low">Below <paramref name="high"/>.</param>
    public static IEnumerable<double> Between(double low, double high, int most)
    {
        var least = (high - low) / most;
        var power = Math.Pow(10, Math.Floor(Math.Log10(least)));
        var step = Friendly.Select(times => times * power).First(size => size >= least * 0.999);
        for (var i = (long)Math.Ceiling((low / step) - 1e-9); i * step <= high + (step * 1e-9); i++)
            yield return i * step;
    }
}
