using System.Text.Json;
using System.Text.Json.Serialization;

namespace Edge.Training.Run;

/// <summary>One line of metrics.jsonl; what an event does not have is left out.</summary>
internal sealed record MetricLine
{
    /// <summary>"step", "judged", "sample" or "said".</summary>
    public required string Event { get; init; }

    public string? Stage { get; init; }

    public long? Step { get; init; }

    public long? Tokens { get; init; }

    public double? Seconds { get; init; }

    public double? Loss { get; init; }

    public double? Rate { get; init; }

    public double? GradientNorm { get; init; }

    public double? TokensPerSecond { get; init; }

    public double? FlopsPerSecond { get; init; }

    public double? BitsPerByte { get; init; }

    public double? Int8BitsPerByte { get; init; }

    public IReadOnlyDictionary<string, double>? Sources { get; init; }

    public string? Prompt { get; init; }

    public string? Text { get; init; }
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull
)]
[JsonSerializable(typeof(MetricLine))]
internal sealed partial class MetricJson : JsonSerializerContext;

/// <summary>Writes what happens to metrics.jsonl in the run's folder, a line an event, and passes it on.</summary>
public sealed class RunFolder : ITrainingWatcher, IDisposable
{
    public const string MetricsName = "metrics.jsonl";

    private readonly StreamWriter _metrics;
    private readonly ITrainingWatcher _next;

    public RunFolder(string folder, ITrainingWatcher next)
    {
        Directory.CreateDirectory(folder);
        _next = next;
        var path = Path.Combine(folder, MetricsName);
        var torn = EndsInsideALine(path);
        _metrics = new StreamWriter(path, append: true) { AutoFlush = true };
        if (torn)
            _metrics.WriteLine();
    }

    public void Said(string line)
    {
        Write(new MetricLine { Event = "said", Text = line });
        _next.Said(line);
    }

    public void Stepped(StepReport report)
    {
        Write(
            new MetricLine
            {
                Event = "step",
                Stage = report.Stage,
                Step = report.Step,
                Tokens = report.Tokens,
                Seconds = Math.Round(report.Seconds, 3),
                Loss = report.Loss,
                Rate = report.Rate,
                GradientNorm = report.GradientNorm,
                TokensPerSecond = Math.Round(report.TokensPerSecond),
                FlopsPerSecond = Math.Round(report.FlopsPerSecond),
            }
        );
        _next.Stepped(report);
    }

    public void Judged(JudgementReport report)
    {
        Write(
            new MetricLine
            {
                Event = "judged",
                Stage = report.Stage,
                Step = report.Step,
                Tokens = report.Tokens,
                Seconds = Math.Round(report.Seconds, 3),
                BitsPerByte = report.BitsPerByte,
                Int8BitsPerByte = report.Int8BitsPerByte,
                Sources = report.Sources,
            }
        );
        _next.Judged(report);
    }

    public void Sampled(SampleReport report)
    {
        Write(
            new MetricLine
            {
                Event = "sample",
                Stage = report.Stage,
                Step = report.Step,
                Prompt = report.Prompt,
                Text = report.Text,
            }
        );
        _next.Sampled(report);
    }

    public void Dispose() => _metrics.Dispose();

    /// <summary>A process that was killed may have left half a line; the next one must not be joined to it.</summary>
    private static bool EndsInsideALine(string path)
    {
        if (!File.Exists(path))
            return false;
        using var stream = File.OpenRead(path);
        if (stream.Length == 0)
            return false;
        stream.Seek(-1, SeekOrigin.End);
        return stream.ReadByte() != '\n';
    }

    private void Write(MetricLine line) =>
        _metrics.WriteLine(JsonSerializer.Serialize(line, MetricJson.Default.MetricLine));
}
