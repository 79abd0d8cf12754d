using Edge.Link.Framing;
using Edge.Link.Messages;

namespace Edge.Link.Tests;

public sealed class SessionTests
{
    private static readonly TimeSpan Patience = LinkPair.Patience;
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    [Fact]
    public async Task A_silent_host_is_given_up_after_five_seconds_and_not_before()
    {
        var clock = new FakeClock();
        var line = new MemoryLine();
        await using var device = await AcceptSilentHostAsync(line, clock);
        for (var i = 0; i < 4; i++)
            await AdvanceAsync(clock, line.DeviceEnd);
        Assert.False(device.Completion.IsCompleted);
        clock.Advance(Second);
        Assert.Equal("no sign of life for 5 s", await device.Completion.WaitAsync(Patience));
        Assert.Null(await device.AcceptChannelAsync(CancellationToken.None).WaitAsync(Patience));
    }

    [Fact]
    public async Task Heartbeats_keep_an_idle_session_alive()
    {
        var clock = new FakeClock();
        var line = new MemoryLine();
        await using var pair = await LinkPair.MakeAsync(line.HostEnd, line.DeviceEnd, clock);
        for (var i = 0; i < 30; i++)
        {
            var (host, device) = (line.HostEnd.Written, line.DeviceEnd.Written);
            clock.Advance(Second);
            await UntilAsync(() =>
                line.HostEnd.Written > host
                && line.DeviceEnd.Written > device
                && line.DeviceEnd.Processed == line.HostEnd.Written
                && line.HostEnd.Processed == line.DeviceEnd.Written
            );
        }
        Assert.False(pair.Host.Completion.IsCompleted);
        Assert.False(pair.Device.Completion.IsCompleted);
        await pair.OpenAsync();
    }

    [Fact]
    public async Task A_second_session_on_the_same_wire_works_after_the_first_ended()
    {
        // As on a serial port: the wire stays when a session ends, with whatever bytes are still on it.
        var line = new MemoryLine();
        var shared = new KeptOpen(line.DeviceEnd);
        var first = await LinkPair.MakeAsync(new KeptOpen(line.HostEnd), shared);
        var stuck = first.Device.AcceptChannelAsync(CancellationToken.None);
        await first.Host.DisposeAsync();
        await first.Device.Completion.WaitAsync(Patience);
        await first.Device.DisposeAsync();
        Assert.Null(await stuck.WaitAsync(Patience));
        await using var second = await LinkPair.MakeAsync(line.HostEnd, line.DeviceEnd);
        await second.OpenAsync();
    }

    [Fact]
    public async Task A_hello_in_mid_session_ends_it_with_its_reason()
    {
        var line = new MemoryLine();
        await using var device = await AcceptSilentHostAsync(line, TimeProvider.System);
        var hello = HelloCodec.Encode(LinkPair.HostHello);
        await line.HostEnd.WriteAsync(FramingTests.Wire(FrameType.Hello, 1234, hello));
        Assert.False(device.Completion.IsCompleted);
        await line.HostEnd.WriteAsync(FramingTests.Wire(FrameType.Hello, 4321, hello));
        Assert.Equal("a new host connected", await device.Completion.WaitAsync(Patience));
    }

    [Fact]
    public async Task Frames_of_an_old_session_and_of_unknown_types_are_skipped()
    {
        var line = new MemoryLine();
        await using var device = await AcceptSilentHostAsync(line, TimeProvider.System);
        await line.HostEnd.WriteAsync(FramingTests.Wire(FrameType.Bye, 999, []));
        await line.HostEnd.WriteAsync(FramingTests.Wire((FrameType)200, 1234, [1, 2, 3]));
        await line.HostEnd.WriteAsync(FramingTests.Wire(FrameType.Bye, 1234, []));
        Assert.Equal("closed by host", await device.Completion.WaitAsync(Patience));
    }

    [Fact]
    public async Task A_corrupt_byte_ends_the_session_on_both_sides_with_a_reason()
    {
        var line = new MemoryLine();
        await using var pair = await LinkPair.MakeAsync(line.HostEnd, line.DeviceEnd);
        var (host, _) = await pair.OpenAsync();
        line.HostEnd.DisturbNextWrite = true;
        await host.SendBytesAsync(new byte[1000], CancellationToken.None);
        var here = await pair.Device.Completion.WaitAsync(Patience);
        Assert.StartsWith("the line is disturbed: ", here, StringComparison.Ordinal);
        Assert.Equal($"closed by device: {here}", await pair.Host.Completion.WaitAsync(Patience));
    }

    [Fact]
    public async Task A_cut_line_fails_every_pending_call_at_once()
    {
        var line = new MemoryLine();
        await using var pair = await LinkPair.MakeAsync(line.HostEnd, line.DeviceEnd);
        var (host, device) = await pair.OpenAsync();
        var receiving = host.ReceiveAsync(LinkJson.Default.DeviceEvent, CancellationToken.None);
        var bulk = await pair.Host.OpenAsync(Operations.SyncPut, CancellationToken.None);
        var sending = Task.Run(async () =>
        {
            while (true)
                await bulk.SendBytesAsync(new byte[60_000], CancellationToken.None);
        });
        await line.DeviceEnd.DisposeAsync();

        var soon = TimeSpan.FromSeconds(3);
        await Assert.ThrowsAsync<LinkException>(() => receiving.WaitAsync(soon));
        await Assert.ThrowsAsync<LinkException>(() => sending.WaitAsync(soon));
        Assert.Contains("without goodbye", await pair.Host.Completion.WaitAsync(soon), StringComparison.Ordinal);
        await Assert.ThrowsAsync<LinkException>(() => pair.Host.OpenAsync(Operations.Ask, CancellationToken.None));
        await UntilAsync(() => host.Closed.IsCancellationRequested);
        await host.DisposeAsync();
        await device.DisposeAsync();
    }

    [Fact]
    public async Task Goodbye_of_either_side_is_the_reason_on_the_other()
    {
        var line = new MemoryLine();
        await using var pair = await LinkPair.MakeAsync(line.HostEnd, line.DeviceEnd);
        await pair.Device.DisposeAsync();
        Assert.Equal("closed by device", await pair.Host.Completion.WaitAsync(Patience));
        await pair.Device.DisposeAsync();
    }

    internal static async Task UntilAsync(Func<bool> condition)
    {
        var patience = new CancellationTokenSource(Patience);
        while (!condition())
            await Task.Delay(5, patience.Token);
    }

    private static async Task AdvanceAsync(FakeClock clock, MemoryLine.End speaking)
    {
        var before = speaking.Written;
        clock.Advance(Second);
        await UntilAsync(() => speaking.Written > before);
    }

    private static async Task<LinkSession> AcceptSilentHostAsync(MemoryLine line, TimeProvider clock)
    {
        var hello = HelloCodec.Encode(LinkPair.HostHello);
        await line.HostEnd.WriteAsync(FramingTests.Wire(FrameType.Hello, 1234, hello));
        var device = await LinkSession
            .AcceptAsync(line.DeviceEnd, () => LinkPair.DeviceHello, clock, CancellationToken.None)
            .WaitAsync(Patience);
        return device;
    }

    /// <summary>A stream that its session cannot close, like a wire.</summary>
    private sealed class KeptOpen(MemoryLine.End inner) : Stream
    {
        public override bool CanRead => true;
        public override bool CanWrite => true;
        public override bool CanSeek => false;
        public override long Length => inner.Length;
        public override long Position { get; set; }

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
            inner.ReadAsync(buffer, cancellationToken);

        public override ValueTask WriteAsync(
            ReadOnlyMemory<byte> buffer,
            CancellationToken cancellationToken = default
        ) => inner.WriteAsync(buffer, cancellationToken);

        public override Task FlushAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public override void Flush() { }

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();
    }
}
