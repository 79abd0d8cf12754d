namespace Edge.Device.Services;

/// <summary>
/// One request at a time uses the engine; the others wait in turn. Work in the background gives way: its token is
/// cancelled as soon as a request waits.
/// </summary>
public sealed class EngineGate : IDisposable
{
    private readonly SemaphoreSlim one = new(1);
    private readonly Lock gate = new();
    private CancellationTokenSource? background;
    private int waiting;
    private volatile string? busyWith;

    /// <summary>What the engine works at, for people; null when it is free.</summary>
    public string? BusyWith => busyWith;

    /// <summary>Waits for the engine.</summary>
    /// <param name="what">For people: "an answer".</param>
    /// <returns>Dispose it to let the next one in.</returns>
    public async Task<IDisposable> EnterAsync(string what, CancellationToken cancellation)
    {
        lock (gate)
        {
            waiting++;
            background?.Cancel();
        }
        try
        {
            await one.WaitAsync(cancellation).ConfigureAwait(false);
        }
        finally
        {
            lock (gate)
                waiting--;
        }
        busyWith = what;
        return new Turn(this, null);
    }

    /// <summary>Waits for the engine; <see cref="BackgroundTurn.Cancellation"/> says when to give it back.</summary>
    public async Task<BackgroundTurn> EnterBackgroundAsync(string what, CancellationToken cancellation)
    {
        await one.WaitAsync(cancellation).ConfigureAwait(false);
        busyWith = what;
        var source = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        lock (gate)
        {
            background = source;
            if (waiting > 0)
                source.Cancel();
        }
        return new BackgroundTurn(new Turn(this, source), source.Token);
    }

    public void Dispose() => one.Dispose();

    private void Leave(CancellationTokenSource? source)
    {
        lock (gate)
        {
            if (source is not null)
                background = null;
        }
        source?.Dispose();
        busyWith = null;
        one.Release();
    }

    private sealed class Turn(EngineGate gate, CancellationTokenSource? source) : IDisposable
    {
        private int left;

        public void Dispose()
        {
            if (Interlocked.Exchange(ref left, 1) == 0)
                gate.Leave(source);
        }
    }
}

/// <summary>The engine, lent to work that gives way.</summary>
public sealed class BackgroundTurn(IDisposable turn, CancellationToken cancellation) : IDisposable
{
    /// <summary>Cancelled when a request waits for the engine.</summary>
    public CancellationToken Cancellation => cancellation;

    public void Dispose() => turn.Dispose();
}
