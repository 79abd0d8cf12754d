using Edge.TestKit;

namespace Edge.EndToEnd.Tests;

/// <summary>A real edged process on a unix socket, with a folder, a home and a registry of its own.</summary>
internal sealed class Device : IAsyncDisposable
{
    private readonly TempFolder _folder;
    private readonly EdgeProcess _edged;

    private Device(TempFolder folder, EdgeProcess edged)
    {
        _folder = folder;
        _edged = edged;
    }

    public string Link => $"unix:{_folder["edge.sock"]}";

    public string Notes => _folder["notes"];

    /// <summary>The device's own folder.</summary>
    public string Data => _folder["device"];

    public static async Task<Device> StartAsync()
    {
        var folder = new TempFolder();
        Directory.CreateDirectory(folder["notes"]);
        string[] arguments = ["--data", folder["device"], "--link", $"unix:{folder["edge.sock"]}", "--simulate"];
        var edged = EdgeProcess.Start("Edge.Firmware", "edged", arguments, Home(folder));
        var device = new Device(folder, edged);
        for (var tries = 0; !IsRegistered(folder); tries++)
        {
            if (edged.Process.HasExited || tries > 300)
                Assert.Fail($"edged does not serve\n{await edged.FinishAsync()}");
            await Task.Delay(100, TestContext.Current.CancellationToken);
        }
        return device;
    }

    /// <summary>Writes a note into the host's folder; it reaches the device with the next sync.</summary>
    public void Write(string note, string text)
    {
        var path = Path.Combine(Notes, note);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, text);
    }

    /// <summary>Runs an edge command that finds this device by itself.</summary>
    public Task<Finished> FindAsync(params string[] arguments) => EdgeProcess.EdgeAsync(arguments, null, Home(_folder));

    /// <summary>Runs an edge command on this device.</summary>
    public Task<Finished> EdgeAsync(params string[] arguments) =>
        EdgeProcess.EdgeAsync([.. arguments, "--device", Link], null, Home(_folder));

    public Task<Finished> EdgeAsync(string[] arguments, string input) =>
        EdgeProcess.EdgeAsync([.. arguments, "--device", Link], input, Home(_folder));

    /// <summary>Starts an edge command on this device and does not wait for it.</summary>
    public EdgeProcess Start(params string[] arguments) =>
        EdgeProcess.Start("Edge.Cli", "edge", [.. arguments, "--device", Link], Home(_folder));

    /// <summary>As a pulled plug does: no word, no clean-up.</summary>
    public void Kill() => _edged.Process.Kill(entireProcessTree: true);

    public async ValueTask DisposeAsync()
    {
        await _edged.DisposeAsync();
        _folder.Dispose();
    }

    /// <summary>A simulated device makes itself known once it listens.</summary>
    private static bool IsRegistered(TempFolder folder) =>
        Directory.Exists(folder["run/edge"]) && Directory.GetFiles(folder["run/edge"], "*.link").Length > 0;

    private static Dictionary<string, string> Home(TempFolder folder) =>
        new()
        {
            ["XDG_RUNTIME_DIR"] = folder["run"],
            ["XDG_CONFIG_HOME"] = folder["config"],
            ["XDG_CACHE_HOME"] = folder["cache"],
        };
}
