namespace Edge.Device.State;

/// <summary>
/// The device's time: a board without a battery clock starts anywhere, so each host's hello sets it. Only the wall clock
/// and the offset move; timestamps and timers run on undisturbed.
/// </summary>
public sealed class DeviceClock(TimeProvider board) : TimeProvider
{
    private static readonly TimeSpan OffsetMax = TimeSpan.FromHours(14);
    private volatile Setting setting = new(TimeSpan.Zero, TimeZoneInfo.Utc);

    public override TimeZoneInfo LocalTimeZone => setting.Zone;

    public override long TimestampFrequency => board.TimestampFrequency;

    public override DateTimeOffset GetUtcNow()
    {
        var now = board.GetUtcNow();
        var shift = setting.Shift;
        // A nonsense hello must not carry the clock out of the calendar.
        return shift > DateTimeOffset.MaxValue - now || shift < DateTimeOffset.MinValue - now ? now : now + shift;
    }

    public override long GetTimestamp() => board.GetTimestamp();

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
        board.CreateTimer(callback, state, dueTime, period);

    /// <summary>Takes the host's time. Values that no calendar has are ignored.</summary>
    /// <param name="utcTicks">Ticks of the host's UTC clock.</param>
    /// <param name="offsetMinutes">The host's offset from UTC, minutes.</param>
    public void Set(long utcTicks, int offsetMinutes)
    {
        var offset = TimeSpan.FromMinutes(offsetMinutes);
        if (utcTicks < 0 || utcTicks > DateTimeOffset.MaxValue.Ticks || offset.Duration() > OffsetMax)
            return;
        var zone =
            offsetMinutes == 0
                ? TimeZoneInfo.Utc
                : TimeZoneInfo.CreateCustomTimeZone("host", offset, "the host's time", "the host's time");
        setting = new Setting(new DateTimeOffset(utcTicks, TimeSpan.Zero) - board.GetUtcNow(), zone);
    }

    private sealed record Setting(TimeSpan Shift, TimeZoneInfo Zone);
}
