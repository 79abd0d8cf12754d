namespace Edge.Training.Tests.Kernels;

/// <summary>Derivatives by finite differences in fp64.</summary>
internal static class Differences
{
    private const double Step = 1e-5;

    /// <summary>(x.Length): d f / d x.</summary>
    public static double[] Of(Func<double[], double> f, double[] x)
    {
        var gradient = new double[x.Length];
        for (var i = 0; i < x.Length; i++)
        {
            var kept = x[i];
            x[i] = kept + Step;
            var above = f(x);
            x[i] = kept - Step;
            gradient[i] = (above - f(x)) / (2 * Step);
            x[i] = kept;
        }
        return gradient;
    }

    public static void AssertClose(double[] expected, ReadOnlySpan<float> found, string what)
    {
        double error = 0,
            size = 0;
        for (var i = 0; i < expected.Length; i++)
        {
            error += Math.Pow(expected[i] - found[i], 2);
            size += Math.Pow(expected[i], 2);
        }
        Assert.True(
            Math.Sqrt(error) <= (2e-5 * Math.Sqrt(size)) + 1e-6,
            $"{what}: error {Math.Sqrt(error):g3} of {Math.Sqrt(size):g3}"
        );
    }

    public static float[] Random(int count, int seed)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, count).Select(_ => (float)((random.NextDouble() * 2) - 1))];
    }

    public static double[] Wide(float[] x) => Array.ConvertAll(x, value => (double)value);

    public static double Dot(double[] a, double[] b) => a.Zip(b, (x, y) => x * y).Sum();
}
