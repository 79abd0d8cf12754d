using Edge.Link.Messages;
using Edge.TestKit;

namespace Edge.Link.Tests;

public sealed class UnixLinkTests : IDisposable
{
    private static readonly TimeSpan Patience = LinkPair.Patience;
    private readonly TempFolder folder = new();

    private string Address => $"unix:{folder["link"]}";

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task A_question_crosses_a_unix_socket_and_its_answer_comes_back()
    {
        await using var listener = LinkAddress.Parse(Address).Listen();
        Assert.Equal(Address, listener.HostAddress);
        await using var pair = await ConnectAsync(listener);
        Assert.Equal(LinkPair.DeviceHello, pair.Host.Peer);
        Assert.Equal(LinkPair.HostHello, pair.Device.Peer);

        await AskOnceAsync(pair);
    }

    [Fact]
    public async Task Two_hosts_are_served_one_after_the_other()
    {
        await using var listener = LinkAddress.Parse(Address).Listen();
        for (var i = 0; i < 2; i++)
        {
            await using var pair = await ConnectAsync(listener);
            await AskOnceAsync(pair);
            await pair.Host.DisposeAsync();
            Assert.Equal("closed by host", await pair.Device.Completion.WaitAsync(Patience));
        }
    }

    private async Task<LinkPair> ConnectAsync(LinkListener listener)
    {
        var accepting = listener.AcceptAsync(CancellationToken.None);
        var hostEnd = await LinkAddress.Parse(Address).ConnectAsync(CancellationToken.None);
        return await LinkPair.MakeAsync(hostEnd, await accepting.WaitAsync(Patience));
    }

    private static async Task AskOnceAsync(LinkPair pair)
    {
        var (host, device) = await pair.OpenAsync();
        await host.SendAsync(new AskRequest("when is tea?"), LinkJson.Default.AskRequest, CancellationToken.None);
        var asked = await device.ReceiveAsync(LinkJson.Default.AskRequest, CancellationToken.None).WaitAsync(Patience);
        Assert.Equal("when is tea?", asked.Question);
        var text = new DeviceEvent { Text = new TextEvent("at five") };
        await device.SendAsync(text, LinkJson.Default.DeviceEvent, CancellationToken.None);
        var answer = new DeviceEvent { Ask = new AskReply("at five", false, [], 0.5, 12, "quoted") };
        await device.SendAsync(answer, LinkJson.Default.DeviceEvent, CancellationToken.None);
        await device.DisposeAsync();

        var first = await host.ReceiveAsync(LinkJson.Default.DeviceEvent, CancellationToken.None).WaitAsync(Patience);
        Assert.Equal("at five", first.Text!.Text);
        var last = await host.ReceiveAsync(LinkJson.Default.DeviceEvent, CancellationToken.None).WaitAsync(Patience);
        Assert.Equal("quoted", last.Ask!.WrittenBy);
        await host.DisposeAsync();
    }
}
