using Edge.Link.Addresses;

namespace Edge.Link;

/// <summary>
/// Where a link runs: "unix:PATH" (socket), "serial:DEVICE" (a tty, raw), "pty" (device side only: makes a
/// pseudo-terminal whose name hosts open with serial:).
/// </summary>
public abstract class LinkAddress
{
    private protected LinkAddress() { }

    /// <exception cref="ArgumentException">Not one of the three forms; the message lists them.</exception>
    public static LinkAddress Parse(string text)
    {
        const string Unix = "unix:";
        const string Serial = "serial:";
        if (text.StartsWith(Unix, StringComparison.Ordinal) && text.Length > Unix.Length)
            return new UnixAddress(text[Unix.Length..]);
        if (text.StartsWith(Serial, StringComparison.Ordinal) && text.Length > Serial.Length)
            return new SerialAddress(text[Serial.Length..]);
        return text == "pty"
            ? new PtyAddress()
            : throw new ArgumentException(
                $"'{text}' is no link: expected unix:PATH, serial:DEVICE or (device only) pty",
                nameof(text)
            );
    }

    /// <summary>Host side: opens the byte stream to a device.</summary>
    /// <exception cref="LinkException">Nothing listens there.</exception>
    public abstract Task<Stream> ConnectAsync(CancellationToken cancellation);

    /// <summary>Device side: starts to listen.</summary>
    /// <exception cref="LinkException">It cannot listen there; the message says why.</exception>
    public LinkListener Listen() => Listen(TimeProvider.System);

    /// <inheritdoc cref="Listen()"/>
    /// <param name="clock">For the time that a second host may wait for the first to leave.</param>
    public abstract LinkListener Listen(TimeProvider clock);
}

/// <summary>
/// Device side: hands out one byte stream after the other. A stream is handed out when the one before is disposed.
/// </summary>
public abstract class LinkListener : IAsyncDisposable
{
    private protected LinkListener() { }

    /// <summary>What a host passes as --device ("unix:/run/edge.sock", "serial:/dev/pts/3").</summary>
    public abstract string HostAddress { get; }

    /// <exception cref="LinkException">The line is gone (a tty was unplugged): try again when it is back.</exception>
    public abstract Task<Stream> AcceptAsync(CancellationToken cancellation);

    public abstract ValueTask DisposeAsync();
}
