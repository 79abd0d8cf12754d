namespace Edge.Training.Reports;

/// <summary>The charts of a report, from the histories of its runs.</summary>
internal static class Charts
{
    /// <summary>Of a thinned curve: two points (lowest and highest) in each.</summary>
    private const int BucketsMax = 500;

    public static IReadOnlyList<Chart> Of(IReadOnlyList<RunHistory> runs) =>
        [
            Loss(runs),
            BitsPerByte(runs),
            Int8Cost(runs),
            new("Learning rate", "share of the highest", true, false, Each(runs, step => step.Rate)),
            new("Gradient norm", "before clipping", true, true, Smoothed(runs, step => step.GradientNorm)),
            new("Pace", "tokens a second", true, false, Smoothed(runs, step => step.TokensPerSecond)),
        ];

    public static Chart Loss(IReadOnlyList<RunHistory> runs) =>
        new("Loss", "nats a token", false, true, Smoothed(runs, step => step.Loss));

    public static Chart BitsPerByte(IReadOnlyList<RunHistory> runs)
    {
        var curves = new List<Curve>();
        for (var i = 0; i < runs.Count; i++)
        {
            curves.Add(Judged(i, "fp32", CurveStyle.Solid, runs[i].Judgements, point => point.BitsPerByte));
            curves.Add(Judged(i, "int8", CurveStyle.Dashed, runs[i].Judgements, point => point.Int8BitsPerByte));
        }
        return new Chart("Held-out text", "bits per byte", false, true, curves);
    }

    /// <summary>What rounding to int8 adds to the bits per byte.</summary>
    public static Chart Int8Cost(IReadOnlyList<RunHistory> runs) =>
        new(
            "int8 against fp32",
            "% more bits per byte",
            true,
            false,
            [
                .. runs.Select(
                    (run, i) =>
                        Judged(
                            i,
                            "",
                            CurveStyle.Solid,
                            run.Judgements,
                            point => 100 * ((point.Int8BitsPerByte / point.BitsPerByte) - 1)
                        )
                ),
            ]
        );

    public static IReadOnlyList<StageMark> Marks(IReadOnlyList<RunHistory> runs) =>
        [
            .. runs.SelectMany(
                (run, i) =>
                    run
                        .Steps.Zip(run.Steps.Skip(1))
                        .Where(pair => pair.First.Stage != pair.Second.Stage)
                        .Select(pair => new StageMark(
                            i,
                            pair.Second.Stage,
                            pair.First.Tokens,
                            pair.First.Seconds,
                            pair.First.TotalStep
                        ))
            ),
        ];

    /// <summary>Steps that the smoothed loss looks back on: a fiftieth of the run, 20 at least.</summary>
    public static int WindowSteps(int steps) => Math.Max(20, steps / 50);

    /// <summary>A curve of each run as it was.</summary>
    private static Curve[] Each(IReadOnlyList<RunHistory> runs, Func<StepPoint, double> value) =>
        [.. runs.Select((run, i) => Thinned(i, "", CurveStyle.Solid, run.Steps, [.. run.Steps.Select(value)]))];

    /// <summary>Two curves of each run: as it was, and smoothed.</summary>
    private static List<Curve> Smoothed(IReadOnlyList<RunHistory> runs, Func<StepPoint, double> value)
    {
        var curves = new List<Curve>();
        for (var i = 0; i < runs.Count; i++)
        {
            var raw = runs[i].Steps.Select(value).ToArray();
            curves.Add(Thinned(i, "each step", CurveStyle.Raw, runs[i].Steps, raw));
            curves.Add(Thinned(i, "smoothed", CurveStyle.Solid, runs[i].Steps, Means(runs[i].Steps, raw)));
        }
        return curves;
    }

    private static Curve Judged(
        int run,
        string label,
        CurveStyle style,
        IReadOnlyList<JudgedPoint> points,
        Func<JudgedPoint, double> value
    ) =>
        new(
            run,
            label,
            style,
            [.. points.Select(point => (double)point.Tokens)],
            [.. points.Select(point => point.Seconds)],
            [.. points.Select(point => (double)point.TotalStep)],
            [.. points.Select(value)],
            StagesOf([.. points.Select(point => point.Stage)])
        );

    private static Curve Thinned(
        int run,
        string label,
        CurveStyle style,
        IReadOnlyList<StepPoint> steps,
        double[] values
    )
    {
        var kept = Kept(values);
        var stages = StagesOf([.. steps.Select(step => step.Stage)]);
        return new Curve(
            run,
            label,
            style,
            [.. kept.Select(i => (double)steps[i].Tokens)],
            [.. kept.Select(i => steps[i].Seconds)],
            [.. kept.Select(i => (double)steps[i].TotalStep)],
            [.. kept.Select(i => values[i])],
            [.. kept.Select(i => stages[i])]
        );
    }

    /// <summary>Mean over a window that forgets, begun anew with each stage. While a stage is young the window is a tenth of
    /// its age: the steep beginning would lag behind otherwise.</summary>
    private static double[] Means(IReadOnlyList<StepPoint> steps, double[] values)
    {
        var window = WindowSteps(steps.Count);
        var smoothed = new double[values.Length];
        var age = 0;
        for (var i = 0; i < values.Length; i++)
        {
            age = i > 0 && steps[i].Stage != steps[i - 1].Stage ? 0 : age + 1;
            var forget = age <= 1 ? 1 : 1 / Math.Min(window, 1 + (age / 10.0));
            smoothed[i] = i == 0 ? values[0] : smoothed[i - 1] + (forget * (values[i] - smoothed[i - 1]));
        }
        return smoothed;
    }

    /// <summary>Places to draw: all, or the first, the last, and the extremes of each bucket, so that no spike is lost.</summary>
    private static List<int> Kept(double[] values)
    {
        if (values.Length <= 2 * BucketsMax)
            return [.. Enumerable.Range(0, values.Length)];
        var kept = new SortedSet<int> { 0, values.Length - 1 };
        for (var bucket = 0; bucket < BucketsMax; bucket++)
        {
            var from = (int)((long)values.Length * bucket / BucketsMax);
            var to = (int)((long)values.Length * (bucket + 1) / BucketsMax);
            var (lowest, highest) = (from, from);
            for (var i = from + 1; i < to; i++)
            {
                if (values[i] < values[lowest])
                    lowest = i;
                if (values[i] > values[highest])
                    highest = i;
            }
            kept.Add(lowest);
            kept.Add(highest);
        }
        return [.. kept];
    }

    private static int[] StagesOf(string[] names)
    {
        var stages = new int[names.Length];
        for (var i = 1; i < names.Length; i++)
            stages[i] = stages[i - 1] + (names[i] == names[i - 1] ? 0 : 1);
        return stages;
    }
}
