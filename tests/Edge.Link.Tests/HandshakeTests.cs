using System.Text;
using Edge.Link.Framing;

namespace Edge.Link.Tests;

public sealed class HandshakeTests
{
    private static readonly TimeSpan Patience = LinkPair.Patience;

    [Fact]
    public async Task A_session_starts_after_garbage_on_both_sides()
    {
        var line = new MemoryLine();
        var random = new Random(3);
        var noise = new byte[40_000];
        random.NextBytes(noise);
        var writing = line.HostEnd.WriteAsync(noise).AsTask();
        await line.DeviceEnd.WriteAsync(Encoding.ASCII.GetBytes("edge login: \r\n"));
        await using var pair = await LinkPair.MakeAsync(line.HostEnd, line.DeviceEnd);
        await writing.WaitAsync(Patience);
        Assert.Equal("edge", pair.Host.Peer.Name);
        Assert.Equal("laptop", pair.Device.Peer.Name);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    public async Task A_session_starts_and_works_however_small_the_reads(int readBytes)
    {
        var line = new MemoryLine();
        line.HostEnd.ReadBytesMax = line.DeviceEnd.ReadBytesMax = readBytes;
        await using var pair = await LinkPair.MakeAsync(line.HostEnd, line.DeviceEnd);
        var (host, device) = await pair.OpenAsync();
        await host.SendBytesAsync(new byte[5000], CancellationToken.None);
        Assert.Equal(5000, (await device.ReceiveBytesAsync(CancellationToken.None).WaitAsync(Patience)).Length);
    }

    [Fact]
    public async Task A_host_of_another_version_is_told_both_versions()
    {
        var line = new MemoryLine();
        var future = LinkPair.DeviceHello with { Version = 9 };
        var accepting = LinkSession.AcceptAsync(
            line.DeviceEnd,
            () => future,
            TimeProvider.System,
            CancellationToken.None
        );
        var error = await Assert.ThrowsAsync<LinkException>(() => ConnectAsync(line.HostEnd));
        Assert.Contains("version 1", error.Message, StringComparison.Ordinal);
        Assert.Contains("version 9", error.Message, StringComparison.Ordinal);
        await using var device = await accepting.WaitAsync(Patience);
        Assert.Contains("without goodbye", await device.Completion.WaitAsync(Patience), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_device_answers_a_hello_of_another_version_and_waits_for_one_of_its_own()
    {
        var line = new MemoryLine();
        var accepting = LinkSession.AcceptAsync(
            line.DeviceEnd,
            () => LinkPair.DeviceHello,
            TimeProvider.System,
            CancellationToken.None
        );
        var other = HelloCodec.Encode(LinkPair.HostHello with { Version = 2 });
        await line.HostEnd.WriteAsync(FramingTests.Wire(FrameType.Hello, 5, other));
        var reply = await new FrameReader(line.HostEnd).ReadAsync(CancellationToken.None).AsTask().WaitAsync(Patience);
        Assert.Equal(1, HelloCodec.Decode(reply.Frame.Payload.Span).Hello!.Version);
        Assert.False(accepting.IsCompleted);
        await using var host = await ConnectAsync(line.HostEnd);
        await using var device = await accepting.WaitAsync(Patience);
    }

    [Fact]
    public async Task A_hello_with_members_of_a_later_version_is_understood()
    {
        var line = new MemoryLine();
        var accepting = LinkSession.AcceptAsync(
            line.DeviceEnd,
            () => LinkPair.DeviceHello,
            TimeProvider.System,
            CancellationToken.None
        );
        const string Json =
            """{"version":1,"id":"00112233445566778899","name":"later","utcTicks":5,"offsetMinutes":-60,"colour":"red"}""";
        await line.HostEnd.WriteAsync(FramingTests.Wire(FrameType.Hello, 5, Encoding.UTF8.GetBytes(Json)));
        await using var device = await accepting.WaitAsync(Patience);
        Assert.Equal(new LinkHello(1, "00112233445566778899", "later", 5, -60), device.Peer);
    }

    [Fact]
    public async Task A_device_that_does_not_answer_is_named_after_the_time_is_up()
    {
        var line = new MemoryLine();
        var clock = new FakeClock();
        var connecting = LinkSession.ConnectAsync(
            line.HostEnd,
            LinkPair.HostHello,
            clock,
            TimeSpan.FromSeconds(3),
            CancellationToken.None
        );
        var hellos = 0;
        var reader = new FrameReader(line.DeviceEnd);
        while (hellos < 12)
        {
            var read = await reader.ReadAsync(CancellationToken.None).AsTask().WaitAsync(Patience);
            Assert.Equal(FrameType.Hello, read.Frame.Type);
            hellos++;
            clock.Advance(TimeSpan.FromMilliseconds(LinkLimits.HelloRepeatMs));
        }
        var error = await Assert.ThrowsAsync<LinkException>(() => connecting.WaitAsync(Patience));
        Assert.Contains("did not answer within 3 s", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_device_that_leaves_before_it_answers_is_an_error_at_once()
    {
        var line = new MemoryLine();
        await line.DeviceEnd.DisposeAsync();
        await Assert.ThrowsAsync<LinkException>(() => ConnectAsync(line.HostEnd).WaitAsync(Patience));
    }

    [Theory]
    [InlineData("short", "laptop", 0, 0, "id must be")]
    [InlineData("00112233445566778899AABB", "laptop", 0, 0, "id must be")]
    [InlineData("00112233445566778899", "", 0, 0, "name must have")]
    [InlineData("00112233445566778899", "laptop", -1, 0, "is no date")]
    [InlineData("00112233445566778899", "laptop", 0, 9000, "offset from UTC")]
    public async Task A_hello_outside_the_limits_is_the_callers_mistake(
        string id,
        string name,
        long ticks,
        int offset,
        string expected
    )
    {
        var hello = new LinkHello(1, id, name, ticks, offset);
        var error = await Assert.ThrowsAsync<ArgumentException>(() =>
            LinkSession.ConnectAsync(
                new MemoryLine().HostEnd,
                hello,
                TimeProvider.System,
                Patience,
                CancellationToken.None
            )
        );
        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
    }

    private static Task<LinkSession> ConnectAsync(Stream line) =>
        LinkSession.ConnectAsync(line, LinkPair.HostHello, TimeProvider.System, Patience, CancellationToken.None);
}
