using Edge.TestKit;

namespace Edge.Inference.Tests;

public sealed class FastCoresTests : IDisposable
{
    private readonly TempFolder _folder = new();

    [Fact]
    public void The_cores_of_highest_capacity_are_the_fast_ones()
    {
        Write("cpu_capacity", 446, 446, 1024, 1024);
        Assert.Equal([2, 3], FastCores.Find(_folder.Path));
    }

    [Fact]
    public void Without_capacities_the_clock_decides()
    {
        Write("cpufreq/cpuinfo_max_freq", 5_000_000, 4_900_000, 3_000_000);
        Assert.Equal([0, 1], FastCores.Find(_folder.Path));
    }

    [Fact]
    public void Equal_cores_are_not_told_apart()
    {
        Write("cpu_capacity", 1024, 1024);
        Assert.Empty(FastCores.Find(_folder.Path));
        Assert.Empty(FastCores.Find(_folder["nowhere"]));
    }

    public void Dispose() => _folder.Dispose();

    private void Write(string file, params int[] speeds)
    {
        for (var core = 0; core < speeds.Length; core++)
        {
            var path = Path.Combine(_folder.Path, $"cpu{core}", file);
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            File.WriteAllText(path, $"{speeds[core]}\n");
        }
    }
}
