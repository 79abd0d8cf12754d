using System.Globalization;
using Edge.Training.Run;

namespace Edge.Cli.Output;

/// <summary>The result of edge train.</summary>
/// <param name="Loss">Nats a judged token, mean of about the last twenty steps.</param>
internal sealed record TrainResult(
    string Model,
    long Tokens,
    double Seconds,
    double Loss,
    double? BitsPerByte,
    double? Int8BitsPerByte,
    double TokensPerSecond,
    double PeakShare
);

/// <summary>A run on the terminal: one live line, and a line that stays for each judgement and sample.</summary>
/// <param name="peak">Of this machine, in fp32 operations a second on the threads that train.</param>
internal sealed class TrainingScreen(Terminal terminal, double peak) : ITrainingWatcher
{
    /// <summary>Of the running mean of the loss: about twenty steps.</summary>
    private const double Memory = 0.95;

    private readonly List<double> _paces = [];
    private double _loss;
    private long _tokens;
    private double _seconds;
    private JudgementReport? _judged;
    private string _stage = "";

    public void Said(string line) => terminal.Say(line);

    public void Stepped(StepReport report)
    {
        _loss = _stage == report.Stage ? (Memory * _loss) + ((1 - Memory) * report.Loss) : report.Loss;
        _stage = report.Stage;
        _tokens = report.Tokens;
        _seconds = report.Seconds;
        _paces.Add(report.FlopsPerSecond);
        var line = Text(
            $"{report.Stage} {report.Step:N0}/{report.Steps:N0}  loss {_loss:0.000}  {report.TokensPerSecond:N0} tokens/s  {report.FlopsPerSecond / peak:P0} of peak  {Environment.WorkingSet / 1e6:N0} MB  {Left(report.SecondsLeft)} left"
        );
        terminal.Draw(line);
        if (!terminal.IsInteractive && (report.Step == 1 || report.Step == report.Steps || report.Step % 50 == 0))
            terminal.Say(line);
    }

    public void Judged(JudgementReport report)
    {
        _judged = report;
        terminal.Say(
            Text(
                $"{report.Stage} {report.Step:N0}: {report.BitsPerByte:0.0000} bits per byte on held-out text, {report.Int8BitsPerByte:0.0000} as int8"
            )
        );
    }

    public void Sampled(SampleReport report) =>
        terminal.Say($"  {report.Prompt.ReplaceLineEndings(" ")}→ {report.Text.ReplaceLineEndings(" ")}");

    public TrainResult Result(string model)
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
            pace / peak
        );
    }

    private static string Left(double seconds) =>
        seconds < 90 ? Text($"{seconds:0} s")
        : seconds < 5400 ? Text($"{seconds / 60:0} min")
        : Text($"{seconds / 3600:0.0} h");

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
