namespace Edge.EndToEnd.Tests;

/// <summary>Training that cannot begin or go on: one clear line, exit code 1, nothing lost.</summary>
public sealed class TrainTroubleTests
{
    [Fact]
    public async Task An_empty_corpus_is_refused_by_name()
    {
        using var work = new TrainWorkplace();
        work.Write("names.txt", "");
        AssertTrouble(await work.TrainAsync("run"), "names.txt");
    }

    [Fact]
    public async Task A_corpus_that_became_empty_after_its_tokenizer_was_trained_is_refused_by_name()
    {
        using var work = new TrainWorkplace(steps: 2);
        (await work.TrainAsync("first")).Exits(0);
        Directory.CreateDirectory(work["run"]);
        File.Copy(work["first/tokenizer.gguf"], work["run/tokenizer.gguf"]);
        work.Write("names.txt", "\n\n");
        AssertTrouble(await work.TrainAsync("run"), "names.txt", "no text");
    }

    [Fact]
    public async Task A_binary_corpus_is_refused_with_the_place()
    {
        using var work = new TrainWorkplace();
        work.Write("names.txt", "Anna\nBe\0n\n");
        AssertTrouble(await work.TrainAsync("run"), "names.txt", "zero byte");
    }

    [Fact]
    public async Task A_vocabulary_larger_than_the_text_allows_is_refused_with_both_numbers()
    {
        using var work = new TrainWorkplace();
        work.WriteRecipe(steps: 5, vocab: 60_000);
        AssertTrouble(await work.TrainAsync("run"), "60,000", "merges");
    }

    [Fact]
    public async Task A_recipe_that_does_not_fit_the_memory_is_refused_with_both_numbers()
    {
        using var work = new TrainWorkplace();
        work.WriteRecipe(steps: 5, model: "\"depth\": 64, \"width\": 16384, \"hidden\": 65536");
        AssertTrouble(await work.TrainAsync("run"), "training needs", "MB are free", "smaller");
    }

    [Fact]
    public async Task A_corpus_that_changed_since_the_checkpoint_is_refused_and_put_back_it_goes_on()
    {
        using var work = new TrainWorkplace(steps: 30);
        (await work.TrainAsync("whole")).Exits(0);
        await KillAfterAsync(work, "run", steps: 10);
        var checkpoint = await CheckpointAsync(work["run"]);
        var names = await File.ReadAllTextAsync(work["names.txt"], TestContext.Current.CancellationToken);

        work.Write("names.txt", names + "Zora\n");
        AssertTrouble(await work.TrainAsync("run"), "the data changed since the checkpoint", "names.txt");
        Assert.Equal(checkpoint, await CheckpointAsync(work["run"]));

        work.Write("names.txt", names);
        (await work.TrainAsync("run")).Exits(0);
        Assert.Equal(work.Model("whole"), work.Model("run"));
    }

    [Theory]
    [InlineData(100_000)]
    [InlineData(0)]
    public async Task A_disk_that_fills_up_keeps_the_checkpoint_and_the_run_goes_on_when_there_is_space(int freeBytes)
    {
        Assert.SkipUnless(
            OperatingSystem.IsLinux() && Environment.IsPrivilegedProcess,
            "needs root to mount a small disk"
        );
        using var work = new TrainWorkplace(steps: 40);
        await using var disk = await SmallDisk.MountAsync(work["disk"], "8m");
        Assert.SkipUnless(disk.IsMounted, "this computer does not let root mount a tmpfs");
        (await work.TrainAsync("whole")).Exits(0);
        await KillAfterAsync(work, "disk/run", steps: 10);
        var before = await CheckpointAsync(work["disk/run"]);
        // Half a checkpoint that the kill left would be written over, and its bytes be free again.
        foreach (var half in Directory.GetFiles(work["disk/run"], "*.partial"))
            File.Delete(half);
        FillUp(work["disk/filler"], work["disk"], freeBytes);

        var full = await work.TrainAsync("disk/run", "--save-every", "0");
        AssertTrouble(full, freeBytes > 0 ? "The checkpoint before it is whole" : "space");
        Assert.Equal(before, await CheckpointAsync(work["disk/run"]));
        Assert.Empty(Directory.GetFiles(work["disk/run"], "checkpoint*.partial"));

        File.Delete(work["disk/filler"]);
        (await work.TrainAsync("disk/run")).Exits(0);
        Assert.Equal(work.Model("whole"), work.Model("disk/run"));
    }

    private static Task<byte[]> CheckpointAsync(string run) =>
        File.ReadAllBytesAsync(Checkpoint(run), TestContext.Current.CancellationToken);

    /// <summary>A kill may fall between the two renames, when only the one before has its name.</summary>
    private static string Checkpoint(string run)
    {
        var last = Path.Combine(run, "checkpoint.bin");
        return File.Exists(last) ? last : last + ".previous";
    }

    private static async Task KillAfterAsync(TrainWorkplace work, string run, int steps)
    {
        await using var training = await work.StartAsync(run, steps, "--save-every", "0");
        training.Process.Kill();
        await training.FinishAsync();
        Assert.True(File.Exists(Checkpoint(work[run])));
    }

    /// <summary>Leaves about so many bytes free.</summary>
    private static void FillUp(string filler, string disk, long freeBytes)
    {
        using var stream = new FileStream(filler, FileMode.Create, FileAccess.Write, FileShare.None, bufferSize: 0);
        var page = new byte[4096];
        try
        {
            while (freeBytes == 0 || new DriveInfo(disk).AvailableFreeSpace > freeBytes)
                stream.Write(page);
        }
        catch (IOException)
        {
            // Full to the last page.
        }
    }

    /// <summary>The last line names the trouble; before it stands what was said until then.</summary>
    private static void AssertTrouble(Finished run, params string[] words)
    {
        run.Exits(1);
        Assert.True(run.Output.Length == 0, $"something on stdout\n{run}");
        var lines = run.Talk.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.True(lines.Count(line => line.StartsWith("edge: ", StringComparison.Ordinal)) == 1, run.ToString());
        (run with { Talk = lines[^1] }).SaysInOneLine(["edge: ", .. words]);
    }
}
