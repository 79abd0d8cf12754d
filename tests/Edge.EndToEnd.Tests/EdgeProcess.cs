using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text.Json;
using Edge.TestKit;

namespace Edge.EndToEnd.Tests;

/// <summary>What a finished process left behind.</summary>
internal sealed record Finished(string Command, int ExitCode, string Output, string Talk)
{
    /// <summary>Checks the exit code; a failure shows the command and everything it printed.</summary>
    public Finished Exits(int code)
    {
        Assert.True(ExitCode == code, $"expected exit code {code}\n{this}");
        return this;
    }

    /// <summary>Trouble is one clear line: no stack trace, nothing on stdout, and these words in it.</summary>
    public Finished SaysInOneLine(params string[] words)
    {
        var lines = Talk.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.True(lines.Length == 1, $"expected one line on stderr\n{this}");
        Assert.False(Talk.Contains("   at ", StringComparison.Ordinal), $"a stack trace\n{this}");
        Assert.False(Talk.Contains("unexpected trouble", StringComparison.Ordinal), $"not foreseen\n{this}");
        foreach (var word in words)
            Assert.True(Talk.Contains(word, StringComparison.OrdinalIgnoreCase), $"\"{word}\" is not in it\n{this}");
        return this;
    }

    public JsonElement Json()
    {
        try
        {
            using var document = JsonDocument.Parse(Output);
            return document.RootElement.Clone();
        }
        catch (JsonException exception)
        {
            Assert.Fail($"stdout is not JSON: {exception.Message}\n{this}");
            return default;
        }
    }

    public override string ToString() =>
        $"$ {Command}\nexit code {ExitCode}\n--- stdout\n{Shortened(Output)}\n--- stderr\n{Shortened(Talk)}";

    private static string Shortened(string text) =>
        text.Length <= 8000 ? text : text[..4000] + "\n[...]\n" + text[^4000..];
}

/// <summary>A running edge or edged of this build. Disposing it kills it.</summary>
internal sealed class EdgeProcess : IAsyncDisposable
{
    private static readonly TimeSpan TimeMax = TimeSpan.FromSeconds(120);

    private readonly string _command;
    private readonly Task<string> _output;
    private readonly Task<string> _talk;

    private EdgeProcess(Process process, string command)
    {
        Process = process;
        _command = command;
        _output = process.StandardOutput.ReadToEndAsync();
        _talk = process.StandardError.ReadToEndAsync();
    }

    public Process Process { get; }

    /// <summary>Runs edge to its end; standard input is empty unless given.</summary>
    public static Task<Finished> EdgeAsync(params string[] arguments) => EdgeAsync(arguments, null);

    public static async Task<Finished> EdgeAsync(
        string[] arguments,
        string? input,
        IReadOnlyDictionary<string, string>? environment = null
    )
    {
        await using var process = Start("Edge.Cli", "edge", arguments, environment);
        if (input is not null)
            await process.Process.StandardInput.WriteAsync(input);
        process.Process.StandardInput.Close();
        return await process.FinishAsync();
    }

    /// <summary>Runs an executable to its end.</summary>
    public static async Task<Finished> RunAsync(
        string path,
        string[] arguments,
        IReadOnlyDictionary<string, string> environment
    )
    {
        await using var process = Start(path, arguments, environment);
        process.Process.StandardInput.Close();
        return await process.FinishAsync();
    }

    public static EdgeProcess Start(
        string project,
        string name,
        string[] arguments,
        IReadOnlyDictionary<string, string>? environment = null
    ) => Start(PathOf(project, name), arguments, environment);

    /// <summary>Starts an executable and does not wait for it.</summary>
    public static EdgeProcess Start(string path, string[] arguments, IReadOnlyDictionary<string, string>? environment)
    {
        var start = new ProcessStartInfo(path)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var argument in arguments)
            start.ArgumentList.Add(argument);
        start.Environment.TryAdd(
            "DOTNET_ROOT",
            Path.GetFullPath(Path.Combine(RuntimeEnvironment.GetRuntimeDirectory(), "..", "..", ".."))
        );
        // Nothing is written into the home of whoever runs the tests.
        foreach (var folder in (string[])["XDG_CONFIG_HOME", "XDG_CACHE_HOME", "XDG_DATA_HOME", "XDG_RUNTIME_DIR"])
            start.Environment[folder] = Path.Combine(AppContext.BaseDirectory, "home", folder);
        foreach (var (key, value) in environment ?? new Dictionary<string, string>())
            start.Environment[key] = value;
        var shown = string.Join(
            ' ',
            arguments.Select(a =>
                a.Length > 200 ? a[..200] + "..."
                : a.Length == 0 ? "\"\""
                : a
            )
        );
        return new EdgeProcess(Process.Start(start)!, $"{Path.GetFileName(path)} {shown}");
    }

    /// <summary>The executable of this build: tests and executables are built in one configuration.</summary>
    public static string PathOf(string project, string name)
    {
        var configuration = Path.GetFileName(Path.TrimEndingDirectorySeparator(AppContext.BaseDirectory));
        return Path.Combine(Repo.Root, "artifacts", "bin", project, configuration, name);
    }

    public async Task<Finished> FinishAsync()
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        patience.CancelAfter(TimeMax);
        try
        {
            await Process.WaitForExitAsync(patience.Token);
        }
        catch (OperationCanceledException)
        {
            Process.Kill(entireProcessTree: true);
            Assert.Fail(
                $"still running after {TimeMax.TotalSeconds} s\n{new Finished(_command, -1, await _output, await _talk)}"
            );
        }
        return new Finished(_command, Process.ExitCode, await _output, await _talk);
    }

    public ValueTask DisposeAsync()
    {
        if (!Process.HasExited)
            Process.Kill(entireProcessTree: true);
        Process.Dispose();
        return ValueTask.CompletedTask;
    }
}
