using System.Text.Json;
using Edge.Training.Run;

namespace Edge.Training.Cards;

/// <summary>Where the curves of a run ended. Lines that were torn by a crash are passed over.</summary>
internal sealed class RunMetrics
{
    private readonly Dictionary<string, MetricLine> _judged = new(StringComparer.Ordinal);
    private readonly Dictionary<string, double> _losses = new(StringComparer.Ordinal);

    public static RunMetrics Read(string folder)
    {
        var metrics = new RunMetrics();
        var path = Path.Combine(folder, RunFolder.MetricsName);
        if (!File.Exists(path))
            return metrics;
        foreach (var text in File.ReadLines(path))
        {
            if (Parse(text) is not { Stage: { } stage } line)
                continue;
            if (line.Event == "judged")
                metrics._judged[stage] = line;
            if (line is { Event: "step", Loss: { } loss })
                metrics._losses[stage] = metrics._losses.TryGetValue(stage, out var mean)
                    ? (0.95 * mean) + (0.05 * loss)
                    : loss;
        }
        return metrics;
    }

    /// <summary>The last judgement of a stage.</summary>
    public MetricLine? Judged(string stage) => _judged.GetValueOrDefault(stage);

    /// <summary>Nats a token, mean of about the last twenty steps of a stage.</summary>
    public double? Loss(string stage) => _losses.TryGetValue(stage, out var loss) ? loss : null;

    private static MetricLine? Parse(string line)
    {
        try
        {
            return JsonSerializer.Deserialize(line, MetricJson.Default.MetricLine);
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
