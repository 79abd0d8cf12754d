using Edge.Device.Services;

namespace Edge.Device.Tests.Services;

public sealed class EngineGateTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task One_request_at_a_time_uses_the_engine_and_status_says_which()
    {
        using var gate = new EngineGate();
        var first = await gate.EnterAsync("an answer", Cancellation);
        var second = gate.EnterAsync("a summary", Cancellation);
        Assert.False(second.IsCompleted);
        Assert.Equal("an answer", gate.BusyWith);
        first.Dispose();
        first.Dispose();
        using (await second)
            Assert.Equal("a summary", gate.BusyWith);
        Assert.Null(gate.BusyWith);
    }

    [Fact]
    public async Task Background_work_is_told_to_give_way_as_soon_as_a_request_waits()
    {
        using var gate = new EngineGate();
        var background = await gate.EnterBackgroundAsync("summaries", Cancellation);
        Assert.False(background.Cancellation.IsCancellationRequested);
        var request = gate.EnterAsync("an answer", Cancellation);
        Assert.True(background.Cancellation.IsCancellationRequested);
        background.Dispose();
        (await request).Dispose();
        using var again = await gate.EnterBackgroundAsync("summaries", Cancellation);
        Assert.False(again.Cancellation.IsCancellationRequested);
    }

    [Fact]
    public async Task A_request_that_gives_up_waiting_leaves_the_engine_usable()
    {
        using var gate = new EngineGate();
        using var gone = new CancellationTokenSource();
        var first = await gate.EnterAsync("an answer", Cancellation);
        var second = gate.EnterAsync("a summary", gone.Token);
        await gone.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => second);
        first.Dispose();
        using var background = await gate.EnterBackgroundAsync("summaries", Cancellation);
        Assert.False(background.Cancellation.IsCancellationRequested);
    }
}
