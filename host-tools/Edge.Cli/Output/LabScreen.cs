using Edge.Training.Run;

namespace Edge.Cli.Output;

/// <summary>Experiments on the terminal: a line that stays for each, and one live line.</summary>
internal sealed class LabScreen(Terminal terminal) : ITrainingWatcher
{
    public void Said(string line) => terminal.Say(line);

    public void Stepped(StepReport report) =>
        terminal.Draw(
            FormattableString.Invariant(
                $"{report.Stage} step {report.Step:N0} of about {report.Steps:N0}  loss {report.Loss:0.000}  {report.TokensPerSecond:N0} tokens/s"
            )
        );

    public void Judged(JudgementReport report) { }

    public void Sampled(SampleReport report) { }
}
