using Edge.Link.Messages;

namespace Edge.Link.Tests;

/// <summary>A host's and a device's session over one line.</summary>
internal sealed class LinkPair(LinkSession host, LinkSession device) : IAsyncDisposable
{
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    public LinkSession Host { get; } = host;
    public LinkSession Device { get; } = device;

    public static LinkHello HostHello { get; } = new(1, "00112233445566778899aabbccddeeff", "laptop", 1, 60);
    public static LinkHello DeviceHello { get; } = new(1, "ffeeddccbbaa99887766554433221100", "edge", 2, 0);

    public static async Task<LinkPair> MakeAsync(Stream hostEnd, Stream deviceEnd, TimeProvider? clock = null)
    {
        clock ??= TimeProvider.System;
        var accepting = LinkSession.AcceptAsync(deviceEnd, () => DeviceHello, clock, CancellationToken.None);
        var host = await LinkSession
            .ConnectAsync(hostEnd, HostHello, clock, Patience, CancellationToken.None)
            .WaitAsync(Patience);
        return new LinkPair(host, await accepting.WaitAsync(Patience));
    }

    public async Task<(LinkChannel Host, LinkChannel Device)> OpenAsync(string operation = Operations.Ask)
    {
        var host = await Host.OpenAsync(operation, CancellationToken.None).WaitAsync(Patience);
        var device = await Device.AcceptChannelAsync(CancellationToken.None).WaitAsync(Patience);
        Assert.NotNull(device);
        return (host, device);
    }

    public async ValueTask DisposeAsync()
    {
        await Host.DisposeAsync();
        await Device.DisposeAsync();
    }
}
