using Edge.Training.Run;

namespace Edge.Training.Reports;

/// <summary>
/// Keeps report.html in a run's folder up to date: at each judgement and when asked. Stands behind
/// <see cref="RunFolder"/>, whose file it reads. A page that cannot be written is said once and stops nothing.
/// </summary>
public sealed class ReportWriter(string folder, ITrainingWatcher next) : ITrainingWatcher
{
    public const string PageName = "report.html";

    private bool _failed;

    public void Said(string line) => next.Said(line);

    public void Stepped(StepReport report) => next.Stepped(report);

    public void Judged(JudgementReport report)
    {
        next.Judged(report);
        Write();
    }

    public void Sampled(SampleReport report) => next.Sampled(report);

    public void Write()
    {
        try
        {
            ReportPage.Save([RunHistory.Read(folder)], Path.Combine(folder, PageName));
            _failed = false;
        }
        catch (Exception trouble) when (trouble is IOException or UnauthorizedAccessException or TrainingException)
        {
            if (!_failed)
                next.Said($"{PageName} could not be written ({trouble.Message}); the run goes on");
            _failed = true;
        }
    }
}
