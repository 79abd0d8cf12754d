using Edge.Training.Data;
using Edge.Training.Recipes;

namespace Edge.Training.Run;

/// <summary>A run that is only measured: each stage ends when its time is spent, is judged then, and nothing is saved,
/// sampled or exported.</summary>
/// <param name="StageSeconds">Of training, for each stage of the recipe: see <see cref="StepBudget"/>.</param>
public sealed record Experiment(IReadOnlyList<double> StageSeconds);

/// <summary>
/// Training time: what the processor spent on steps, divided by the threads that compute. Neither a judgement nor another
/// program that took the cores for a while counts, as they would on a clock on the wall.
/// </summary>
internal sealed class StepBudget(double seconds, double secondsOfStep, int threads)
{
    private double _pace = secondsOfStep;
    private TimeSpan _begun;

    public double Spent { get; private set; }

    public bool IsSpent => Spent >= seconds;

    /// <summary>Of the budget that will be gone in the middle of the next step, 0 to 1.</summary>
    public double Share => Math.Min(1, (Spent + (_pace / 2)) / seconds);

    public void Begin() => _begun = Environment.CpuUsage.TotalTime;

    public void End()
    {
        var spent = (Environment.CpuUsage.TotalTime - _begun).TotalSeconds / threads;
        Spent += spent;
        _pace = (0.8 * _pace) + (0.2 * spent);
    }

    /// <summary>At the pace of now.</summary>
    public long StepsLeft => IsSpent ? 0 : Math.Max(1, (long)Math.Ceiling((seconds - Spent) / Math.Max(_pace, 1e-6)));
}

public sealed unsafe partial class TrainingRun
{
    /// <summary>Seconds of training in all stages, as <see cref="StepBudget"/> counts them; 0 unless it is an
    /// experiment.</summary>
    public double BudgetSpent { get; private set; }

    private bool RunToBudget(
        RecipeStage stage,
        TrainingData data,
        Batch batch,
        int micros,
        double seconds,
        CancellationToken cancellation
    )
    {
        var positions = (long)batch.Positions * micros;
        var budget = new StepBudget(seconds, SecondsOfStep(data, batch, micros), _options.Threads);
        var schedule = new Schedule(
            1,
            _dial.Warmup,
            _dial.Cooldown,
            _dial.FinalRate,
            (float)(stage.LearningRateScale ?? 1)
        );
        new Span<float>(_optimizer.First, (int)_optimizer.Length).Clear();
        new Span<float>(_optimizer.Second, (int)_optimizer.Length).Clear();
        while (!budget.IsSpent)
        {
            if (cancellation.IsCancellationRequested)
                return false;
            var rate = schedule.At(budget.Share);
            var started = _clock.GetTimestamp();
            budget.Begin();
            var (loss, norm) = Step(data, batch, micros, rate);
            budget.End();
            _step++;
            _tokens += positions;
            var taken = _clock.GetElapsedTime(started).TotalSeconds;
            _seconds += taken;
            Report(stage, _step + budget.StepsLeft, positions, loss, norm, rate, taken);
        }
        BudgetSpent += budget.Spent;
        new Judge(_network, data.Validation, _watcher).Run(stage.Name, _step, _tokens, _seconds);
        return true;
    }
}
