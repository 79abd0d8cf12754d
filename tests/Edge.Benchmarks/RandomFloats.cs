using Edge.Inference;

namespace Edge.Benchmarks;

internal static class RandomFloats
{
    /// <summary>Fills with numbers from -1 to 1, the same every time.</summary>
    public static unsafe void Fill(NativeBuffer<float> buffer)
    {
        var random = new Random(7);
        for (var i = 0L; i < buffer.Length; i++)
            buffer.Pointer[i] = (2 * random.NextSingle()) - 1;
    }
}
