using Edge.Inference;

namespace Edge.Bench.Limits;

/// <summary>What reading memory gave at best.</summary>
/// <param name="BytesPerSecond">All threads together.</param>
/// <param name="How">Buffer, pages and loop that gave it, for people.</param>
public sealed record Bandwidth(double BytesPerSecond, string How)
{
    public static Bandwidth Best(Bandwidth a, Bandwidth b) => a.BytesPerSecond >= b.BytesPerSecond ? a : b;
}

/// <summary>
/// Measures how fast this machine's threads can read memory together: each its own part of one buffer, again and again,
/// through ordinary and through huge pages, with every reading loop there is. The best is the machine's limit; what is
/// below it is noise or a worse loop.
/// </summary>
public static class ReadBandwidth
{
    private const int Repeats = 3;

    /// <summary>Seconds one timing should take at least.</summary>
    private const double TimingSeconds = 0.02;

    /// <summary>A timing is stretched by at most this factor, however small the buffer.</summary>
    private const int PassesMax = 1 << 16;

    /// <summary>Bytes that parts of a buffer are multiples of.</summary>
    private const long UnitBytes = 4096;

    /// <param name="bytes">Size of the buffer, rounded up: at least 4 KiB a thread.</param>
    public static Bandwidth Measure(long bytes, int threads, TimeProvider clock, CancellationToken cancellation)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(bytes, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(threads, 1);
        var partUnits = (bytes + (UnitBytes * threads) - 1) / (UnitBytes * threads);
        var partBytes = partUnits * UnitBytes;
        return Bandwidth.Best(
            Measure(hugePages: true, partBytes, threads, clock, cancellation),
            Measure(hugePages: false, partBytes, threads, clock, cancellation)
        );
    }

    private static unsafe Bandwidth Measure(
        bool hugePages,
        long partBytes,
        int threads,
        TimeProvider clock,
        CancellationToken cancellation
    )
    {
        using var buffer = new HugeBuffer(
            partBytes * threads,
            "to measure its memory with: measure a smaller model",
            hugePages
        );
        var start = buffer.Pointer;
        var pages = hugePages ? "huge pages" : "ordinary pages";
        // Written once by the thread that reads it: memory never written is one page of zeros in the cache.
        TimedThreads.Run(threads, part => Fill(start + (part * partBytes), partBytes), _ => { }, clock);

        var best = new Bandwidth(0, "");
        var passes = 1;
        foreach (var loop in ReadLoop.All)
        {
            for (var repeat = 0; repeat < Repeats; repeat++)
            {
                cancellation.ThrowIfCancellationRequested();
                var seconds = Time(loop, start, partBytes, threads, passes, clock);
                while (seconds < TimingSeconds && passes < PassesMax)
                {
                    passes *= seconds < TimingSeconds / 4 ? 4 : 2;
                    seconds = Time(loop, start, partBytes, threads, passes, clock);
                }
                var rate = (double)partBytes * threads * passes / seconds;
                best = Bandwidth.Best(
                    best,
                    new Bandwidth(rate, $"{partBytes * threads >> 20:N0} MiB in {pages}, {loop.Name}")
                );
            }
        }
        return best;
    }

    private static unsafe double Time(
        ReadLoop loop,
        byte* start,
        long partBytes,
        int threads,
        int passes,
        TimeProvider clock
    )
    {
        return TimedThreads.Run(
            threads,
            part => GC.KeepAlive(loop.Read(start + (part * partBytes), (nint)partBytes)),
            part =>
            {
                var sum = 0L;
                for (var pass = 0; pass < passes; pass++)
                    sum += loop.Read(start + (part * partBytes), (nint)partBytes);
                GC.KeepAlive(sum);
            },
            clock
        );
    }

    private static unsafe void Fill(byte* start, long bytes)
    {
        var longs = (long*)start;
        for (var i = 0L; i < bytes / sizeof(long); i++)
            longs[i] = i;
    }
}
