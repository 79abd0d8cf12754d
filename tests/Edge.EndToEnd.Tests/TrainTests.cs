using System.Text.RegularExpressions;

namespace Edge.EndToEnd.Tests;

/// <summary>edge train as people use it: from a list to a model that runs.</summary>
public sealed partial class TrainTests
{
    [Fact]
    public async Task A_list_of_names_becomes_a_model_that_is_run_inspected_and_reported()
    {
        using var work = new TrainWorkplace(steps: 150);
        var trained = (await work.TrainAsync("run")).Exits(0);
        var model = work["run/model.gguf"];
        Assert.Matches(NewLines(), trained.Talk);
        Assert.Contains("bits per byte on held-out text", trained.Talk, StringComparison.Ordinal);
        Assert.DoesNotContain("\u001b", trained.Talk, StringComparison.Ordinal);
        var names = await File.ReadAllLinesAsync(work["names.txt"], TestContext.Current.CancellationToken);
        var made = trained.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.InRange(made.Length, 1, 10);
        Assert.Empty(made.Intersect(names));

        var run = (await EdgeProcess.EdgeAsync("run", model, "-p", "", "-n", "20", "--seed", "3", "--json")).Exits(0);
        Assert.NotEmpty(run.Json().GetProperty("text").GetString()!);
        var shape = (await EdgeProcess.EdgeAsync("inspect", model, "--json")).Exits(0).Json();
        Assert.Equal("Q8_0", shape.GetProperty("weight_type").GetString(), ignoreCase: true);
        Assert.Equal(
            (257, 32),
            (shape.GetProperty("vocab_size").GetInt32(), shape.GetProperty("shape").GetProperty("dim").GetInt32())
        );

        Assert.Contains("150", await PageAsync(work["run/report.html"]), StringComparison.Ordinal);
        var report = (
            await EdgeProcess.EdgeAsync(
                "train",
                "report",
                work["run"],
                "-o",
                work["c.html"],
                "--png",
                work["c.png"],
                "--json"
            )
        ).Exits(0);
        var summary = report.Json().GetProperty("runs")[0];
        Assert.Equal(
            (150, 150 * 256),
            (summary.GetProperty("steps").GetInt32(), summary.GetProperty("tokens").GetInt32())
        );
        Assert.Contains("bits per byte", await PageAsync(work["c.html"]), StringComparison.Ordinal);
        var picture = await File.ReadAllBytesAsync(work["c.png"], TestContext.Current.CancellationToken);
        Assert.Equal([.. "PNG"u8], picture[1..4]);

        // The same command on a finished run changes nothing.
        var before = work.Model("run");
        var again = (await work.TrainAsync("run", "--json")).Exits(0).Json();
        Assert.Equal(before, work.Model("run"));
        Assert.Equal(100, again.GetProperty("lines").GetProperty("sampled").GetInt32());
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task A_run_that_is_killed_again_and_again_ends_in_the_same_bits(int seed)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "there is no SIGKILL on Windows");
        using var work = new TrainWorkplace(steps: 40);
        (await work.TrainAsync("whole", "--threads", "2")).Exits(0);
        var random = new Random(seed);
        for (var kill = 1; kill <= 4; kill++)
        {
            // After some steps, and then at any moment of the next: in the middle of a checkpoint as often as not.
            var steps = work.Steps("killed") + random.Next(1, 8);
            string[] how = ["--threads", $"{1 + (kill % 2)}", "--save-every", "0"];
            await using var training = await work.StartAsync("killed", steps, how);
            await Task.Delay(random.Next(0, 30), TestContext.Current.CancellationToken);
            training.Process.Kill();
            await training.FinishAsync();
        }
        (await work.TrainAsync("killed")).Exits(0);
        Assert.True(work.Model("whole").AsSpan().SequenceEqual(work.Model("killed")), $"other bits, seed {seed}");
        Assert.True(work.Steps("killed") >= 40);
        var report = await EdgeProcess.EdgeAsync("train", "report", work["killed"], "-o", work["k.html"], "--json");
        Assert.Equal(40, report.Exits(0).Json().GetProperty("runs")[0].GetProperty("steps").GetInt32());
    }

    [Fact]
    public async Task Ctrl_C_on_a_terminal_saves_says_where_and_the_same_command_goes_on()
    {
        Assert.SkipUnless(File.Exists("/usr/bin/script"), "needs script(1) for a terminal");
        // So many that a busy machine cannot be through before the key is pressed.
        using var work = new TrainWorkplace(steps: 1500);
        var edge = EdgeProcess.PathOf("Edge.Cli", "edge");
        // The shell gives way to edge: one that waits (dash) would get the key as well, and end with its own 130.
        var command = string.Join(' ', (string[])["exec", edge, .. work.Arguments("run")]);
        string[] arguments = ["-qefc", command, "/dev/null"];
        await using var terminal = EdgeProcess.Start("/usr/bin/script", arguments, Terminal());
        while (!terminal.Process.HasExited && work.Steps("run") < 60)
            await Task.Delay(20, TestContext.Current.CancellationToken);
        await terminal.Process.StandardInput.WriteAsync('\u0003');
        await terminal.Process.StandardInput.FlushAsync(TestContext.Current.CancellationToken);
        var stopped = await terminal.FinishAsync();
        stopped.Exits(1);

        var text = stopped.Output;
        foreach (
            var live in (string[])
                ["spell 1/1,500  [", "loss ", "tokens/s", "of this machine's peak", " MB", " left", "\u001b[1A"]
        )
            Assert.True(text.Contains(live, StringComparison.Ordinal), $"\"{live}\" is not drawn\n{stopped}");
        Assert.True(
            text.Contains($"a checkpoint stands in {work["run"]}", StringComparison.Ordinal),
            stopped.ToString()
        );
        Assert.True(File.Exists(work["run/checkpoint.bin"]));
        Assert.True(File.Exists(work["run/report.html"]));

        var steps = work.Steps("run");
        Assert.InRange(steps, 60, 1499);
        var resumed = (await work.TrainAsync("run")).Exits(0);
        Assert.Contains($"going on from step {steps} ", resumed.Talk, StringComparison.Ordinal);
        Assert.Equal(1500, work.Steps("run"));
    }

    private static Dictionary<string, string> Terminal() => new() { ["TERM"] = "xterm", ["COLUMNS"] = "120" };

    private static Task<string> PageAsync(string path) =>
        File.ReadAllTextAsync(path, TestContext.Current.CancellationToken);

    [GeneratedRegex(@"[0-9]+ of 100 lines that it makes up are new")]
    private static partial Regex NewLines();

    [Fact]
    public async Task The_bench_prints_what_share_of_the_machine_a_step_reaches()
    {
        string[] bench = ["train", "bench", "--shape", "0.7m", "--repeat", "2", "--threads", "1"];
        var row = Assert.Single((await EdgeProcess.EdgeAsync([.. bench, "--json"])).Exits(0).Json().EnumerateArray());
        double Value(string name) => row.GetProperty(name).GetDouble();
        Assert.InRange(Value("peak_share"), 0.001, 1);
        Assert.InRange(Value("best_peak_share"), Value("peak_share"), 1);
        Assert.Equal(6 * 639_840 * Value("tokens_per_second") / Value("peak_flops_per_second"), Value("peak_share"), 6);
        Assert.Equal(4096 * 1000 / Value("step_ms"), Value("tokens_per_second"), 3);

        var said = (await EdgeProcess.EdgeAsync([.. bench])).Exits(0).Output;
        Assert.Matches(@"^0\.7m: 0\.6 M parameters, 1 threads, .* GFLOP/s, \d+ % \(the best step \d+ %\)\n$", said);
        (await EdgeProcess.EdgeAsync("train", "bench", "--shape", "1m"))
            .Exits(2)
            .SaysInOneLine("0.7m, 7m, 30m", "\"1m\"");
    }
}
