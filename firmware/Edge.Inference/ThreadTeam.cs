namespace Edge.Inference;

/// <summary>Work that every thread of a team runs at once, each with its own part number.</summary>
internal interface ITeamWork
{
    /// <summary>Must not throw: the other threads would wait at a barrier for ever.</summary>
    /// <param name="part">0 to team size - 1; part 0 is the calling thread.</param>
    void Run(int part);
}

/// <summary>
/// A fixed number of threads that run one piece of work together (the caller is one of them) and meet at barriers inside
/// it. Between pieces of work the threads spin for a moment, then sleep: an idle team costs no processor time.
/// </summary>
internal sealed class ThreadTeam : IDisposable
{
    /// <summary>Rounds of looking before a waiting thread gives its core away: some hundreds of microseconds. With more
    /// threads than processors the one that is waited for may need this very core, so then only a few.</summary>
    private readonly int _spinRounds;

    private readonly Thread[] _threads;
    private readonly SemaphoreSlim[] _wake;
    private readonly int[] _sleeping;
    private ITeamWork? _work;
    private int _generation;
    private int _arrived;
    private int _barrier;
    private volatile bool _ended;

    /// <param name="size">Threads in all, 1 to 256.</param>
    public ThreadTeam(int size)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(size, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(size, 256);
        Size = size;
        _spinRounds = size > Environment.ProcessorCount ? 10 : 1000;
        _wake = new SemaphoreSlim[size - 1];
        _threads = new Thread[size - 1];
        _sleeping = new int[size - 1];
        for (var i = 0; i < size - 1; i++)
        {
            var part = i + 1;
            _wake[i] = new SemaphoreSlim(0);
            _threads[i] = new Thread(() => Serve(part)) { IsBackground = true, Name = $"edge compute {part}" };
            _threads[i].Start();
        }
    }

    public int Size { get; }

    /// <summary>Runs the work on all threads and returns when all are done. One call at a time. Allocates nothing.</summary>
    public void Run(ITeamWork work)
    {
        if (Size == 1)
        {
            work.Run(0);
            return;
        }
        _work = work;
        Interlocked.Increment(ref _generation);
        for (var i = 0; i < _wake.Length; i++)
        {
            if (Interlocked.Exchange(ref _sleeping[i], 0) == 1)
                _wake[i].Release();
        }
        work.Run(0);
        Barrier();
        _work = null;
    }

    /// <summary>Waits until every thread of the team is here. What was written before is visible to all after.</summary>
    public void Barrier()
    {
        if (Size == 1)
            return;
        var barrier = Volatile.Read(ref _barrier);
        if (Interlocked.Increment(ref _arrived) == Size)
        {
            Volatile.Write(ref _arrived, 0);
            Interlocked.Increment(ref _barrier);
            return;
        }
        for (var round = 0; Volatile.Read(ref _barrier) == barrier; round++)
        {
            if (round < _spinRounds)
                Thread.SpinWait(8);
            else
                Thread.Yield();
        }
    }

    /// <summary>The share of <paramref name="count"/> items that belongs to a part, in multiples of
    /// <paramref name="multiple"/> items: (first, end).</summary>
    public (int First, int End) Share(int part, int count, int multiple)
    {
        var units = (count + multiple - 1) / multiple;
        var first = (int)((long)units * part / Size) * multiple;
        var end = (int)((long)units * (part + 1) / Size) * multiple;
        return (Math.Min(first, count), Math.Min(end, count));
    }

    public void Dispose()
    {
        _ended = true;
        Interlocked.Increment(ref _generation);
        foreach (var wake in _wake)
            wake.Release();
        foreach (var thread in _threads)
            thread.Join();
        foreach (var wake in _wake)
            wake.Dispose();
    }

    private void Serve(int part)
    {
        var seen = 0;
        while (true)
        {
            WaitForWork(part, seen);
            seen = Volatile.Read(ref _generation);
            if (_ended)
                return;
            _work!.Run(part);
            Barrier();
        }
    }

    private void WaitForWork(int part, int seen)
    {
        for (var round = 0; round < _spinRounds; round++)
        {
            if (Volatile.Read(ref _generation) != seen)
                return;
            Thread.SpinWait(8);
        }
        while (Volatile.Read(ref _generation) == seen)
        {
            Interlocked.Exchange(ref _sleeping[part - 1], 1);
            // The flag is up before this look, the generation before the caller's: one of the two sees the other.
            if (Volatile.Read(ref _generation) != seen && Interlocked.Exchange(ref _sleeping[part - 1], 0) == 1)
                return;
            _wake[part - 1].Wait();
        }
    }
}
