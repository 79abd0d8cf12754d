namespace Edge.Link;

/// <summary>What each side says of itself before anything else.</summary>
/// <param name="Version">Protocol version spoken.</param>
/// <param name="Id">Device id or host id: 16 to 64 lower-case hexadecimal characters.</param>
/// <param name="Name">For people.</param>
/// <param name="UtcTicks">This side's clock; the device takes the host's.</param>
/// <param name="OffsetMinutes">This side's offset from UTC.</param>
public sealed record LinkHello(int Version, string Id, string Name, long UtcTicks, int OffsetMinutes);

/// <summary>
/// One session over a byte stream: preamble, then Nerdbank.Streams channels, one per request. Survives garbage before
/// it; notices a lost peer by its own heartbeat.
/// </summary>
public sealed class LinkSession : IAsyncDisposable
{
    /// <summary>Host side. Repeats its hello until the device answers or the time is up.</summary>
    /// <exception cref="LinkException">No answer, or a version that cannot be spoken (both are named).</exception>
    public static Task<LinkSession> ConnectAsync(
        Stream stream,
        LinkHello hello,
        TimeProvider clock,
        TimeSpan timeout,
        CancellationToken cancellation
    ) => throw new NotImplementedException();

    /// <summary>Device side. Skips bytes until a valid hello arrives.</summary>
    public static Task<LinkSession> AcceptAsync(
        Stream stream,
        Func<LinkHello> hello,
        TimeProvider clock,
        CancellationToken cancellation
    ) => throw new NotImplementedException();

    public LinkHello Peer => throw new NotImplementedException();

    /// <summary>Ends (never faults) when the session is over, with the reason: "closed by host", "no sign of life for 5 s" ...</summary>
    public Task<string> Completion => throw new NotImplementedException();

    /// <summary>Host side: a new channel for one request; <paramref name="operation"/> is its name on the wire.</summary>
    public Task<LinkChannel> OpenAsync(string operation, CancellationToken cancellation) =>
        throw new NotImplementedException();

    /// <summary>Device side: the next request's channel, or null when the session is over.</summary>
    public Task<LinkChannel?> AcceptChannelAsync(CancellationToken cancellation) => throw new NotImplementedException();

    public ValueTask DisposeAsync() => throw new NotImplementedException();
}
