using System.Globalization;

namespace Edge.Inference;

/// <summary>What a model needs and what the machine has, compared before anything large is allocated.</summary>
internal static class MemoryBudget
{
    /// <summary>What is left to the rest of the machine before a copy is made.</summary>
    private const long SpareBytes = 64L << 20;

    /// <summary>Whether a packed copy of the weights fits beside the state with room to spare.</summary>
    public static bool AllowsCopy(long copyBytes, long stateBytes) =>
        copyBytes + stateBytes + SpareBytes <= AvailableBytes();

    /// <exception cref="InsufficientMemoryException">Weights and state together exceed what is available.</exception>
    public static void Check(ModelFile file, long stateBytes)
    {
        var available = AvailableBytes();
        if (file.WeightBytes + stateBytes <= available)
            return;
        throw new InsufficientMemoryException(
            string.Create(
                CultureInfo.InvariantCulture,
                $"{file.Path}: needs {Mib(file.WeightBytes)} MiB for weights and {Mib(stateBytes)} MiB for cache and buffers, {Mib(available)} MiB are available: take a smaller model or a shorter context"
            )
        );
    }

    private static long Mib(long bytes) => (bytes + (1L << 20) - 1) >> 20;

    /// <summary>MemAvailable of /proc/meminfo (free plus reclaimable), bounded by the container's limit; elsewhere what the
    /// runtime knows.</summary>
    private static long AvailableBytes()
    {
        var limit = GC.GetGCMemoryInfo().TotalAvailableMemoryBytes;
        if (!OperatingSystem.IsLinux())
            return limit;
        foreach (var line in File.ReadLines("/proc/meminfo"))
        {
            if (line.StartsWith("MemAvailable:", StringComparison.Ordinal))
            {
                var kib = line["MemAvailable:".Length..].Replace("kB", "", StringComparison.Ordinal).Trim();
                return Math.Min(limit, long.Parse(kib, CultureInfo.InvariantCulture) * 1024);
            }
        }
        return limit;
    }
}
