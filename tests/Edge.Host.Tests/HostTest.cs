using Edge.Device.Tests;
using Edge.TestKit;

namespace Edge.Host.Tests;

/// <summary>A folder of notes, a device, and clients between them.</summary>
public abstract class HostTest : IDisposable
{
    private readonly TempFolder temp = new();

    protected HostTest() => Directory.CreateDirectory(Folder);

    protected static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    protected TempFolder Temp => temp;

    /// <summary>The host's notes.</summary>
    protected string Folder => temp["notes"];

    public void Dispose()
    {
        temp.Dispose();
        GC.SuppressFinalize(this);
    }

    internal TestDevice StartDevice(bool pty = false) => TestDevice.Start(temp.Path, pty);

    internal Task<DeviceClient> ConnectAsync(TestDevice device) =>
        DeviceClient.ConnectAsync(
            device.Link,
            HostIdentity.LoadOrCreate(temp["config"]),
            TimeProvider.System,
            TimeSpan.FromSeconds(10),
            Cancellation
        );

    internal async Task<SyncReport> SyncAsync(TestDevice device, SyncOptions? options = null)
    {
        await using var client = await ConnectAsync(device);
        return await client.SyncAsync(Folder, options ?? new SyncOptions(), null, Cancellation);
    }

    protected void Write(string path, string text) => Write(Folder, path, text);

    protected string Read(string path) => File.ReadAllText(Path.Combine(Folder, path));

    protected static void Write(string folder, string path, string text)
    {
        var full = Path.Combine(folder, path);
        Directory.CreateDirectory(Path.GetDirectoryName(full)!);
        File.WriteAllText(full, text);
    }

    /// <summary>Path to text of every file below, hidden ones left out.</summary>
    protected static SortedDictionary<string, string> Tree(string folder)
    {
        var tree = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (var file in Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories))
            if (!Path.GetFileName(file).StartsWith('.'))
                tree.Add(Path.GetRelativePath(folder, file), File.ReadAllText(file));
        return tree;
    }
}
