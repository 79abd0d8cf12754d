using System.Text.Json;
using Edge.Training.Run;

namespace Edge.Training.Reports;

/// <summary>
/// Joins the lines of metrics.jsonl into one course. A run that was killed takes the steps since its checkpoint again
/// and writes them again; tokens only ever grow within a course, so a step with no more of them than the one before
/// begins where the checkpoint stood: everything after that is dropped.
/// </summary>
internal sealed class HistoryReader
{
    private readonly List<MetricLine> _steps = [];
    private readonly List<MetricLine> _judgements = [];
    private readonly List<(long Tokens, MetricLine Line)> _samples = [];
    private readonly List<string> _said = [];
    private int _saidBefore;
    private int _leftOut;

    public void Add(string line)
    {
        if (line.Length == 0)
            return;
        if (Parse(line) is not { } metric)
        {
            _leftOut++;
            return;
        }
        switch (metric)
        {
            case { Event: "step", Stage: not null, Step: > 0, Tokens: { } tokens, Seconds: not null, Loss: not null }:
                Rewind(tokens);
                _steps.Add(metric);
                _saidBefore = _said.Count;
                break;
            case { Event: "judged", Stage: not null, Step: > 0, Tokens: { } tokens, BitsPerByte: not null }:
                _judgements.RemoveAll(earlier => earlier.Tokens >= tokens);
                _judgements.Add(metric);
                break;
            case { Event: "sample", Stage: not null, Step: > 0, Text: not null }:
                _samples.Add((_steps.Count > 0 ? _steps[^1].Tokens!.Value : 0, metric));
                break;
            case { Event: "said", Text: { } text }:
                _said.Add(text);
                break;
            default:
                // An event of a later version, or a line without what it needs.
                _leftOut++;
                break;
        }
    }

    public RunHistory Finish(string name)
    {
        var before = StepsBefore();
        long Total(MetricLine line) => before.GetValueOrDefault(line.Stage!) + line.Step!.Value;
        return new RunHistory(
            name,
            [
                .. _steps.Select(line => new StepPoint(
                    line.Stage!,
                    line.Step!.Value,
                    Total(line),
                    line.Tokens!.Value,
                    line.Seconds!.Value,
                    line.Loss!.Value,
                    line.Rate ?? 0,
                    line.GradientNorm ?? 0,
                    line.TokensPerSecond ?? 0,
                    line.FlopsPerSecond ?? 0
                )),
            ],
            [
                .. _judgements.Select(line => new JudgedPoint(
                    line.Stage!,
                    Total(line),
                    line.Tokens!.Value,
                    line.Seconds ?? 0,
                    line.BitsPerByte!.Value,
                    line.Int8BitsPerByte ?? line.BitsPerByte!.Value,
                    line.Sources ?? new Dictionary<string, double>()
                )),
            ],
            [
                .. _samples.Select(sample => new SamplePoint(
                    sample.Line.Stage!,
                    Total(sample.Line),
                    sample.Tokens,
                    sample.Line.Prompt ?? "",
                    sample.Line.Text!
                )),
            ],
            [.. _said.Distinct(StringComparer.Ordinal)],
            _leftOut
        );
    }

    /// <returns>Null for a line that is no event.</returns>
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

    private void Rewind(long tokens)
    {
        if (_steps.Count == 0 || _steps[^1].Tokens < tokens)
            return;
        _steps.RemoveAll(step => step.Tokens >= tokens);
        _judgements.RemoveAll(judged => judged.Tokens >= tokens);
        _samples.RemoveAll(sample => sample.Tokens >= tokens);
        // Begun anew: what was said about the run before it counts no more.
        if (_steps.Count == 0)
            _said.RemoveRange(0, _saidBefore);
    }

    /// <summary>For each stage, the steps of the stages before it.</summary>
    private Dictionary<string, long> StepsBefore()
    {
        var before = new Dictionary<string, long>(StringComparer.Ordinal);
        MetricLine? last = null;
        foreach (var step in _steps)
        {
            if (!before.ContainsKey(step.Stage!))
                before[step.Stage!] = last is null ? 0 : before[last.Stage!] + last.Step!.Value;
            last = step;
        }
        return before;
    }
}
