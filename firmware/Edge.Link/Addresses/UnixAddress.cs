using System.Net.Sockets;
using System.Text;
using System.Threading.Channels;
using Edge.Link.Framing;

namespace Edge.Link.Addresses;

/// <summary>A unix socket at a path.</summary>
internal sealed class UnixAddress(string path) : LinkAddress
{
    public override async Task<Stream> ConnectAsync(CancellationToken cancellation)
    {
        var socket = NewSocket();
        try
        {
            await socket.ConnectAsync(EndPoint(path), cancellation).ConfigureAwait(false);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch (SocketException nobody)
        {
            socket.Dispose();
            throw new LinkException(
                $"no device at unix:{path} ({Reason(path, nobody)}): is edged running with --link unix:{path}?",
                nobody
            );
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    public override LinkListener Listen(TimeProvider clock)
    {
        var endPoint = EndPoint(path);
        RemoveStale(endPoint);
        var socket = NewSocket();
        try
        {
            socket.Bind(endPoint);
            // Nobody can connect before Listen, so nobody slips in before the mode is set.
            if (!OperatingSystem.IsWindows())
                File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite);
            socket.Listen(backlog: 8);
            return new UnixListener(socket, path, clock);
        }
        catch (Exception failed) when (failed is SocketException or IOException or UnauthorizedAccessException)
        {
            socket.Dispose();
            throw new LinkException($"cannot listen at unix:{path}: {failed.Message}", failed);
        }
    }

    /// <summary>The runtime calls a missing file "cannot assign requested address".</summary>
    private static string Reason(string path, SocketException nobody) =>
        File.Exists(path) ? nobody.Message : "there is no such socket";

    private static Socket NewSocket() => new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);

    private static UnixDomainSocketEndPoint EndPoint(string path)
    {
        try
        {
            return new UnixDomainSocketEndPoint(path);
        }
        catch (ArgumentException wrong)
        {
            throw new LinkException(
                $"unix:{path} cannot be a socket: {Encoding.UTF8.GetByteCount(path)} bytes, the system takes about 100; use a shorter path",
                wrong
            );
        }
    }

    /// <summary>A socket file on which nobody answers was left by a device that died; any other file is not ours.</summary>
    private void RemoveStale(UnixDomainSocketEndPoint endPoint)
    {
        if (!Path.Exists(path))
            return;
        using var probe = NewSocket();
        try
        {
            probe.Connect(endPoint);
        }
        catch (SocketException nobody)
            when (nobody.SocketErrorCode == SocketError.ConnectionRefused && LibC.IsSocket(path))
        {
            File.Delete(path);
            return;
        }
        catch (SocketException other)
        {
            throw new LinkException(
                $"cannot listen at unix:{path}: {other.Message}: remove it or use another path",
                other
            );
        }
        throw new LinkException($"cannot listen at unix:{path}: another program answers there");
    }
}

/// <summary>Serves one host; a second waits a moment for the first to leave and is then told so.</summary>
internal sealed class UnixListener : LinkListener
{
    private readonly Socket socket;
    private readonly string path;
    private readonly TimeProvider clock;
    private readonly SemaphoreSlim free = new(1);
    private readonly CancellationTokenSource stopping = new();
    private readonly Channel<Stream> ready = Channel.CreateUnbounded<Stream>();
    private readonly Task accepting;

    public UnixListener(Socket socket, string path, TimeProvider clock)
    {
        (this.socket, this.path, this.clock) = (socket, path, clock);
        accepting = AcceptLoopAsync();
    }

    public override string HostAddress => $"unix:{path}";

    public override async Task<Stream> AcceptAsync(CancellationToken cancellation)
    {
        try
        {
            return await ready.Reader.ReadAsync(cancellation).ConfigureAwait(false);
        }
        catch (ChannelClosedException)
        {
            throw new LinkException($"unix:{path} is closed");
        }
    }

    public override async ValueTask DisposeAsync()
    {
        if (stopping.IsCancellationRequested)
            return;
        await stopping.CancelAsync().ConfigureAwait(false);
        await accepting.ConfigureAwait(false);
        ready.Writer.TryComplete();
        while (ready.Reader.TryRead(out var waiting))
            await waiting.DisposeAsync().ConfigureAwait(false);
        socket.Dispose();
        File.Delete(path);
    }

    private async Task AcceptLoopAsync()
    {
        var admitting = new List<Task>();
        try
        {
            while (true)
            {
                var host = await socket.AcceptAsync(stopping.Token).ConfigureAwait(false);
                admitting.RemoveAll(task => task.IsCompleted);
                admitting.Add(AdmitAsync(host));
            }
        }
        catch (Exception stopped)
            when (stopped is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            ready.Writer.TryComplete();
        }
        await Task.WhenAll(admitting).ConfigureAwait(false);
    }

    private async Task AdmitAsync(Socket host)
    {
        var stream = new NetworkStream(host, ownsSocket: true);
        using var patience = new CancellationTokenSource(TimeSpan.FromMilliseconds(LinkLimits.BusyGraceMs), clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, stopping.Token);
        try
        {
            await free.WaitAsync(either.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            await RefuseAsync(stream).ConfigureAwait(false);
            return;
        }
        var leased = new LeasedStream(stream, () => free.Release());
        if (!ready.Writer.TryWrite(leased))
            await leased.DisposeAsync().ConfigureAwait(false);
    }

    private async Task RefuseAsync(Stream stream)
    {
        var reason = stopping.IsCancellationRequested
            ? "the device is stopping"
            : "the device is busy with another host: end that program and try again";
        using var writer = new FrameWriter(stream);
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(1), clock);
        try
        {
            await writer
                .WriteAsync(FrameType.Bye, session: 0, Encoding.UTF8.GetBytes(reason), patience.Token)
                .ConfigureAwait(false);
        }
        catch (Exception gone) when (gone is OperationCanceledException or IOException)
        {
            // It left before it could be told.
        }
        await stream.DisposeAsync().ConfigureAwait(false);
    }
}
