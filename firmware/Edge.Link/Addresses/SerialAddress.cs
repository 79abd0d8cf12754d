namespace Edge.Link.Addresses;

/// <summary>A tty: a USB serial line or a UART.</summary>
internal sealed class SerialAddress(string path) : LinkAddress
{
    public override Task<Stream> ConnectAsync(CancellationToken cancellation)
    {
        Tty.RequireLinux("serial");
        return Task.FromResult(Open(path, () => { }));
    }

    public override LinkListener Listen(TimeProvider clock)
    {
        Tty.RequireLinux("serial");
        return new SerialListener(path, clock);
    }

    /// <summary>A stream that closes the tty with itself.</summary>
    internal static Stream Open(string path, Action onDisposed)
    {
        var fd = Tty.OpenExclusive(path);
        var handle = new TtyHandle(fd);
        return new TtyStream(
            handle,
            () =>
            {
                LibC.IoCtl(fd, LibC.TIOCNXCL, 0);
                handle.Dispose();
                onDisposed();
            }
        );
    }
}

/// <summary>Opens the tty anew for each stream, so that a line that was unplugged works again when it is back.</summary>
internal sealed class SerialListener(string path, TimeProvider clock) : LinkListener
{
    /// <summary>An unplugged line ends at once each time it is opened; this keeps the device from spinning on it.</summary>
    private static readonly TimeSpan Pace = TimeSpan.FromMilliseconds(200);

    private readonly SemaphoreSlim free = new(1);
    private readonly CancellationTokenSource stopping = new();
    private long lastOpened;

    public override string HostAddress => $"serial:{path}";

    public override async Task<Stream> AcceptAsync(CancellationToken cancellation)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellation, stopping.Token);
        await free.WaitAsync(either.Token).ConfigureAwait(false);
        try
        {
            if (lastOpened != 0 && clock.GetElapsedTime(lastOpened) < Pace)
                await Task.Delay(Pace, clock, either.Token).ConfigureAwait(false);
            lastOpened = clock.GetTimestamp();
            return SerialAddress.Open(path, () => free.Release());
        }
        catch
        {
            free.Release();
            throw;
        }
    }

    public override async ValueTask DisposeAsync() => await stopping.CancelAsync().ConfigureAwait(false);
}
