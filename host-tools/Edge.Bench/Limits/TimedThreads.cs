namespace Edge.Bench.Limits;

/// <summary>Runs the same work on several threads that start together, and tells how long all of it took.</summary>
internal static class TimedThreads
{
    /// <param name="prepare">Runs first on each thread: touch memory, fill caches. Gets the part, 0 to threads - 1.</param>
    /// <param name="work">What is timed; gets the part.</param>
    /// <returns>Seconds from the first thread's start to the last one's end.</returns>
    public static double Run(int threads, Action<int> prepare, Action<int> work, TimeProvider clock)
    {
        var starts = new long[threads];
        var ends = new long[threads];
        var ready = 0;
        var others = Enumerable
            .Range(1, threads - 1)
            .Select(part => new Thread(() => RunPart(part)) { IsBackground = true, Name = $"edge measure {part}" })
            .ToList();
        others.ForEach(thread => thread.Start());
        RunPart(0);
        others.ForEach(thread => thread.Join());
        return clock.GetElapsedTime(starts.Min(), ends.Max()).TotalSeconds;

        void RunPart(int part)
        {
            prepare(part);
            Interlocked.Increment(ref ready);
            while (Volatile.Read(ref ready) < threads)
                Thread.SpinWait(1);
            starts[part] = clock.GetTimestamp();
            work(part);
            ends[part] = clock.GetTimestamp();
        }
    }
}
