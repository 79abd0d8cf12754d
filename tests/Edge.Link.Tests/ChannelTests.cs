using Edge.Link.Messages;

namespace Edge.Link.Tests;

public sealed class ChannelTests
{
    private static readonly TimeSpan Patience = LinkPair.Patience;
    private static readonly CancellationToken None = CancellationToken.None;

    [Fact]
    public async Task A_host_that_closes_its_request_cancels_it_on_the_device()
    {
        await using var pair = await MakeAsync();
        var (host, device) = await pair.OpenAsync();
        Assert.Equal(Operations.Ask, device.Operation);
        await host.SendAsync(new AskRequest("?"), LinkJson.Default.AskRequest, None);
        await device.ReceiveAsync(LinkJson.Default.AskRequest, None).WaitAsync(Patience);
        await host.DisposeAsync();
        await SessionTests.UntilAsync(() => device.Closed.IsCancellationRequested);
        await Assert.ThrowsAsync<LinkException>(() =>
            device.SendAsync(new DeviceEvent(), LinkJson.Default.DeviceEvent, None)
        );
        await device.DisposeAsync();
        Assert.False(pair.Host.Completion.IsCompleted);
        await pair.OpenAsync();
    }

    [Fact]
    public async Task A_device_in_the_middle_of_sending_stops_when_the_host_closes()
    {
        await using var pair = await MakeAsync();
        var (host, device) = await pair.OpenAsync(Operations.SyncGet);
        var sending = Task.Run(async () =>
        {
            while (true)
                await device.SendBytesAsync(new byte[60_000], device.Closed);
        });
        await host.ReceiveBytesAsync(None).WaitAsync(Patience);
        await host.DisposeAsync();
        var error = await Assert.ThrowsAnyAsync<Exception>(() => sending.WaitAsync(Patience));
        Assert.True(error is LinkException or OperationCanceledException, error.ToString());
    }

    [Fact]
    public async Task What_was_sent_before_a_close_still_arrives_and_then_the_end()
    {
        await using var pair = await MakeAsync();
        var (host, device) = await pair.OpenAsync();
        for (var i = 1; i <= 20; i++)
            await device.SendBytesAsync(new byte[i], None);
        await device.DisposeAsync();
        for (var i = 1; i <= 20; i++)
            Assert.Equal(i, (await host.ReceiveBytesAsync(None).WaitAsync(Patience)).Length);
        var error = await Assert.ThrowsAsync<LinkException>(() => host.ReceiveBytesAsync(None).WaitAsync(Patience));
        Assert.Equal("ask: the other side closed the request before it was answered", error.Message);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(LinkLimits.ChunkBytesMax)]
    [InlineData(LinkLimits.ChunkBytesMax + 1)]
    [InlineData((3 * LinkLimits.ChunkBytesMax) - 7)]
    public async Task A_content_of_any_length_arrives_whole(int size)
    {
        await using var pair = await MakeAsync();
        var (host, device) = await pair.OpenAsync(Operations.SyncGet);
        var content = new byte[size];
        new Random(size).NextBytes(content);
        var sending = device.SendContentAsync(content, None);
        Assert.Equal(content, await host.ReceiveContentAsync("a.md", size, None).WaitAsync(Patience));
        await sending.WaitAsync(Patience);
    }

    [Fact]
    public async Task More_bytes_than_announced_are_refused_by_name()
    {
        await using var pair = await MakeAsync();
        var (host, device) = await pair.OpenAsync(Operations.SyncGet);
        await device.SendContentAsync(new byte[11], None);
        var error = await Assert.ThrowsAsync<LinkException>(() =>
            host.ReceiveContentAsync("a.md", 10, None).WaitAsync(Patience)
        );
        Assert.Equal("sync-get: a.md: more bytes came than the 10 announced", error.Message);
    }

    [Fact]
    public async Task A_refusal_reaches_a_host_that_receives_and_one_that_sends()
    {
        await using var pair = await MakeAsync();
        var (host, device) = await pair.OpenAsync(Operations.Flash);
        var sending = Task.Run(async () =>
        {
            while (true)
                await host.SendBytesAsync(new byte[60_000], None);
        });
        await device.RefuseAsync("the slot has 5 MB free, the model needs 7 MB", None);
        await device.DisposeAsync();
        var whileReceiving = await Assert.ThrowsAsync<RefusedException>(() =>
            host.ReceiveAsync(LinkJson.Default.DeviceEvent, None).WaitAsync(Patience)
        );
        Assert.Equal("the slot has 5 MB free, the model needs 7 MB", whileReceiving.Message);
        var whileSending = await Assert.ThrowsAsync<RefusedException>(() => sending.WaitAsync(Patience));
        Assert.Equal(whileReceiving.Message, whileSending.Message);
    }

    [Fact]
    public async Task A_refusal_is_the_last_word_and_is_cut_to_its_limit()
    {
        await using var pair = await MakeAsync();
        var (host, device) = await pair.OpenAsync();
        await device.RefuseAsync(new string('é', 10_000), None);
        await Assert.ThrowsAsync<InvalidOperationException>(() => device.SendBytesAsync(new byte[1], None));
        var error = await Assert.ThrowsAsync<RefusedException>(() => host.ReceiveBytesAsync(None).WaitAsync(Patience));
        Assert.Equal(new string('é', LinkLimits.RefusalBytesMax / 2), error.Message);
    }

    [Fact]
    public async Task Limits_hold_for_messages_and_chunks()
    {
        await using var pair = await MakeAsync();
        var (host, device) = await pair.OpenAsync();
        await Assert.ThrowsAsync<ArgumentException>(() => host.SendBytesAsync(default, None));
        await Assert.ThrowsAsync<ArgumentException>(() =>
            host.SendBytesAsync(new byte[LinkLimits.ChunkBytesMax + 1], None)
        );
        var tooLong = new AskRequest(new string('x', LinkLimits.MessageBytesMax));
        await Assert.ThrowsAsync<ArgumentException>(() => host.SendAsync(tooLong, LinkJson.Default.AskRequest, None));

        var longest = new AskRequest(new string('x', LinkLimits.MessageBytesMax - 20));
        await host.SendAsync(longest, LinkJson.Default.AskRequest, None).WaitAsync(Patience);
        Assert.Equal(longest, await device.ReceiveAsync(LinkJson.Default.AskRequest, None).WaitAsync(Patience));
        await host.SendBytesAsync(new byte[LinkLimits.ChunkBytesMax], None);
        Assert.Equal(LinkLimits.ChunkBytesMax, (await device.ReceiveBytesAsync(None).WaitAsync(Patience)).Length);
    }

    [Fact]
    public async Task Bytes_where_a_message_was_expected_are_named()
    {
        await using var pair = await MakeAsync();
        var (host, device) = await pair.OpenAsync();
        await host.SendBytesAsync(new byte[12], None);
        var error = await Assert.ThrowsAsync<LinkException>(() =>
            device.ReceiveAsync(LinkJson.Default.AskRequest, None).WaitAsync(Patience)
        );
        Assert.Equal("ask: expected a AskRequest, got Bytes of 12 bytes", error.Message);
    }

    [Fact]
    public async Task A_cancelled_receive_is_a_cancellation_and_loses_nothing()
    {
        await using var pair = await MakeAsync();
        var (host, device) = await pair.OpenAsync();
        using var cancel = new CancellationTokenSource();
        var receiving = host.ReceiveBytesAsync(cancel.Token);
        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => receiving.WaitAsync(Patience));
        await device.SendBytesAsync(new byte[3], None);
        Assert.Equal(3, (await host.ReceiveBytesAsync(None).WaitAsync(Patience)).Length);
    }

    [Fact]
    public async Task One_request_too_many_is_refused_and_a_closed_one_makes_room()
    {
        await using var pair = await MakeAsync();
        var open = new List<(LinkChannel Host, LinkChannel Device)>();
        for (var i = 0; i < LinkLimits.ChannelsMax; i++)
            open.Add(await pair.OpenAsync());
        var error = await Assert.ThrowsAsync<LinkException>(() =>
            pair.Host.OpenAsync(Operations.Ask, None).WaitAsync(Patience)
        );
        Assert.Contains("takes 32 at once", error.Message, StringComparison.Ordinal);
        await open[0].Host.DisposeAsync();
        await open[0].Device.DisposeAsync();
        // The count falls when both sides have seen the close.
        for (var tries = 0; ; tries++)
        {
            try
            {
                await pair.OpenAsync();
                break;
            }
            catch (LinkException) when (tries < 200)
            {
                await Task.Delay(5, None);
            }
        }
    }

    [Fact]
    public async Task A_hundred_megabytes_to_a_slow_reader_need_little_memory()
    {
        await using var pair = await MakeAsync();
        var (host, device) = await pair.OpenAsync(Operations.SyncPut);
        const int Chunks = 1600;
        var chunk = new byte[LinkLimits.ChunkBytesMax];
        new Random(5).NextBytes(chunk);
        var sent = 0;
        var sending = Task.Run(async () =>
        {
            for (; sent < Chunks; sent++)
                await host.SendBytesAsync(chunk, None);
        });
        // Nobody reads: the sender must come to a halt after the window, the queues and the line are full.
        var before = -1;
        while (Volatile.Read(ref sent) != before)
        {
            before = Volatile.Read(ref sent);
            await Task.Delay(300, None);
        }
        Assert.InRange(before, 1, 40);
        var memory = GC.GetTotalMemory(forceFullCollection: true);
        var peak = 0L;
        for (var i = 0; i < Chunks; i++)
        {
            Assert.Equal(chunk, (await device.ReceiveBytesAsync(None).WaitAsync(Patience)).ToArray());
            Assert.True(Volatile.Read(ref sent) - i <= 40, $"{sent} chunks sent, {i} received");
            if (i % 200 == 0)
                peak = Math.Max(peak, GC.GetTotalMemory(forceFullCollection: true));
        }
        await sending.WaitAsync(Patience);
        Assert.True(peak - memory < 8 << 20, $"memory grew by {peak - memory:N0} bytes");
    }

    [Fact]
    public async Task Operations_have_plain_names()
    {
        await using var pair = await MakeAsync();
        foreach (var name in (string[])["", "Ask", "a b", new string('a', 65)])
            await Assert.ThrowsAsync<ArgumentException>(() => pair.Host.OpenAsync(name, None));
    }

    private static Task<LinkPair> MakeAsync()
    {
        var line = new MemoryLine();
        return LinkPair.MakeAsync(line.HostEnd, line.DeviceEnd);
    }
}
