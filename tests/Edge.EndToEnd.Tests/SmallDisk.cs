using System.Diagnostics;

namespace Edge.EndToEnd.Tests;

/// <summary>A real file system of a few kilobytes, mounted in a folder of the test's own; Linux and root only.</summary>
internal sealed class SmallDisk : IAsyncDisposable
{
    private readonly string _folder;

    private SmallDisk(string folder, bool mounted)
    {
        _folder = folder;
        IsMounted = mounted;
    }

    public bool IsMounted { get; }

    public static async Task<SmallDisk> MountAsync(string folder, string size)
    {
        Directory.CreateDirectory(folder);
        var code = await RunAsync("mount", "-t", "tmpfs", "-o", $"size={size}", "edge-test", folder);
        return new SmallDisk(folder, code == 0);
    }

    public async ValueTask DisposeAsync()
    {
        if (IsMounted)
            await RunAsync("umount", "-l", _folder);
    }

    private static async Task<int> RunAsync(string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardError = true })!;
        await process.WaitForExitAsync();
        return process.ExitCode;
    }
}
