using Edge.Bench.Shapes;
using Edge.Inference;
using Edge.TestKit;

namespace Edge.Bench.Tests;

public sealed class SpeedBenchTests
{
    [Fact]
    public void A_report_is_consistent_with_itself()
    {
        using var folder = new TempFolder();
        var path = folder["tiny.gguf"];
        ShapeFile.Write(path, TinyShape.Make(), TensorType.Q8_0, 1);
        var report = new SpeedBench(TimeProvider.System).Run(
            new BenchOptions
            {
                ModelPath = path,
                PromptTokens = 16,
                DecodeTokens = 8,
                Threads = [1],
                Repeats = 3,
            }
        );

        using var file = ModelFile.Open(path);
        Assert.Equal("random tiny Q8_0", report.Model);
        Assert.Equal(file.ParameterCount, report.Parameters);
        Assert.Equal(file.WeightBytes, report.WeightBytes);
        var only = Assert.Single(report.Results);
        Assert.Equal(1, only.Threads);
        Assert.True(only.PrefillTokensPerS > 0 && only.DecodeTokensPerS > 0);
        Assert.Equal(
            only.DecodeTokensPerS * report.WeightBytes,
            only.BandwidthShare * only.Bandwidth.BytesPerSecond,
            tolerance: 1
        );
        // Per layer: query and output 64 x 64, key and value 32 x 64, three of 96 x 64.
        var multiplyAdds = 2 * ((2 * 64 * 64) + (2 * 32 * 64) + (3 * 96 * 64));
        Assert.Equal(
            2.0 * multiplyAdds * only.PrefillTokensPerS,
            only.Int8PeakShare * only.Int8.OpsPerSecond,
            tolerance: 1
        );
        Assert.InRange(only.BandwidthShare, 0, 1);
        Assert.InRange(only.Int8PeakShare, 0, 1);
        if (OperatingSystem.IsLinux())
            Assert.InRange(only.RssBytes, 1 << 20, 4L << 30);
    }

    [Fact]
    public void Work_is_counted_from_the_shape()
    {
        using var folder = new TempFolder();
        var path = folder["tiny.gguf"];
        ShapeFile.Write(path, TinyShape.Make(tied: false), TensorType.F32, 1);
        using var file = ModelFile.Open(path);
        var work = ModelWork.Of(file, positions: 16);
        Assert.Equal(file.ParameterCount * 4, work.AllWeightBytes);
        Assert.Equal(work.AllWeightBytes - (300 * 64 * 4), file.WeightBytes);
        Assert.Equal(2 * 2 * 32 * 16 * 4, work.CacheBytes);
    }

    [Theory]
    [InlineData(0, 1, 1, "prompt tokens")]
    [InlineData(1, 0, 1, "decoded tokens")]
    [InlineData(1, 1, 0, "repeats")]
    public void Options_out_of_range_are_refused_by_name(int prompt, int decode, int repeats, string name)
    {
        var options = new BenchOptions
        {
            ModelPath = "none",
            PromptTokens = prompt,
            DecodeTokens = decode,
            Repeats = repeats,
        };
        var refused = Assert.Throws<ArgumentException>(options.Check);
        Assert.Contains($"{name} must be 1 to", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_context_that_is_too_short_is_refused_with_the_numbers()
    {
        using var folder = new TempFolder();
        var path = folder["tiny.gguf"];
        ShapeFile.Write(path, TinyShape.Make(), TensorType.Q8_0, 1);
        var bench = new SpeedBench(TimeProvider.System);
        var refused = Assert.Throws<ArgumentException>(() =>
            bench.Run(
                new BenchOptions
                {
                    ModelPath = path,
                    PromptTokens = 500,
                    DecodeTokens = 13,
                }
            )
        );
        Assert.Contains("500 prompt and 13 decoded tokens", refused.Message, StringComparison.Ordinal);
        Assert.Contains("512", refused.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(new double[] { 3 }, 3)]
    [InlineData(new double[] { 9, 1, 4 }, 4)]
    [InlineData(new double[] { 9, 1, 4, 5 }, 4.5)]
    public void The_median_is_the_middle_or_between_the_two_middle_ones(double[] values, double expected) =>
        Assert.Equal(expected, SpeedBench.Median(values));
}
