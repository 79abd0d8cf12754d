using System.Runtime.InteropServices;

namespace Edge.Link.Addresses;

/// <summary>
/// An open terminal that does not block, and the thread that waits for it. The thread wakes up when somebody begins to
/// wait and when the handle is disposed, so that neither ever hangs.
/// </summary>
internal sealed class TtyHandle : IDisposable
{
    private readonly int fd;
    private readonly int wake;
    private readonly Thread thread;
    private readonly Lock sync = new();
    private TaskCompletionSource? readable;
    private TaskCompletionSource? writable;
    private bool disposed;
    private bool failed;

    /// <param name="fd">Opened with O_NONBLOCK; owned from here on.</param>
    public TtyHandle(int fd)
    {
        this.fd = fd;
        wake = LibC.EventFd(0, LibC.O_NONBLOCK | LibC.O_CLOEXEC);
        if (wake < 0)
            throw new LinkException($"eventfd: {LastError()}");
        thread = new Thread(PollLoop) { IsBackground = true, Name = $"tty {fd}" };
        thread.Start();
    }

    public static string LastError() => Marshal.GetPInvokeErrorMessage(Marshal.GetLastPInvokeError());

    /// <summary>Ends when a read may give something: bytes, the end, or an error.</summary>
    public Task ReadableAsync(CancellationToken cancellation) => WaitAsync(ref readable, cancellation);

    /// <summary>Ends when a write may take something, or give an error.</summary>
    public Task WritableAsync(CancellationToken cancellation) => WaitAsync(ref writable, cancellation);

    /// <summary>What read() says, with errno when it is negative. Never blocks.</summary>
    public unsafe (int Count, int Error) Read(Span<byte> target)
    {
        fixed (byte* start = target)
        {
            lock (sync)
            {
                ObjectDisposedException.ThrowIf(disposed, this);
                var count = LibC.Read(fd, start, (nuint)target.Length);
                return ((int)count, count < 0 ? Marshal.GetLastPInvokeError() : 0);
            }
        }
    }

    /// <summary>What write() says, with errno when it is negative. Never blocks.</summary>
    public unsafe (int Count, int Error) Write(ReadOnlySpan<byte> source)
    {
        fixed (byte* start = source)
        {
            lock (sync)
            {
                ObjectDisposedException.ThrowIf(disposed, this);
                var count = LibC.Write(fd, start, (nuint)source.Length);
                return ((int)count, count < 0 ? Marshal.GetLastPInvokeError() : 0);
            }
        }
    }

    /// <summary>Whether bytes wait to be read now.</summary>
    public unsafe bool HasInput()
    {
        lock (sync)
        {
            ObjectDisposedException.ThrowIf(disposed, this);
            var one = new LibC.PollFd { Fd = fd, Events = LibC.POLLIN };
            return LibC.Poll(&one, 1, 0) > 0 && (one.Returned & LibC.POLLIN) != 0;
        }
    }

    public void Dispose()
    {
        lock (sync)
        {
            if (disposed)
                return;
            disposed = true;
        }
        Wake();
        thread.Join();
        LibC.Close(wake);
        LibC.Close(fd);
    }

    private Task WaitAsync(ref TaskCompletionSource? slot, CancellationToken cancellation)
    {
        TaskCompletionSource waiter;
        lock (sync)
        {
            ObjectDisposedException.ThrowIf(disposed, this);
            if (failed)
                throw new IOException("the system cannot wait for the line any more");
            waiter = slot ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        }
        Wake();
        return waiter.Task.WaitAsync(cancellation);
    }

    private unsafe void Wake()
    {
        ulong one = 1;
        LibC.Write(wake, (byte*)&one, sizeof(ulong));
    }

    private unsafe void PollLoop()
    {
        var fds = stackalloc LibC.PollFd[2];
        while (true)
        {
            short events = 0;
            bool idle;
            lock (sync)
            {
                if (disposed)
                    break;
                events |= readable is null ? (short)0 : LibC.POLLIN;
                events |= writable is null ? (short)0 : LibC.POLLOUT;
                idle = events == 0;
            }
            fds[0] = new LibC.PollFd { Fd = wake, Events = LibC.POLLIN };
            // A hang-up is reported even when nothing is asked for: leave the terminal out while nobody waits.
            fds[1] = new LibC.PollFd { Fd = idle ? -1 : fd, Events = events };
            if (LibC.Poll(fds, 2, -1) < 0 && Marshal.GetLastPInvokeError() is not (LibC.EINTR or LibC.EAGAIN))
            {
                lock (sync)
                    failed = true;
                break;
            }
            if (fds[0].Returned != 0)
            {
                ulong count;
                LibC.Read(wake, (byte*)&count, sizeof(ulong));
            }
            const short Over = LibC.POLLERR | LibC.POLLHUP | LibC.POLLNVAL;
            Complete((fds[1].Returned & (LibC.POLLIN | Over)) != 0, (fds[1].Returned & (LibC.POLLOUT | Over)) != 0);
        }
        Complete(true, true);
    }

    private void Complete(bool canRead, bool canWrite)
    {
        lock (sync)
        {
            if (canRead)
            {
                readable?.TrySetResult();
                readable = null;
            }
            if (canWrite)
            {
                writable?.TrySetResult();
                writable = null;
            }
        }
    }
}
