using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.Arm;
using System.Runtime.Intrinsics.X86;

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

    private const int RoundShift = 9;

    private readonly Thread[] _threads;
    private readonly SemaphoreSlim[] _wake;
    private readonly int[] _sleeping;
    private ITeamWork? _work;

    /// <summary>What the team does now: a counter, and in its low nine bits how many threads take part. One word, so that a
    /// thread that looks late never mixes two rounds.</summary>
    private long _round;
    private int _arrived;
    private int _barrier;
    private volatile bool _ended;

    /// <param name="size">Threads in all, 1 to 256.</param>
    public ThreadTeam(int size)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(size, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(size, 256);
        Size = size;
        Active = size;
        _spinRounds = size > Environment.ProcessorCount ? 50 : 10_000;
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

    /// <summary>Threads that take part in the work in progress, the first of the team.</summary>
    public int Active { get; private set; }

    /// <summary>Runs the work on all threads and returns when all are done. One call at a time. Allocates nothing.</summary>
    public void Run(ITeamWork work) => Run(work, Size);

    /// <summary>The same on the first <paramref name="threads"/> threads of the team; the others sleep.</summary>
    public void Run(ITeamWork work, int threads)
    {
        Active = threads;
        if (threads == 1)
        {
            work.Run(0);
            return;
        }
        _work = work;
        Interlocked.Exchange(ref _round, (((_round >> RoundShift) + 1) << RoundShift) | (uint)threads);
        for (var i = 0; i < threads - 1; i++)
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
        if (Active == 1)
            return;
        var barrier = Volatile.Read(ref _barrier);
        if (Interlocked.Increment(ref _arrived) == Active)
        {
            Volatile.Write(ref _arrived, 0);
            Interlocked.Increment(ref _barrier);
            return;
        }
        for (var round = 0; Volatile.Read(ref _barrier) == barrier; round++)
        {
            if (round < _spinRounds)
                Pause();
            else
                Thread.Yield();
        }
    }

    /// <summary>The share of <paramref name="count"/> items that belongs to a part, in multiples of
    /// <paramref name="multiple"/> items: (first, end).</summary>
    public (int First, int End) Share(int part, int count, int multiple)
    {
        var units = (count + multiple - 1) / multiple;
        var first = (int)((long)units * part / Active) * multiple;
        var end = (int)((long)units * (part + 1) / Active) * multiple;
        return (Math.Min(first, count), Math.Min(end, count));
    }

    public void Dispose()
    {
        _ended = true;
        Interlocked.Add(ref _round, 1 << RoundShift);
        foreach (var wake in _wake)
            wake.Release();
        foreach (var thread in _threads)
            thread.Join();
        foreach (var wake in _wake)
            wake.Dispose();
    }

    /// <summary>A few dozen cycles in which a sibling thread of the same core has it to itself. Thread.SpinWait waits several
    /// times as long, which the next product would wait for.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Pause()
    {
        if (X86Base.IsSupported)
            X86Base.Pause();
        else if (ArmBase.IsSupported)
            ArmBase.Yield();
        else
            Thread.SpinWait(1);
    }

    private void Serve(int part)
    {
        FastCores.Stay();
        var seen = 0L;
        while (true)
        {
            seen = WaitForRound(part, seen);
            if (_ended)
                return;
            _work!.Run(part);
            Barrier();
        }
    }

    /// <summary>Waits for a round after <paramref name="seen"/> in which this part takes part, or the end.</summary>
    private long WaitForRound(int part, long seen)
    {
        for (var look = 0; look < _spinRounds; look++)
        {
            if (IsForPart(Volatile.Read(ref _round)))
                return Volatile.Read(ref _round);
            Pause();
        }
        while (true)
        {
            Interlocked.Exchange(ref _sleeping[part - 1], 1);
            // The flag is up before this look, the round before the caller's: one of the two sees the other.
            if (IsForPart(Volatile.Read(ref _round)))
            {
                // If the caller took the flag down meanwhile, its signal is on its way and must not stay for later.
                if (Interlocked.Exchange(ref _sleeping[part - 1], 0) == 0)
                    _wake[part - 1].Wait();
                return Volatile.Read(ref _round);
            }
            _wake[part - 1].Wait();
        }

        bool IsForPart(long round) => round != seen && (_ended || part < (round & ((1 << RoundShift) - 1)));
    }
}
