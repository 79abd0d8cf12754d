namespace Edge.Inference.Tests.Kernels;

/// <summary>Seeded test data.</summary>
internal static class Numbers
{
    /// <summary>Values in (-1, 1).</summary>
    public static float[] Floats(Random random, int length)
    {
        var values = new float[length];
        for (var i = 0; i < length; i++)
            values[i] = (random.NextSingle() * 2) - 1;
        return values;
    }
}
