using System.Globalization;
using Edge.Training.Reports;
using Edge.Training.Run;

namespace Edge.Cli.Output;

/// <summary>One row of edge train bench.</summary>
/// <param name="StepMs">The median step.</param>
/// <param name="PeakShare">Of the fp32 multiply-adds that the same threads reached in the same run.</param>
/// <param name="BestPeakShare">The same for the fastest step: on a shared machine, the one that was disturbed least.</param>
internal sealed record TrainBenchRow(
    string Shape,
    long Parameters,
    int Threads,
    string Optimizer,
    double StepMs,
    double TokensPerSecond,
    double FlopsPerSecond,
    double PeakFlopsPerSecond,
    double PeakShare,
    double BestPeakShare
);

/// <summary>The result of edge train.</summary>
/// <param name="Loss">Nats a judged token, mean of about the last twenty steps.</param>
/// <param name="Lines">Of a model of lines, such as names: what it makes up.</param>
internal sealed record TrainResult(
    string Model,
    long Tokens,
    double Seconds,
    double Loss,
    double? BitsPerByte,
    double? Int8BitsPerByte,
    double TokensPerSecond,
    double PeakShare,
    NewLines? Lines
);

/// <summary>The result of edge train report.</summary>
internal sealed record TrainReportResult(string Report, string? Picture, IReadOnlyList<RunSummary> Runs);

/// <summary>
/// A run on the terminal: five live lines, and a line that stays for each judgement and sample. Where stderr is not a
/// terminal, a line from time to time.
/// </summary>
/// <param name="peak">Of this machine, in fp32 operations a second on the threads that train.</param>
internal sealed class TrainingScreen(Terminal terminal, double peak) : ITrainingWatcher
{
    /// <summary>Of the running means: about twenty steps.</summary>
    private const double Memory = 0.95;

    private const int BarWidth = 24;
    private const int CurveWidth = 24;
    private const string CurveLevels = "▁▂▃▄▅▆▇█";

    private static readonly TimeSpan RedrawEvery = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan SayEvery = TimeSpan.FromSeconds(15);

    private readonly List<double> _paces = [];
    private readonly List<double> _losses = [];
    private double _loss;
    private double _pace;
    private double _secondsPerStep;
    private long _tokens;
    private double _seconds;
    private JudgementReport? _judged;
    private SampleReport? _sampled;
    private string _stage = "";
    private long _shownAt;

    public void Said(string line) => terminal.Say(line);

    public void Stepped(StepReport report)
    {
        var first = _stage != report.Stage;
        if (first)
            _losses.Clear();
        _stage = report.Stage;
        _loss = Mean(_loss, report.Loss);
        _pace = Mean(_pace, report.TokensPerSecond);
        var left = report.Steps - report.Step;
        if (left > 0)
            _secondsPerStep = Mean(_secondsPerStep, report.SecondsLeft / left);
        _tokens = report.Tokens;
        _seconds = report.Seconds;
        _paces.Add(report.FlopsPerSecond);
        _losses.Add(_loss);
        var every = terminal.IsInteractive ? RedrawEvery : SayEvery;
        if (!first && left > 0 && terminal.Clock.GetElapsedTime(_shownAt) < every)
            return;
        _shownAt = terminal.Clock.GetTimestamp();
        if (terminal.IsInteractive)
            terminal.Draw(Block(report));
        else
            terminal.Say($"{Place(report)}  {Losses()}  {Machine(report)}  {Left(_secondsPerStep * left)} left");

        double Mean(double old, double now) => first ? now : (Memory * old) + ((1 - Memory) * now);
    }

    public void Judged(JudgementReport report)
    {
        _judged = report;
        terminal.Say(Text($"{report.Stage} {report.Step:N0}: {Losses()}, {Bits(report)}"));
    }

    public void Sampled(SampleReport report)
    {
        _sampled = report;
        terminal.Say($"  {Shown(report)}");
    }

    public TrainResult Result(string model, NewLines? lines)
    {
        _paces.Sort();
        var pace = _paces.Count > 0 ? _paces[_paces.Count / 2] : 0;
        return new TrainResult(
            model,
            _tokens,
            _seconds,
            _loss,
            _judged?.BitsPerByte,
            _judged?.Int8BitsPerByte,
            _seconds > 0 ? _tokens / _seconds : 0,
            pace / peak,
            lines
        );
    }

    /// <summary>What is drawn over and over; cut at the right where the terminal is narrow.</summary>
    private string[] Block(StepReport report)
    {
        var filled = (int)(BarWidth * report.Step / report.Steps);
        var bar = new string('#', filled) + new string('.', BarWidth - filled);
        return
        [
            $"{Place(report)}  [{bar}]  {Left(_secondsPerStep * (report.Steps - report.Step))} left",
            $"{Losses()}  {Curve()}",
            _judged is null ? "not judged yet" : Bits(_judged),
            Machine(report),
            _sampled is null ? "no sample yet" : Shown(_sampled),
        ];
    }

    private static string Place(StepReport report) => Text($"{report.Stage} {report.Step:N0}/{report.Steps:N0}");

    private string Losses() => Text($"loss {_loss:0.000}");

    private static string Bits(JudgementReport judged) =>
        Text($"{judged.BitsPerByte:0.0000} bits per byte on held-out text, {judged.Int8BitsPerByte:0.0000} as int8");

    private string Machine(StepReport report) =>
        Text(
            $"{_pace:N0} tokens/s  {_pace * report.FlopsPerSecond / report.TokensPerSecond / peak:P0} of this machine's peak  {Environment.WorkingSet / 1e6:N0} MB"
        );

    /// <summary>The smoothed loss of the stage so far, in a few letters.</summary>
    private string Curve()
    {
        var (low, high) = (_losses.Min(), _losses.Max());
        var count = Math.Min(CurveWidth, _losses.Count);
        var curve = new char[count];
        for (var i = 0; i < count; i++)
        {
            var loss = _losses[(int)((long)(_losses.Count - 1) * (i + 1) / count)];
            var level = high > low ? (loss - low) / (high - low) * (CurveLevels.Length - 1) : 0;
            curve[i] = CurveLevels[(int)Math.Round(level)];
        }
        return new string(curve);
    }

    private static string Shown(SampleReport sample) => $"{OneLine(sample.Prompt)}→ {OneLine(sample.Text)}";

    /// <summary>Text that a model wrote: a control character would move the cursor.</summary>
    private static string OneLine(string text) => string.Concat(text.Select(c => char.IsControl(c) ? ' ' : c));

    private static string Left(double seconds) =>
        seconds < 90 ? Text($"{seconds:0} s")
        : seconds < 5400 ? Text($"{seconds / 60:0} min")
        : Text($"{seconds / 3600:0.0} h");

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
