using System.Net.Sockets;
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

    [Fact]
    public async Task A_second_host_is_told_that_the_device_is_busy_and_the_first_is_not_disturbed()
    {
        var clock = new FakeClock();
        await using var listener = LinkAddress.Parse(Address).Listen(clock);
        await using var first = await ConnectAsync(listener);
        var secondEnd = await LinkAddress.Parse(Address).ConnectAsync(CancellationToken.None);
        var second = LinkSession.ConnectAsync(
            secondEnd,
            LinkPair.HostHello,
            TimeProvider.System,
            Patience,
            CancellationToken.None
        );
        while (!second.IsCompleted)
        {
            clock.Advance(TimeSpan.FromMilliseconds(500));
            await Task.WhenAny(second, Task.Delay(20));
        }
        var error = await Assert.ThrowsAsync<LinkException>(() => second);
        Assert.Contains("the device is busy with another host", error.Message, StringComparison.Ordinal);
        await AskOnceAsync(first);
    }

    [Fact]
    public async Task A_host_that_vanishes_is_seen_at_once_and_the_next_is_served()
    {
        await using var listener = LinkAddress.Parse(Address).Listen();
        var accepting = listener.AcceptAsync(CancellationToken.None);
        var hostEnd = await LinkAddress.Parse(Address).ConnectAsync(CancellationToken.None);
        var pair = await LinkPair.MakeAsync(hostEnd, await accepting.WaitAsync(Patience));
        await hostEnd.DisposeAsync();
        Assert.Contains("without goodbye", await pair.Device.Completion.WaitAsync(Patience), StringComparison.Ordinal);
        await pair.Device.DisposeAsync();
        await using var next = await ConnectAsync(listener);
        await AskOnceAsync(next);
    }

    [Fact]
    public async Task A_socket_file_left_by_a_dead_device_is_replaced_and_has_mode_600()
    {
        using (var dead = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified))
        {
            dead.Bind(new UnixDomainSocketEndPoint(folder["dead"]));
            File.Move(folder["dead"], folder["link"]);
        }
        Assert.True(Path.Exists(folder["link"]));
        await using var listener = LinkAddress.Parse(Address).Listen();
        if (!OperatingSystem.IsWindows())
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(folder["link"]));
        await using var pair = await ConnectAsync(listener);
    }

    [Fact]
    public async Task A_socket_on_which_a_device_answers_is_left_to_it()
    {
        await using var listener = LinkAddress.Parse(Address).Listen();
        var error = Assert.Throws<LinkException>(() => LinkAddress.Parse(Address).Listen());
        Assert.Contains("another program answers there", error.Message, StringComparison.Ordinal);
        // The second program's look is a host that leaves at once.
        await Assert.ThrowsAsync<LinkException>(async () =>
            await LinkSession.AcceptAsync(
                await listener.AcceptAsync(CancellationToken.None).WaitAsync(Patience),
                () => LinkPair.DeviceHello,
                TimeProvider.System,
                CancellationToken.None
            )
        );
        await using var pair = await ConnectAsync(listener);
    }

    [Fact]
    public void A_file_that_is_no_socket_is_never_replaced()
    {
        File.WriteAllText(folder["link"], "");
        var error = Assert.Throws<LinkException>(() => LinkAddress.Parse(Address).Listen());
        Assert.Contains("cannot listen at", error.Message, StringComparison.Ordinal);
        Assert.True(File.Exists(folder["link"]));
    }

    [Fact]
    public async Task A_path_where_nobody_listens_and_one_too_long_are_clear_errors()
    {
        var nobody = await Assert.ThrowsAsync<LinkException>(() =>
            LinkAddress.Parse(Address).ConnectAsync(CancellationToken.None)
        );
        Assert.Contains("no device at unix:", nobody.Message, StringComparison.Ordinal);
        var tooLong = await Assert.ThrowsAsync<LinkException>(() =>
            LinkAddress.Parse($"unix:/tmp/{new string('x', 200)}").ConnectAsync(CancellationToken.None)
        );
        Assert.Contains("shorter path", tooLong.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("unix:")]
    [InlineData("tcp:1.2.3.4")]
    [InlineData("pty:x")]
    public void An_address_of_another_form_is_told_the_three(string text)
    {
        var error = Assert.Throws<ArgumentException>(() => LinkAddress.Parse(text));
        Assert.Contains("unix:PATH, serial:DEVICE or (device only) pty", error.Message, StringComparison.Ordinal);
    }

    private async Task<LinkPair> ConnectAsync(LinkListener listener)
    {
        var accepting = listener.AcceptAsync(CancellationToken.None);
        var hostEnd = await LinkAddress.Parse(Address).ConnectAsync(CancellationToken.None);
        return await LinkPair.MakeAsync(hostEnd, await accepting.WaitAsync(Patience));
    }

    internal static async Task AskOnceAsync(LinkPair pair)
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
