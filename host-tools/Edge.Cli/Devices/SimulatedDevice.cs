using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Edge.Cli.CommandLine;

namespace Edge.Cli.Devices;

/// <summary>An edged process with simulated hardware. Disposing it ends the process, gently first.</summary>
internal sealed partial class SimulatedDevice : IAsyncDisposable
{
    private const int Sigterm = 15;
    private const int TalkLinesKept = 20;
    private static readonly TimeSpan GentleEnd = TimeSpan.FromSeconds(10);

    private readonly Process _process;
    private readonly Queue<string> _talk = new();

    private SimulatedDevice(Process process) => _process = process;

    /// <summary>What a host passes as --device.</summary>
    public string Link { get; private set; } = "";

    public int ProcessId => _process.Id;

    /// <summary>
    /// The edged executable: $EDGE_EDGED, beside this executable, or where the build or a publish puts it
    /// (../../Edge.Firmware/NAME, NAME being the folder this executable runs from).
    /// </summary>
    /// <exception cref="NoDeviceException">It is in none of these places; the message lists them.</exception>
    public static string Locate()
    {
        var here = Path.TrimEndingDirectorySeparator(AppContext.BaseDirectory);
        string?[] places =
        [
            Environment.GetEnvironmentVariable("EDGE_EDGED"),
            Path.Combine(here, "edged"),
            Path.GetFullPath(Path.Combine(here, "..", "..", "Edge.Firmware", Path.GetFileName(here), "edged")),
        ];
        return places.FirstOrDefault(File.Exists)
            ?? throw new NoDeviceException(
                $"edged was not found at {string.Join(", ", places.Where(p => !string.IsNullOrEmpty(p)))}; "
                    + "build it (dotnet build firmware/Edge.Firmware) or name it in EDGE_EDGED"
            );
    }

    /// <summary>Starts edged and waits until it serves.</summary>
    /// <param name="link">"unix:PATH" or "pty".</param>
    /// <param name="registry">Where it makes itself known: apart from the devices that other commands find.</param>
    /// <exception cref="NoDeviceException">It ended instead; the message has what it said.</exception>
    public static async Task<SimulatedDevice> StartAsync(
        string data,
        string link,
        string registry,
        CancellationToken cancellation
    )
    {
        var start = StartInfo(["--data", data, "--link", link, "--simulate"]);
        start.Environment["XDG_RUNTIME_DIR"] = registry;
        start.RedirectStandardInput = start.RedirectStandardOutput = start.RedirectStandardError = true;
        var device = new SimulatedDevice(
            Process.Start(start) ?? throw new IOException($"{start.FileName} did not start")
        );
        try
        {
            device._process.ErrorDataReceived += (_, line) => device.Remember(line.Data);
            device._process.BeginErrorReadLine();
            await device.WaitUntilReadyAsync(cancellation).ConfigureAwait(false);
            return device;
        }
        catch
        {
            await device.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>Runs edged on this terminal to its end; cancelling asks it to end. Returns its exit code.</summary>
    public static async Task<int> RunInForegroundAsync(IEnumerable<string> arguments, CancellationToken cancellation)
    {
        var start = StartInfo(arguments);
        var device = new SimulatedDevice(
            Process.Start(start) ?? throw new IOException($"{start.FileName} did not start")
        );
        await using (device.ConfigureAwait(false))
        {
            try
            {
                await device._process.WaitForExitAsync(cancellation).ConfigureAwait(false);
            }
            catch (OperationCanceledException)
            {
                await device.EndAsync().ConfigureAwait(false);
            }
            return device._process.ExitCode;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await EndAsync().ConfigureAwait(false);
        _process.Dispose();
    }

    private async Task EndAsync()
    {
        if (_process.HasExited)
            return;
        _ = SendSignal(_process.Id, Sigterm);
        using var patience = new CancellationTokenSource(GentleEnd);
        try
        {
            await _process.WaitForExitAsync(patience.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            _process.Kill(entireProcessTree: true);
            await _process.WaitForExitAsync(CancellationToken.None).ConfigureAwait(false);
        }
    }

    private async Task WaitUntilReadyAsync(CancellationToken cancellation)
    {
        const string Ready = "ready ";
        while (await _process.StandardOutput.ReadLineAsync(cancellation).ConfigureAwait(false) is { } line)
        {
            if (!line.StartsWith(Ready, StringComparison.Ordinal))
                continue;
            Link = line[Ready.Length..];
            // Nobody reads the rest; it must not fill the pipe.
            _ = _process.StandardOutput.BaseStream.CopyToAsync(Stream.Null, CancellationToken.None);
            return;
        }
        await _process.WaitForExitAsync(cancellation).ConfigureAwait(false);
        throw new NoDeviceException($"edged ended with exit code {_process.ExitCode}: {LastWords()}");
    }

    private void Remember(string? line)
    {
        if (line is null)
            return;
        lock (_talk)
        {
            _talk.Enqueue(line);
            if (_talk.Count > TalkLinesKept)
                _talk.Dequeue();
        }
    }

    private string LastWords()
    {
        lock (_talk)
            return _talk.Count == 0 ? "it said nothing" : string.Join(" / ", _talk);
    }

    /// <summary>An edged that is not native runs on the same .NET as this process, wherever that is installed.</summary>
    private static ProcessStartInfo StartInfo(IEnumerable<string> arguments)
    {
        var start = new ProcessStartInfo(Locate(), arguments);
        if (!RuntimeFeature.IsDynamicCodeSupported || start.Environment.ContainsKey("DOTNET_ROOT"))
            return start;
        // .../shared/Microsoft.NETCore.App/10.0.0/ -> ...
        var root = Path.GetFullPath(Path.Combine(RuntimeEnvironment.GetRuntimeDirectory(), "..", "..", ".."));
        if (Directory.Exists(Path.Combine(root, "host")))
            start.Environment["DOTNET_ROOT"] = root;
        return start;
    }

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int SendSignal(int process, int signal);
}
