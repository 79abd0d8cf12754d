using System.Collections.Concurrent;
using Edge.Device.Panel;
using Edge.Device.Services;
using Edge.Link;

namespace Edge.Device.Tests;

/// <summary>A real device in this process: data folder, panel, server, on a unix socket or a pty.</summary>
internal sealed class TestDevice : IAsyncDisposable
{
    private readonly CancellationTokenSource stop = new();
    private readonly LinkListener listener;
    private readonly Task serving;
    private int disposed;

    private TestDevice(string data, string link)
    {
        listener = LinkAddress.Parse(link).Listen();
        Panel = new PanelLoop(new PanelState(), null, TimeProvider.System, Log.Enqueue);
        Appliance = Appliance.Open(new ApplianceOptions(data, "Test"), TimeProvider.System, Panel.Post, Log.Enqueue);
        serving = new DeviceServer(Appliance, listener, Panel.Picture).RunAsync(stop.Token);
    }

    public Appliance Appliance { get; }

    public PanelLoop Panel { get; }

    public ConcurrentQueue<string> Log { get; } = new();

    public string Link => listener.HostAddress;

    public string Notes => Appliance.Vault.Root;

    /// <param name="folder">Its data goes to "device" in there, its socket beside it.</param>
    /// <param name="pty">On a pseudo-terminal rather than a socket.</param>
    public static TestDevice Start(string folder, bool pty = false) =>
        new(Path.Combine(folder, "device"), pty ? "pty" : "unix:" + Path.Combine(folder, "edge.sock"));

    /// <summary>A session without a client: what a host of another version or with bad manners would have.</summary>
    public async Task<LinkSession> ConnectAsync(int version = LinkLimits.Version)
    {
        var cancellation = TestContext.Current.CancellationToken;
        var stream = await LinkAddress.Parse(Link).ConnectAsync(cancellation);
        var hello = new LinkHello(version, "00112233445566778899aabbccddeeff", "tester", 638_900_000_000_000_000, 60);
        return await LinkSession.ConnectAsync(
            stream,
            hello,
            TimeProvider.System,
            TimeSpan.FromSeconds(10),
            cancellation
        );
    }

    public void WriteNote(string path, string text)
    {
        var full = Path.Combine(Notes, path);
        Directory.CreateDirectory(Path.GetDirectoryName(full)!);
        File.WriteAllText(full, text);
    }

    public static async Task WaitUntilAsync(Func<bool> condition, string what)
    {
        for (var i = 0; i < 1000; i++)
        {
            if (condition())
                return;
            await Task.Delay(10, TestContext.Current.CancellationToken);
        }
        Assert.Fail("not within 10 s: " + what);
    }

    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref disposed, 1) != 0)
            return;
        await stop.CancelAsync();
        await serving;
        await Appliance.DisposeAsync();
        await Panel.DisposeAsync();
        await listener.DisposeAsync();
        stop.Dispose();
    }
}
