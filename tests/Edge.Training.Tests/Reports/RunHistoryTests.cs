using Edge.TestKit;
using Edge.Training.Reports;
using Edge.Training.Run;

namespace Edge.Training.Tests.Reports;

public sealed class RunHistoryTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Steps_judgements_samples_and_what_was_said_are_read()
    {
        var run = Read(
            Metrics.Said("width 32"),
            Metrics.Step("a", 1, 100, 5),
            Metrics.Step("a", 2, 200, 4),
            Metrics.Judged("a", 2, 200, 3),
            Metrics.Sample("a", 2, "Anna")
        );
        Assert.Equal([5, 4], run.Steps.Select(step => step.Loss));
        Assert.Equal((3.0, 1.5), (run.Judgements[0].BitsPerByte, run.Judgements[0].Sources["a.txt"]));
        Assert.Equal(("Anna", 200L), (run.Samples[0].Text, run.Samples[0].Tokens));
        Assert.Equal(["width 32"], run.Said);
        Assert.Equal("run", run.Name);
    }

    [Fact]
    public void A_torn_last_line_is_dropped_and_counted()
    {
        var run = Read(Metrics.Step("a", 1, 100, 5), Metrics.Step("a", 2, 200, 4)[..40]);
        Assert.Equal(1, Assert.Single(run.Steps).Step);
        Assert.Equal(1, run.LinesLeftOut);
    }

    [Fact]
    public void Lines_that_are_no_events_are_left_out_and_counted()
    {
        var run = Read("null", "[1]", "{\"event\":\"new\"}", "{\"event\":\"step\"}", "", Metrics.Step("a", 1, 100, 5));
        Assert.Single(run.Steps);
        Assert.Equal(4, run.LinesLeftOut);
    }

    [Fact]
    public void After_a_resume_the_later_steps_count_and_what_came_after_the_checkpoint_is_gone()
    {
        var run = Read(
            Metrics.Said("width 32"),
            Metrics.Step("a", 1, 100, 5),
            Metrics.Step("a", 2, 200, 4),
            Metrics.Judged("a", 2, 200, 3),
            Metrics.Step("a", 3, 300, 3.5),
            Metrics.Judged("a", 3, 300, 2.5),
            Metrics.Sample("a", 3, "lost"),
            // The process was killed; its checkpoint stood at step 2.
            Metrics.Said("width 32"),
            Metrics.Said("going on from step 2"),
            Metrics.Step("a", 3, 300, 3.25),
            Metrics.Sample("a", 3, "kept"),
            Metrics.Step("a", 4, 400, 3)
        );
        Assert.Equal([5, 4, 3.25, 3], run.Steps.Select(step => step.Loss));
        Assert.Equal(3, Assert.Single(run.Judgements).BitsPerByte);
        Assert.Equal("kept", Assert.Single(run.Samples).Text);
        Assert.Equal(["width 32", "going on from step 2"], run.Said);
    }

    [Fact]
    public void A_judgement_that_was_made_again_counts_once()
    {
        var run = Read(Metrics.Step("a", 1, 100, 5), Metrics.Judged("a", 1, 100, 3), Metrics.Judged("a", 1, 100, 2.9));
        Assert.Equal(2.9, Assert.Single(run.Judgements).BitsPerByte);
    }

    [Fact]
    public void A_run_begun_anew_forgets_the_one_before()
    {
        var run = Read(
            Metrics.Said("width 32"),
            Metrics.Step("a", 1, 100, 5),
            Metrics.Judged("a", 1, 100, 3),
            Metrics.Said("width 64"),
            Metrics.Step("a", 1, 100, 6)
        );
        Assert.Equal(6, Assert.Single(run.Steps).Loss);
        Assert.Empty(run.Judgements);
        Assert.Equal(["width 64"], run.Said);
    }

    [Fact]
    public void Steps_are_counted_through_all_stages()
    {
        var run = Read(
            Metrics.Step("a", 1, 100, 5),
            Metrics.Step("a", 2, 200, 4),
            Metrics.Step("b", 1, 250, 3),
            Metrics.Judged("b", 1, 250, 2),
            // Killed in the second stage, resumed in the first.
            Metrics.Step("a", 2, 200, 4.5),
            Metrics.Step("b", 1, 250, 3.5)
        );
        Assert.Equal([1, 2, 3], run.Steps.Select(step => step.TotalStep));
        Assert.Equal([5, 4.5, 3.5], run.Steps.Select(step => step.Loss));
        Assert.Empty(run.Judgements);
    }

    [Fact]
    public void A_folder_without_metrics_is_refused_with_its_name()
    {
        var refused = Assert.Throws<TrainingException>(() => RunHistory.Read(_folder["none"]));
        Assert.Contains("none", refused.Message, StringComparison.Ordinal);
        Assert.Contains("metrics.jsonl", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Runs_of_one_name_are_told_apart_by_their_paths()
    {
        Write("x/run", Metrics.Step("a", 1, 100, 5));
        Write("y/run", Metrics.Step("a", 1, 100, 5));
        Write("z", Metrics.Step("a", 1, 100, 5));
        var runs = RunHistory.ReadAll([_folder["x/run"], _folder["y/run"], _folder["z/metrics.jsonl"]]);
        Assert.Equal([_folder["x/run"], _folder["y/run"], "z"], runs.Select(run => run.Name));
    }

    [Fact]
    public void A_folder_that_is_opened_again_after_half_a_line_keeps_its_next_line_whole()
    {
        Directory.CreateDirectory(_folder["run"]);
        File.WriteAllText(_folder["run/metrics.jsonl"], Metrics.Step("a", 1, 100, 5) + "\n{\"event\":\"st");
        using (var small = new Run.SmallRun())
        using (var watcher = new RunFolder(_folder["run"], small))
            watcher.Said("going on");
        var run = RunHistory.Read(_folder["run"]);
        Assert.Equal(["going on"], run.Said);
        Assert.Equal(1, run.LinesLeftOut);
    }

    private RunHistory Read(params string[] lines)
    {
        Write("run", lines);
        return RunHistory.Read(_folder["run"]);
    }

    private void Write(string run, params string[] lines)
    {
        Directory.CreateDirectory(_folder[run]);
        File.WriteAllText(Path.Combine(_folder[run], "metrics.jsonl"), string.Join('\n', lines));
    }
}
