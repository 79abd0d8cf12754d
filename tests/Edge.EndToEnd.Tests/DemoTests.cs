using System.Runtime.InteropServices;
using Edge.TestKit;

namespace Edge.EndToEnd.Tests;

/// <summary>README's first command.</summary>
public sealed partial class DemoTests : IDisposable
{
    private const int Sigint = 2;
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("unix")]
    [InlineData("pty")]
    public async Task The_demo_does_the_main_job_and_leaves_nothing_behind(string link)
    {
        var run = await EdgeProcess.EdgeAsync(["demo", "--link", link], null, OwnTemp());

        run.Exits(0);
        Assert.True(run.Output.Contains("Everything worked", StringComparison.Ordinal), run.ToString());
        Assert.Equal(1, run.Output.Split("(refused, ").Length - 1);
        Assert.Equal(4, run.Output.Split("ms)\n  ").Length - 1);
        AssertNothingLeft();
    }

    [Fact]
    public async Task The_demo_cleans_up_when_it_is_interrupted()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "there is no SIGINT on Windows");
        await using var demo = EdgeProcess.Start("Edge.Cli", "edge", ["demo"], OwnTemp());
        while (!demo.Process.HasExited && Directory.GetDirectories(_folder.Path).Length == 0)
            await Task.Delay(20, TestContext.Current.CancellationToken);

        Assert.Equal(0, SendSignal(demo.Process.Id, Sigint));
        var run = await demo.FinishAsync();

        run.Exits(1);
        Assert.True(run.Talk.Contains("stopped", StringComparison.Ordinal), run.ToString());
        AssertNothingLeft();
    }

    [Fact]
    public async Task A_demo_without_edged_says_where_it_looked()
    {
        // A copy of edge alone: the executable it starts is not where it looks.
        var here = Path.GetDirectoryName(EdgeProcess.PathOf("Edge.Cli", "edge"))!;
        Copy(here, _folder["alone/here"]);
        var run = await EdgeProcess.RunAsync(_folder["alone/here/edge"], ["demo"], OwnTemp());
        run.Exits(3).SaysInOneLine("edged", "EDGE_EDGED");
    }

    private void AssertNothingLeft() => Assert.DoesNotContain(Directory.GetFileSystemEntries(_folder.Path), IsDemos);

    private static bool IsDemos(string path) =>
        Path.GetFileName(path).StartsWith("edge-demo-", StringComparison.Ordinal);

    private Dictionary<string, string> OwnTemp() => new() { ["TMPDIR"] = _folder.Path };

    private static void Copy(string from, string to)
    {
        Directory.CreateDirectory(to);
        foreach (var file in Directory.EnumerateFiles(from))
            File.Copy(file, Path.Combine(to, Path.GetFileName(file)));
        foreach (var folder in Directory.EnumerateDirectories(from))
            Copy(folder, Path.Combine(to, Path.GetFileName(folder)));
    }

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int SendSignal(int process, int signal);
}
