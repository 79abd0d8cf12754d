using System.Globalization;
using System.Text;

namespace Edge.Link;

/// <param name="Link">What a host passes as --device.</param>
public sealed record RunningDevice(string Link, int ProcessId);

/// <summary>
/// Simulated devices that run on this computer, so that a host finds them as it finds an attached one: a file per
/// process in a folder that only its user can read. First line the link, second line the process id.
/// </summary>
public static class RunningDevices
{
    private const string Ending = ".link";
    private const int LinkCharsMax = 4096;

    /// <summary>$XDG_RUNTIME_DIR/edge, or edge-USER in the folder for temporary files.</summary>
    public static string DefaultFolder()
    {
        var runtime = Environment.GetEnvironmentVariable("XDG_RUNTIME_DIR");
        return string.IsNullOrEmpty(runtime)
            ? Path.Combine(Path.GetTempPath(), "edge-" + Environment.UserName)
            : Path.Combine(runtime, "edge");
    }

    /// <summary>Makes this process's device known; dispose the result when it ends.</summary>
    /// <exception cref="IOException">The folder cannot be made, or others than its user can use it.</exception>
    /// <exception cref="UnauthorizedAccessException">As above.</exception>
    public static IDisposable Register(string folder, string link)
    {
        const UnixFileMode Private = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
        if (OperatingSystem.IsWindows())
            Directory.CreateDirectory(folder);
        else
        {
            // In a shared folder for temporary files somebody else may have made it first.
            Directory.CreateDirectory(folder, Private);
            if (File.GetUnixFileMode(folder) != Private)
                throw new IOException($"{folder} is open to others: remove it, it is made again");
        }
        var path = Path.Combine(folder, Environment.ProcessId.ToString(CultureInfo.InvariantCulture) + Ending);
        var text = string.Create(CultureInfo.InvariantCulture, $"{link}\n{Environment.ProcessId}\n");
        File.WriteAllText(path + ".new", text, new UTF8Encoding(false));
        File.Move(path + ".new", path, overwrite: true);
        return new Registration(path);
    }

    /// <summary>Those whose process lives, in ordinal order of link; what ended processes left is removed.</summary>
    public static IReadOnlyList<RunningDevice> Find(string folder)
    {
        if (!Directory.Exists(folder))
            return [];
        var found = new List<RunningDevice>();
        foreach (var path in Directory.EnumerateFiles(folder, "*" + Ending))
        {
            if (Read(path) is { } device && Lives(device.ProcessId))
                found.Add(device);
            else
                Remove(path);
        }
        return [.. found.OrderBy(device => device.Link, StringComparer.Ordinal)];
    }

    private static RunningDevice? Read(string path)
    {
        try
        {
            var lines = File.ReadAllLines(path);
            return
                lines is [{ Length: > 0 and <= LinkCharsMax } link, var process]
                && int.TryParse(process, NumberStyles.None, CultureInfo.InvariantCulture, out var id)
                ? new RunningDevice(link, id)
                : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    private static bool Lives(int processId) =>
        OperatingSystem.IsLinux()
            ? Directory.Exists(string.Create(CultureInfo.InvariantCulture, $"/proc/{processId}"))
            : System.Diagnostics.Process.GetProcesses().Any(process => process.Id == processId);

    private static void Remove(string path)
    {
        try
        {
            File.Delete(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Another user's, or gone already.
        }
    }

    private sealed class Registration(string path) : IDisposable
    {
        public void Dispose() => Remove(path);
    }
}
