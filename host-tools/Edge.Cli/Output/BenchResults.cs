using System.Text.Json.Serialization;
using Edge.Bench;

namespace Edge.Cli.Output;

/// <param name="WeightBytes">Read for every decoded token.</param>
internal sealed record BenchResult(
    string Model,
    long Parameters,
    long WeightBytes,
    string WeightType,
    IReadOnlyList<BenchItem> Results
)
{
    public static BenchResult From(BenchReport report) =>
        new(
            report.Model,
            report.Parameters,
            report.WeightBytes,
            report.WeightType,
            [.. report.Results.Select(BenchItem.From)]
        );
}

/// <param name="ReadBandwidthHow">Buffer, pages and loop that gave the bandwidth.</param>
/// <param name="OverheadBytes">Memory above weights and key-value cache.</param>
internal sealed record BenchItem(
    int Threads,
    double PrefillTokensPerS,
    double DecodeTokensPerS,
    double ReadBandwidthBytesPerS,
    double BandwidthShare,
    double Int8PeakShare,
    long RssBytes,
    double LoadMs,
    long OverheadBytes,
    double Int8OpsPerS,
    double Fp32OpsPerS,
    string ReadBandwidthHow,
    string Int8How
)
{
    public static BenchItem From(ThreadsReport r) =>
        new(
            r.Threads,
            r.PrefillTokensPerS,
            r.DecodeTokensPerS,
            r.Bandwidth.BytesPerSecond,
            r.BandwidthShare,
            r.Int8PeakShare,
            r.RssBytes,
            r.LoadMs,
            r.OverheadBytes,
            r.Int8.OpsPerSecond,
            r.Fp32.OpsPerSecond,
            r.Bandwidth.How,
            r.Int8.How
        );
}

internal sealed record EvalTextResult(double Perplexity, double BitsPerByte, int Tokens)
{
    /// <summary>Nats a token, from the reference to the model; left out without a reference.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public double? KlDivergence { get; init; }
}
