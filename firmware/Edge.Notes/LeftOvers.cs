using System.Collections.Concurrent;
using System.Globalization;

namespace Edge.Notes;

/// <summary>
/// Temporary files of writes: hidden, named ".edge-write-PROCESS-NUMBER.tmp", so that whoever lists the folder later can
/// tell a write that is under way from one that was cut off.
/// </summary>
internal static class LeftOvers
{
    private const string Prefix = ".edge-write-";
    private const string Ending = ".tmp";

    private static readonly ConcurrentDictionary<string, byte> Live = new(StringComparer.Ordinal);
    private static long counter;

    /// <summary>A free name, held until <see cref="Release"/>.</summary>
    public static string NewName(string folder)
    {
        while (true)
        {
            var number = Interlocked.Increment(ref counter);
            var name = Path.Combine(folder, $"{Prefix}{Environment.ProcessId}-{number}{Ending}");
            Live[name] = 0;
            if (!Path.Exists(name))
                return name;
            Live.TryRemove(name, out _);
        }
    }

    /// <summary>Deletes the file if it is still there.</summary>
    public static void Release(string fullPath)
    {
        TryDelete(fullPath);
        Live.TryRemove(fullPath, out _);
    }

    public static void RemoveIfDead(string folder, string name)
    {
        if (!name.StartsWith(Prefix, StringComparison.Ordinal) || !name.EndsWith(Ending, StringComparison.Ordinal))
            return;
        var process = name[Prefix.Length..^Ending.Length].Split('-')[0];
        if (!int.TryParse(process, NumberStyles.None, CultureInfo.InvariantCulture, out var id))
            return;
        var full = Path.Combine(folder, name);
        if (id == Environment.ProcessId ? !Live.ContainsKey(full) : !IsRunning(id))
            TryDelete(full);
    }

    private static bool IsRunning(int processId)
    {
        try
        {
            using var process = System.Diagnostics.Process.GetProcessById(processId);
            return true;
        }
        catch (ArgumentException)
        {
            return false;
        }
    }

    private static void TryDelete(string fullPath)
    {
        try
        {
            File.Delete(fullPath);
        }
        catch (Exception trouble) when (trouble is IOException or UnauthorizedAccessException)
        {
            // It stays hidden; the next listing tries again.
        }
    }
}
