namespace Edge.Cli.Output;

/// <summary>
/// One line on a terminal that says how far long work is, at most ten times a second, and goes when the work ends.
/// Silent where stderr is not a terminal.
/// </summary>
internal sealed class ProgressLine(Terminal terminal, string label) : IDisposable
{
    private const int BarWidth = 24;
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(100);

    private readonly Lock _gate = new();
    private long _drawnAt;
    private bool _drawn;

    /// <param name="done">Units done.</param>
    /// <param name="total">Units in all; 0 when not known.</param>
    /// <param name="detail">What is being worked on; cut to fit.</param>
    public void Report(long done, long total, string detail = "")
    {
        if (!terminal.IsInteractive)
            return;
        lock (_gate)
        {
            if (_drawn && done < total && terminal.Clock.GetElapsedTime(_drawnAt) < Interval)
                return;
            _drawn = true;
            _drawnAt = terminal.Clock.GetTimestamp();
        }
        terminal.Draw(Line(label, done, total, detail));
    }

    public static string Line(string label, long done, long total, string detail)
    {
        if (detail.Length > 30)
            detail = "…" + detail[^29..];
        if (total <= 0)
            return $"{label} {detail}";
        var filled = (int)(Math.Clamp(done, 0, total) * BarWidth / total);
        return $"{label} [{new string('#', filled)}{new string('.', BarWidth - filled)}] {done:N0} of {total:N0} {detail}";
    }

    /// <summary>Takes the line off the terminal; a later report draws it again.</summary>
    public void Clear()
    {
        if (!_drawn)
            return;
        _drawn = false;
        terminal.Draw("");
    }

    public void Dispose() => Clear();
}
