using System.Globalization;

namespace Edge.Bench;

/// <summary>The most memory that this process had at one time since a moment that can be chosen. Linux only.</summary>
internal static class PeakMemory
{
    /// <summary>Starts again from what the process has now; on systems that cannot, the peak stays what it was.</summary>
    public static void Restart()
    {
        GC.Collect();
        if (!OperatingSystem.IsLinux())
            return;
        try
        {
            // 5 resets the peak (proc(5)).
            File.WriteAllText("/proc/self/clear_refs", "5");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // A kernel without it: the figure then covers the whole life of the process.
        }
    }

    /// <summary>Bytes, 0 where the system does not tell.</summary>
    public static long Bytes()
    {
        if (!OperatingSystem.IsLinux())
            return 0;
        var line = File.ReadLines("/proc/self/status")
            .FirstOrDefault(line => line.StartsWith("VmHWM:", StringComparison.Ordinal));
        var kib = line?["VmHWM:".Length..].Replace("kB", "", StringComparison.Ordinal).Trim();
        return long.TryParse(kib, NumberStyles.None, CultureInfo.InvariantCulture, out var value) ? value * 1024 : 0;
    }
}
