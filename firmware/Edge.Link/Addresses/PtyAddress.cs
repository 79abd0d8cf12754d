using System.Text;

namespace Edge.Link.Addresses;

/// <summary>A pseudo-terminal of the device's own.</summary>
internal sealed class PtyAddress : LinkAddress
{
    public override Task<Stream> ConnectAsync(CancellationToken cancellation) =>
        throw new LinkException("a host cannot connect to 'pty': use the serial:/dev/pts/N that the device prints");

    public override LinkListener Listen(TimeProvider clock)
    {
        Tty.RequireLinux("pty");
        var master = LibC.PosixOpenPt(LibC.O_RDWR | LibC.O_NOCTTY | LibC.O_NONBLOCK | LibC.O_CLOEXEC);
        if (master < 0)
            throw new LinkException($"cannot make a pseudo-terminal: {TtyHandle.LastError()}");
        try
        {
            if (LibC.GrantPt(master) != 0 || LibC.UnlockPt(master) != 0)
                throw new LinkException($"cannot unlock the pseudo-terminal: {TtyHandle.LastError()}");
            return new PtyListener(master, NameOf(master), clock);
        }
        catch
        {
            LibC.Close(master);
            throw;
        }
    }

    private static unsafe string NameOf(int master)
    {
        Span<byte> name = stackalloc byte[128];
        fixed (byte* start = name)
        {
            if (LibC.PtsName(master, start, (nuint)name.Length) != 0)
                throw new LinkException("the pseudo-terminal has no name");
        }
        return Encoding.UTF8.GetString(name[..name.IndexOf((byte)0)]);
    }
}

/// <summary>
/// Keeps the master for all hosts. While it waits for a host it holds the slave open itself, because a master whose slave
/// nobody has open reports a hang-up again and again; when the first byte arrives it lets go, so that the host's leaving
/// is seen at once.
/// </summary>
internal sealed class PtyListener(int master, string slavePath, TimeProvider clock) : LinkListener
{
    private static readonly TimeSpan Retry = TimeSpan.FromMilliseconds(50);

    private readonly TtyHandle handle = new(master);
    private readonly SemaphoreSlim free = new(1);
    private readonly CancellationTokenSource stopping = new();

    public override string HostAddress => $"serial:{slavePath}";

    public override async Task<Stream> AcceptAsync(CancellationToken cancellation)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellation, stopping.Token);
        await free.WaitAsync(either.Token).ConfigureAwait(false);
        try
        {
            await WaitForHostAsync(either.Token).ConfigureAwait(false);
            return new TtyStream(handle, () => free.Release());
        }
        catch
        {
            free.Release();
            throw;
        }
    }

    public override async ValueTask DisposeAsync()
    {
        if (stopping.IsCancellationRequested)
            return;
        await stopping.CancelAsync().ConfigureAwait(false);
        handle.Dispose();
    }

    private async Task WaitForHostAsync(CancellationToken cancellation)
    {
        while (true)
        {
            var slave = LibC.Open(slavePath, LibC.O_RDWR | LibC.O_NOCTTY | LibC.O_NONBLOCK | LibC.O_CLOEXEC);
            try
            {
                // Refused while a host has it for itself: then that host keeps the line up.
                if (slave >= 0)
                    Tty.MakeRaw(slave, slavePath);
                await handle.ReadableAsync(cancellation).ConfigureAwait(false);
                if (handle.HasInput())
                    return;
            }
            finally
            {
                if (slave >= 0)
                    LibC.Close(slave);
            }
            // The host left meanwhile, or the slave could not be opened.
            await Task.Delay(Retry, clock, cancellation).ConfigureAwait(false);
        }
    }
}
