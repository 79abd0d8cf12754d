using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Edge.Cli.CommandLine;

namespace Edge.Cli.Devices;

/// <summary>An edged process with simulated hardware. Disposing it ends the process, gently first.</summary>
internal sealed partial class SimulatedDevice : IAsyncDisposable
{
    private const int Sigterm = 15;
    private static readonly TimeSpan GentleEnd = TimeSpan.FromSeconds(5);

    private readonly Process _process;

    private SimulatedDevice(Process process) => _process = process;

    public StreamReader Output => _process.StandardOutput;

    public StreamReader Talk => _process.StandardError;

    public bool HasEnded => _process.HasExited;

    /// <summary>
    /// The edged executable: $EDGE_EDGED, beside this executable, or where the build or a publish puts it
    /// (../../Edge.Firmware/NAME, NAME being the folder this executable runs from).
    /// </summary>
    /// <exception cref="NoDeviceException">It is in none of these places; the message lists them.</exception>
    public static string Locate()
    {
        var here = Path.TrimEndingDirectorySeparator(AppContext.BaseDirectory);
        var file = OperatingSystem.IsWindows() ? "edged.exe" : "edged";
        string?[] places =
        [
            Environment.GetEnvironmentVariable("EDGE_EDGED"),
            Path.Combine(here, file),
            Path.GetFullPath(Path.Combine(here, "..", "..", "Edge.Firmware", Path.GetFileName(here), file)),
        ];
        return places.FirstOrDefault(File.Exists)
            ?? throw new NoDeviceException(
                $"edged was not found at {string.Join(", ", places.Where(p => !string.IsNullOrEmpty(p)))}; "
                    + "build it (dotnet build firmware/Edge.Firmware) or name it in EDGE_EDGED"
            );
    }

    /// <summary>Starts edged with these arguments; its output and talk are read through this object.</summary>
    public static SimulatedDevice Start(IEnumerable<string> arguments)
    {
        var start = new ProcessStartInfo(Locate())
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var argument in arguments)
            start.ArgumentList.Add(argument);
        UseThisRuntime(start);
        return new SimulatedDevice(
            Process.Start(start) ?? throw new IOException($"{start.FileName} did not start; try it by hand with --help")
        );
    }

    public Task<int> WaitAsync(CancellationToken cancellation) =>
        _process.WaitForExitAsync(cancellation).ContinueWith(_ => _process.ExitCode, TaskScheduler.Default);

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            if (!OperatingSystem.IsWindows())
                _ = SendSignal(_process.Id, Sigterm);
            using var patience = new CancellationTokenSource(GentleEnd);
            try
            {
                await _process.WaitForExitAsync(patience.Token).ConfigureAwait(false);
            }
            catch (OperationCanceledException)
            {
                _process.Kill(entireProcessTree: true);
            }
        }
        _process.Dispose();
    }

    /// <summary>An edged that is not native runs on the same .NET as this process, wherever that is installed.</summary>
    private static void UseThisRuntime(ProcessStartInfo start)
    {
        if (!RuntimeFeature.IsDynamicCodeSupported || start.Environment.ContainsKey("DOTNET_ROOT"))
            return;
        // .../shared/Microsoft.NETCore.App/10.0.0/ -> ...
        var root = Path.GetFullPath(Path.Combine(RuntimeEnvironment.GetRuntimeDirectory(), "..", "..", ".."));
        if (Directory.Exists(Path.Combine(root, "host")))
            start.Environment["DOTNET_ROOT"] = root;
    }

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int SendSignal(int process, int signal);
}
