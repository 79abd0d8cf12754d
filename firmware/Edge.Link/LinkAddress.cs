namespace Edge.Link;

/// <summary>
/// Where a link runs: "unix:PATH" (socket), "serial:DEVICE" (a tty, raw), "pty" (device side only: makes a
/// pseudo-terminal whose name hosts open with serial:).
/// </summary>
public abstract class LinkAddress
{
    /// <exception cref="ArgumentException">Not one of the three forms; the message lists them.</exception>
    public static LinkAddress Parse(string text) => throw new NotImplementedException();

    /// <summary>Host side: opens the byte stream to a device.</summary>
    /// <exception cref="LinkException">Nothing listens there.</exception>
    public abstract Task<Stream> ConnectAsync(CancellationToken cancellation);

    /// <summary>Device side: starts to listen.</summary>
    public abstract LinkListener Listen();
}

/// <summary>Device side: hands out one byte stream after the other.</summary>
public abstract class LinkListener : IAsyncDisposable
{
    /// <summary>What a host passes as --device ("unix:/run/edge.sock", "serial:/dev/pts/3").</summary>
    public abstract string HostAddress { get; }

    public abstract Task<Stream> AcceptAsync(CancellationToken cancellation);

    public abstract ValueTask DisposeAsync();
}
