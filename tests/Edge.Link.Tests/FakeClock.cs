namespace Edge.Link.Tests;

/// <summary>A clock that a test moves.</summary>
internal sealed class FakeClock : TimeProvider
{
    private readonly Lock sync = new();
    private readonly List<Timer> timers = [];
    private TimeSpan now;

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override long GetTimestamp()
    {
        lock (sync)
            return now.Ticks;
    }

    public override DateTimeOffset GetUtcNow() => DateTimeOffset.UnixEpoch + TimeSpan.FromTicks(GetTimestamp());

    public void Advance(TimeSpan by)
    {
        TimeSpan target;
        lock (sync)
            target = now + by;
        while (true)
        {
            Timer? next;
            lock (sync)
            {
                next = timers.Where(timer => timer.Due <= target).MinBy(timer => timer.Due);
                now =
                    next is null ? target
                    : next.Due > now ? next.Due.Value
                    : now;
                if (next is null)
                    return;
                next.Due = next.Period > TimeSpan.Zero ? next.Due + next.Period : null;
            }
            next.Fire();
        }
    }

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new Timer(this, () => callback(state));
        timer.Change(dueTime, period);
        lock (sync)
            timers.Add(timer);
        return timer;
    }

    private sealed class Timer(FakeClock clock, Action fire) : ITimer
    {
        public TimeSpan? Due { get; set; }
        public TimeSpan Period { get; private set; }

        public void Fire() => fire();

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            lock (clock.sync)
            {
                Due = dueTime < TimeSpan.Zero ? null : clock.now + dueTime;
                Period = period;
            }
            return true;
        }

        public void Dispose()
        {
            lock (clock.sync)
                clock.timers.Remove(this);
        }

        public ValueTask DisposeAsync()
        {
            Dispose();
            return default;
        }
    }
}
