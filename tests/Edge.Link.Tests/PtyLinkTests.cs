namespace Edge.Link.Tests;

/// <summary>Real pseudo-terminals of this system.</summary>
public sealed class PtyLinkTests : IAsyncLifetime
{
    private static readonly TimeSpan Patience = LinkPair.Patience;
    private LinkListener listener = null!;

    public ValueTask InitializeAsync()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "pseudo-terminals are used on Linux only");
        listener = LinkAddress.Parse("pty").Listen();
        return default;
    }

    public async ValueTask DisposeAsync()
    {
        if (listener is not null)
            await listener.DisposeAsync();
    }

    [Fact]
    public async Task A_question_crosses_a_pseudo_terminal()
    {
        Assert.StartsWith("serial:/dev/pts/", listener.HostAddress, StringComparison.Ordinal);
        await using var pair = await ConnectAsync();
        await UnixLinkTests.AskOnceAsync(pair);
    }

    [Fact]
    public async Task Every_byte_value_crosses_both_ways_unchanged()
    {
        await using var host = await HostEndAsync();
        var accepting = listener.AcceptAsync(CancellationToken.None);
        var all = Enumerable.Range(0, 4096).Select(i => (byte)i).ToArray();
        await host.WriteAsync(all.AsMemory(0, 256));
        await using var device = await accepting.WaitAsync(Patience);
        var got = new byte[256];
        await device.ReadExactlyAsync(got).AsTask().WaitAsync(Patience);
        Assert.Equal(all[..256], got);
        var back = new byte[all.Length];
        var reading = host.ReadExactlyAsync(back).AsTask();
        await device.WriteAsync(all).AsTask().WaitAsync(Patience);
        await reading.WaitAsync(Patience);
        Assert.Equal(all, back);
    }

    [Fact]
    public async Task Three_hosts_that_vanish_without_goodbye_are_followed_by_a_fourth()
    {
        for (var i = 0; i < 3; i++)
        {
            var hostEnd = await HostEndAsync();
            var pair = await ConnectAsync(hostEnd);
            var (_, device) = await pair.OpenAsync();
            await hostEnd.DisposeAsync();
            await pair.Device.Completion.WaitAsync(Patience);
            await SessionTests.UntilAsync(() => device.Closed.IsCancellationRequested);
            await pair.DisposeAsync();
        }
        await using var last = await ConnectAsync();
        await UnixLinkTests.AskOnceAsync(last);
    }

    [Fact]
    public async Task A_host_that_connects_before_the_device_accepts_is_served()
    {
        var connecting = LinkSession.ConnectAsync(
            await HostEndAsync(),
            LinkPair.HostHello,
            TimeProvider.System,
            Patience,
            CancellationToken.None
        );
        await Task.Delay(600);
        await using var device = await LinkSession
            .AcceptAsync(
                await listener.AcceptAsync(CancellationToken.None).WaitAsync(Patience),
                () => LinkPair.DeviceHello,
                TimeProvider.System,
                CancellationToken.None
            )
            .WaitAsync(Patience);
        await using var host = await connecting.WaitAsync(Patience);
    }

    [Fact]
    public async Task A_device_that_ends_a_session_serves_the_same_host_program_again()
    {
        var pair = await ConnectAsync();
        await pair.Device.DisposeAsync();
        Assert.Equal("closed by device", await pair.Host.Completion.WaitAsync(Patience));
        await pair.DisposeAsync();
        await using var again = await ConnectAsync();
        await UnixLinkTests.AskOnceAsync(again);
    }

    [Fact]
    public async Task Ten_megabytes_cross_a_pseudo_terminal_whole()
    {
        await using var pair = await ConnectAsync();
        var (host, device) = await pair.OpenAsync();
        var chunk = new byte[50_000];
        new Random(11).NextBytes(chunk);
        var sending = Task.Run(async () =>
        {
            for (var i = 0; i < 200; i++)
                await host.SendBytesAsync(chunk, CancellationToken.None);
        });
        for (var i = 0; i < 200; i++)
            Assert.Equal(chunk, (await device.ReceiveBytesAsync(CancellationToken.None).WaitAsync(Patience)).ToArray());
        await sending;
    }

    [Fact]
    public async Task A_second_program_cannot_open_the_same_line()
    {
        await using var first = await HostEndAsync();
        var error = await Assert.ThrowsAsync<LinkException>(HostEndAsync);
        Assert.Contains("in use by another program", error.Message, StringComparison.Ordinal);
        await first.DisposeAsync();
        await using var second = await HostEndAsync();
    }

    [Fact]
    public async Task Disposing_wakes_a_read_that_waits()
    {
        var host = await HostEndAsync();
        var reading = host.ReadAsync(new byte[10]).AsTask();
        await Task.Delay(50);
        await host.DisposeAsync();
        await Assert.ThrowsAnyAsync<Exception>(() => reading.WaitAsync(Patience));

        var accepting = listener.AcceptAsync(CancellationToken.None);
        await listener.DisposeAsync();
        await Assert.ThrowsAnyAsync<Exception>(() => accepting.WaitAsync(Patience));
    }

    [Fact]
    public async Task A_device_side_that_closes_is_the_end_of_the_hosts_stream()
    {
        await using var host = await HostEndAsync();
        await listener.DisposeAsync();
        Assert.Equal(0, await host.ReadAsync(new byte[10]).AsTask().WaitAsync(Patience));
    }

    [Theory]
    [InlineData("serial:/dev/does-not-exist", "cannot open")]
    [InlineData("serial:/dev/null", "is no terminal")]
    public async Task A_line_that_is_none_is_a_clear_error(string address, string expected)
    {
        var error = await Assert.ThrowsAsync<LinkException>(() =>
            LinkAddress.Parse(address).ConnectAsync(CancellationToken.None)
        );
        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
        await using var serial = LinkAddress.Parse(address).Listen();
        await Assert.ThrowsAsync<LinkException>(() => serial.AcceptAsync(CancellationToken.None));
    }

    [Fact]
    public async Task A_serial_listener_serves_a_session_and_the_next()
    {
        // The other way round: the device opens the slave as its serial port, the host's end is the master.
        await using var serial = LinkAddress.Parse(listener.HostAddress).Listen();
        for (var i = 0; i < 2; i++)
        {
            var deviceEnd = await serial.AcceptAsync(CancellationToken.None).WaitAsync(Patience);
            await deviceEnd.WriteAsync(new byte[] { 0x55 });
            var hostEnd = await listener.AcceptAsync(CancellationToken.None).WaitAsync(Patience);
            await using var pair = await LinkPair.MakeAsync(hostEnd, deviceEnd);
            await UnixLinkTests.AskOnceAsync(pair);
        }
    }

    private Task<Stream> HostEndAsync() => LinkAddress.Parse(listener.HostAddress).ConnectAsync(CancellationToken.None);

    private async Task<LinkPair> ConnectAsync(Stream? hostEnd = null)
    {
        hostEnd ??= await HostEndAsync();
        var connecting = LinkSession.ConnectAsync(
            hostEnd,
            LinkPair.HostHello,
            TimeProvider.System,
            Patience,
            CancellationToken.None
        );
        var deviceEnd = await listener.AcceptAsync(CancellationToken.None).WaitAsync(Patience);
        var device = await LinkSession
            .AcceptAsync(deviceEnd, () => LinkPair.DeviceHello, TimeProvider.System, CancellationToken.None)
            .WaitAsync(Patience);
        return new LinkPair(await connecting.WaitAsync(Patience), device);
    }
}
