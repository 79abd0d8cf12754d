using Edge.Inference;

namespace Edge.Training.Model;

/// <summary>One block of memory for many arrays of floats, asked for first and taken once.</summary>
internal sealed unsafe class FloatArena : IDisposable
{
    /// <summary>Between arrays, in floats: without it arrays of round sizes would lie a multiple of 4 KiB apart, and a
    /// processor takes a read for one of a recent write when those twelve bits agree.</summary>
    private const long Stagger = 272;

    private readonly HugeBuffer _memory;
    private readonly long _floats;
    private long _taken;

    /// <param name="lengths">Of the arrays that will be taken, in any order.</param>
    /// <exception cref="InsufficientMemoryException">The system has no such block.</exception>
    public FloatArena(IEnumerable<long> lengths, string purpose)
    {
        _floats = lengths.Sum(Padded);
        _memory = new HugeBuffer(Math.Max(1, _floats) * sizeof(float), purpose);
    }

    /// <summary>The next array; zero at first, aligned to 64 bytes.</summary>
    public float* Take(long length)
    {
        var at = (float*)_memory.Pointer + _taken;
        _taken += Padded(length);
        if (_taken > _floats)
            throw new InvalidOperationException("more was taken from the arena than was asked for");
        return at;
    }

    public static long Padded(long length) => ((length + 15) / 16 * 16) + Stagger;

    public void Dispose() => _memory.Dispose();
}
