using System.Globalization;
using System.Runtime.InteropServices;

namespace Edge.Inference;

/// <summary>
/// The fastest cores of a machine whose cores differ, as Linux tells it (cpu_capacity on Arm, else the highest clock). A
/// machine with equal cores has none to prefer.
/// </summary>
internal static unsafe partial class FastCores
{
    /// <summary>Cores this much slower than the fastest are left out: boost clocks of equal cores differ a little.</summary>
    private const double SlowerShare = 0.9;

    private const int CoresMax = 1024;

    /// <summary>Numbers of the fast cores; empty where all are alike or nobody knows.</summary>
    public static IReadOnlyList<int> Numbers { get; } = Find("/sys/devices/system/cpu");

    /// <summary>Threads that compute at best: one a fast core, or one a core.</summary>
    public static int Count =>
        Numbers.Count == 0 ? Environment.ProcessorCount : Math.Min(Numbers.Count, Environment.ProcessorCount);

    /// <summary>Keeps the calling thread on the fast cores. Where the system does not allow it, nothing changes.</summary>
    public static void Stay()
    {
        if (Numbers.Count == 0 || !OperatingSystem.IsLinux())
            return;
        var mask = stackalloc byte[CoresMax / 8];
        new Span<byte>(mask, CoresMax / 8).Clear();
        foreach (var core in Numbers)
            mask[core / 8] |= (byte)(1 << (core % 8));
        _ = SetAffinity(0, CoresMax / 8, mask);
    }

    /// <param name="root">A folder that holds cpu0, cpu1 ... as Linux shows them.</param>
    internal static int[] Find(string root)
    {
        if (!Directory.Exists(root))
            return [];
        foreach (var file in (string[])["cpu_capacity", "cpufreq/cpuinfo_max_freq"])
        {
            var speeds = new List<(int Core, long Speed)>();
            for (var core = 0; core < CoresMax && Directory.Exists(Path.Combine(root, $"cpu{core}")); core++)
            {
                if (Speed(Path.Combine(root, $"cpu{core}", file)) is { } speed)
                    speeds.Add((core, speed));
            }
            if (speeds.Count == 0)
                continue;
            var limit = speeds.Max(core => core.Speed) * SlowerShare;
            var fast = speeds.Where(core => core.Speed >= limit).Select(core => core.Core).ToArray();
            return fast.Length == speeds.Count ? [] : fast;
        }
        return [];
    }

    private static long? Speed(string file)
    {
        try
        {
            return long.TryParse(File.ReadAllText(file), CultureInfo.InvariantCulture, out var speed) ? speed : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    [LibraryImport("libc", EntryPoint = "sched_setaffinity")]
    private static partial int SetAffinity(int thread, nuint bytes, byte* mask);
}
