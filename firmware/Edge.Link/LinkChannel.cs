using System.Text.Json.Serialization.Metadata;

namespace Edge.Link;

/// <summary>
/// One request and its answer: messages (source-generated JSON, 1 MiB at most) and chunks of bytes (64 KiB at most) in
/// order, both ways, with back-pressure. Closing it is how a request is cancelled. A <see cref="RefusedException"/>
/// thrown by the other side's handler arrives here as a <see cref="RefusedException"/>.
/// </summary>
public sealed class LinkChannel : IAsyncDisposable
{
    public string Operation => throw new NotImplementedException();

    /// <summary>Cancelled when the other side closes the channel or the session ends.</summary>
    public CancellationToken Closed => throw new NotImplementedException();

    public Task SendAsync<T>(T message, JsonTypeInfo<T> type, CancellationToken cancellation) =>
        throw new NotImplementedException();

    /// <summary>Sends bytes as one chunk.</summary>
    public Task SendBytesAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellation) =>
        throw new NotImplementedException();

    /// <summary>Tells the other side that the request is refused or failed; nothing may follow.</summary>
    public Task RefuseAsync(string message, CancellationToken cancellation) => throw new NotImplementedException();

    /// <exception cref="RefusedException">The other side refused.</exception>
    /// <exception cref="LinkException">The link or channel ended, or something else came than a message of this type.</exception>
    public Task<T> ReceiveAsync<T>(JsonTypeInfo<T> type, CancellationToken cancellation) =>
        throw new NotImplementedException();

    /// <summary>The next chunk; length 0 is never sent. Exceptions as for <see cref="ReceiveAsync{T}"/>.</summary>
    public Task<ReadOnlyMemory<byte>> ReceiveBytesAsync(CancellationToken cancellation) =>
        throw new NotImplementedException();

    public ValueTask DisposeAsync() => throw new NotImplementedException();
}
