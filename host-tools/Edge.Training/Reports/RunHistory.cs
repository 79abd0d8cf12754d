using Edge.Training.Run;

namespace Edge.Training.Reports;

/// <summary>One step of a run.</summary>
/// <param name="Step">1 for the first of its stage.</param>
/// <param name="TotalStep">The same counted through all stages.</param>
/// <param name="Loss">Nats a judged token.</param>
/// <param name="Rate">Share of the highest learning rate.</param>
public sealed record StepPoint(
    string Stage,
    long Step,
    long TotalStep,
    long Tokens,
    double Seconds,
    double Loss,
    double Rate,
    double GradientNorm,
    double TokensPerSecond,
    double FlopsPerSecond
);

/// <summary>One judgement on held-out text.</summary>
/// <param name="Sources">Bits per byte of each, fp32.</param>
public sealed record JudgedPoint(
    string Stage,
    long TotalStep,
    long Tokens,
    double Seconds,
    double BitsPerByte,
    double Int8BitsPerByte,
    IReadOnlyDictionary<string, double> Sources
);

/// <summary>What the model wrote at a step.</summary>
public sealed record SamplePoint(string Stage, long TotalStep, long Tokens, string Prompt, string Text);

/// <summary>What happened in a run, as if it had never been interrupted: where steps were taken twice, the later ones.</summary>
/// <param name="Said">Lines about data, sizes and stages, each once.</param>
/// <param name="LinesLeftOut">Lines of the file that could not be read: a torn last one, or damage.</param>
public sealed record RunHistory(
    string Name,
    IReadOnlyList<StepPoint> Steps,
    IReadOnlyList<JudgedPoint> Judgements,
    IReadOnlyList<SamplePoint> Samples,
    IReadOnlyList<string> Said,
    int LinesLeftOut
)
{
    /// <summary>Reads metrics.jsonl.</summary>
    /// <param name="path">A run's folder, or the file itself.</param>
    /// <exception cref="TrainingException">There is no such run.</exception>
    /// <exception cref="IOException">It cannot be read.</exception>
    public static RunHistory Read(string path)
    {
        var file = Directory.Exists(path) ? Path.Combine(path, RunFolder.MetricsName) : path;
        if (!File.Exists(file))
            throw new TrainingException(
                $"{path}: there is no {RunFolder.MetricsName} here. Name the folder of a run of edge train."
            );
        var folder = Path.GetFileName(Path.TrimEndingDirectorySeparator(Path.GetFullPath(path)));
        if (folder == RunFolder.MetricsName)
            folder = Path.GetFileName(Path.GetDirectoryName(Path.GetFullPath(path))) ?? folder;
        // Another process may be writing it.
        using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        using var reader = new StreamReader(stream);
        var history = new HistoryReader();
        while (reader.ReadLine() is { } line)
            history.Add(line);
        return history.Finish(folder);
    }

    /// <summary>Several runs, each with a name of its own.</summary>
    /// <exception cref="TrainingException">One of them is no run.</exception>
    public static RunHistory[] ReadAll(IReadOnlyList<string> paths)
    {
        var runs = paths.Select(Read).ToArray();
        return
        [
            .. runs.Select(
                (run, i) => runs.Count(other => other.Name == run.Name) > 1 ? run with { Name = paths[i] } : run
            ),
        ];
    }
}
