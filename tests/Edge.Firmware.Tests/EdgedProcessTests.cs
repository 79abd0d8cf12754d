using System.Diagnostics;
using Edge.Link;
using Edge.Link.Messages;
using Edge.TestKit;

namespace Edge.Firmware.Tests;

/// <summary>The real daemon in a process of its own.</summary>
public sealed class EdgedProcessTests : IDisposable
{
    private readonly TempFolder temp = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => temp.Dispose();

    [Theory]
    [InlineData("pty")]
    [InlineData("unix")]
    public async Task It_says_when_it_is_ready_serves_its_screen_and_ends_cleanly(string kind)
    {
        var runtime = temp["run"];
        Directory.CreateDirectory(runtime);
        var link = kind == "pty" ? "pty" : "unix:" + temp["edge.sock"];
        using var edged = Start(runtime, "--data", temp["data"], "--link", link, "--simulate", "--name", "Shelf");
        try
        {
            var ready = await edged.StandardOutput.ReadLineAsync(Cancellation);
            Assert.StartsWith(kind == "pty" ? "ready serial:/dev/pts/" : "ready " + link, ready);
            var address = ready!["ready ".Length..];
            Assert.Equal(address, Assert.Single(RunningDevices.Find(Path.Combine(runtime, "edge"))).Link);
            Assert.Contains(await ScreenAsync(address), line => line.Contains('\u2588'));
        }
        finally
        {
            using var kill = Process.Start("kill", ["-TERM", $"{edged.Id}"]);
            await kill.WaitForExitAsync(Cancellation);
        }
        var error = await edged.StandardError.ReadToEndAsync(Cancellation);
        await edged.WaitForExitAsync(Cancellation);
        Assert.Equal((0, ""), (edged.ExitCode, error));
        Assert.Empty(Directory.GetFiles(Path.Combine(runtime, "edge")));
        Assert.True(Directory.Exists(temp["data/notes"]));
    }

    private static Process Start(string runtime, params string[] args)
    {
        var start = new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, "edged.dll"), .. args])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            RedirectStandardInput = true,
        };
        start.Environment["XDG_RUNTIME_DIR"] = runtime;
        return Process.Start(start)!;
    }

    private static async Task<IReadOnlyList<string>> ScreenAsync(string address)
    {
        var stream = await LinkAddress.Parse(address).ConnectAsync(Cancellation);
        var hello = new LinkHello(LinkLimits.Version, "00112233445566778899aabbccddeeff", "tester", 1, 0);
        await using var session = await LinkSession.ConnectAsync(
            stream,
            hello,
            TimeProvider.System,
            TimeSpan.FromSeconds(10),
            Cancellation
        );
        Assert.Equal("Shelf", session.Peer.Name);
        await using var channel = await session.OpenAsync(Operations.Screen, Cancellation);
        await channel.SendAsync(new EmptyRequest(), LinkJson.Default.EmptyRequest, Cancellation);
        return (await channel.ReceiveAsync(LinkJson.Default.ScreenReply, Cancellation)).Lines;
    }
}
