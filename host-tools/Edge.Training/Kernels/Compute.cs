using Edge.Inference;

namespace Edge.Training.Kernels;

/// <summary>
/// The threads that train, and scratch memory for each. Work is handed out in pieces, so that a thread that lost its
/// core for a while does not hold up the others; which thread did a piece never changes a result.
/// </summary>
internal sealed unsafe class Compute : IDisposable
{
    private const int CopyPiece = 1 << 14;

    private readonly ThreadTeam _team;
    private readonly Pieces _pieces;
    private readonly HugeBuffer[] _scratch;
    private readonly long _scratchFloats;
    private HugeBuffer _shared;
    private long _sharedFloats = 1 << 20;

    /// <param name="threads">1 or more.</param>
    /// <param name="scratchFloats">Of private memory for each thread.</param>
    public Compute(int threads, long scratchFloats = 1 << 20)
    {
        _team = new ThreadTeam(threads);
        _pieces = new Pieces();
        _scratchFloats = scratchFloats;
        _scratch =
        [
            .. Enumerable.Range(0, threads).Select(_ => new HugeBuffer(scratchFloats * 4, "for a training thread")),
        ];
        _shared = new HugeBuffer(_sharedFloats * 4, "for packed matrices");
    }

    public int Threads => _team.Size;

    /// <summary>Calls <paramref name="work"/>(piece, thread) once for each piece, on all threads; returns when all are
    /// done.</summary>
    public void For(int count, Action<int, int> work)
    {
        if (count <= 0)
            return;
        _pieces.Start(count, work);
        _team.Run(_pieces, Math.Min(Threads, count));
        _pieces.Rethrow();
    }

    /// <summary>Copies on all threads: one alone does not fill the memory's bandwidth, and the others would wait.</summary>
    public void Copy(float* from, float* to, long length) =>
        For(
            (int)((length + CopyPiece - 1) / CopyPiece),
            (piece, _) =>
            {
                var first = (long)piece * CopyPiece;
                var count = (int)Math.Min(CopyPiece, length - first);
                new ReadOnlySpan<float>(from + first, count).CopyTo(new Span<float>(to + first, count));
            }
        );

    public void Clear(float* data, long length) =>
        For(
            (int)((length + CopyPiece - 1) / CopyPiece),
            (piece, _) =>
            {
                var first = (long)piece * CopyPiece;
                new Span<float>(data + first, (int)Math.Min(CopyPiece, length - first)).Clear();
            }
        );

    /// <summary>Private memory of a thread, aligned to 64 bytes; what it held before is anything.</summary>
    public float* Scratch(int thread, long floats)
    {
        if (floats > _scratchFloats)
            throw new InvalidOperationException($"a thread has {_scratchFloats:N0} floats of scratch, not {floats:N0}");
        return (float*)_scratch[thread].Pointer;
    }

    /// <summary>Memory that the threads fill together, aligned to 64 bytes; valid until the next call.</summary>
    public float* Shared(long floats)
    {
        if (floats > _sharedFloats)
        {
            _shared.Dispose();
            _shared = new HugeBuffer(floats * 4, "for packed matrices");
            _sharedFloats = floats;
        }
        return (float*)_shared.Pointer;
    }

    public void Dispose()
    {
        _team.Dispose();
        _shared.Dispose();
        foreach (var scratch in _scratch)
            scratch.Dispose();
    }

    private sealed class Pieces : ITeamWork
    {
        private int _count;
        private int _taken;
        private Action<int, int>? _work;
        private Exception? _failure;

        public void Start(int count, Action<int, int> work)
        {
            _count = count;
            _work = work;
            _failure = null;
            Volatile.Write(ref _taken, 0);
        }

        public void Run(int part)
        {
            try
            {
                int piece;
                while ((piece = Interlocked.Increment(ref _taken) - 1) < _count)
                    _work!(piece, part);
            }
#pragma warning disable CA1031 // The other threads wait for this one at the end: it must come, and the caller rethrows.
            catch (Exception failure)
#pragma warning restore CA1031
            {
                _failure = failure;
            }
        }

        public void Rethrow()
        {
            if (_failure is not null)
                System.Runtime.ExceptionServices.ExceptionDispatchInfo.Throw(_failure);
        }
    }
}
