namespace Edge.Assistant.Evaluation;

/// <summary>What a threshold on the margin would give.</summary>
/// <param name="Threshold">Refuse above it, nats.</param>
public sealed record RefusalPoint(
    double Threshold,
    double UnanswerableRefused,
    double AnswerableRefused,
    double Exact,
    double F1
)
{
    /// <summary>Whether it is good enough: what has no answer is mostly refused, what has one hardly ever.</summary>
    public bool MeetsGoal =>
        UnanswerableRefused >= RefusalCurve.UnanswerableRefusedMin
        && AnswerableRefused <= RefusalCurve.AnswerableRefusedMax;
}

/// <summary>The trade between refusing what has no answer and refusing what has one, over all thresholds.</summary>
public static class RefusalCurve
{
    public const double UnanswerableRefusedMin = 0.7;
    public const double AnswerableRefusedMax = 0.1;

    /// <summary>
    /// A point for each threshold that changes anything, from refusing everything to refusing nothing. Items without a margin
    /// are left out.
    /// </summary>
    public static IReadOnlyList<RefusalPoint> Of(IEnumerable<EvaluatedQa> items)
    {
        var sorted = items.Where(item => item.Margin is not null).OrderBy(item => item.Margin).ToList();
        if (sorted.Count == 0)
            return [];
        double unanswerable = sorted.Count(item => !item.Item.IsAnswerable);
        var answerable = sorted.Count - unanswerable;
        var (refusedRightly, refusedWrongly, exact, f1) = (unanswerable, answerable, unanswerable, unanswerable);
        var points = new List<RefusalPoint>();
        Add(Math.Min(-1e6, sorted[0].Margin!.Value - 1));
        for (var i = 0; i < sorted.Count; i++)
        {
            var item = sorted[i];
            if (item.Item.IsAnswerable)
                (refusedWrongly, exact, f1) = (refusedWrongly - 1, exact + item.AnswerExact, f1 + item.AnswerF1);
            else
                (refusedRightly, exact, f1) = (refusedRightly - 1, exact - 1, f1 - 1);
            // The threshold lies half way to the next item; equal margins go together.
            if (i + 1 == sorted.Count)
                Add(double.IsFinite(item.Margin!.Value) ? item.Margin.Value : points[^1].Threshold + 1);
            else if (sorted[i + 1].Margin > item.Margin)
                Add(Between(item.Margin!.Value, sorted[i + 1].Margin!.Value));
        }
        return points;

        void Add(double threshold) =>
            points.Add(
                new RefusalPoint(
                    threshold,
                    unanswerable > 0 ? refusedRightly / unanswerable : 0,
                    answerable > 0 ? refusedWrongly / answerable : 0,
                    exact / sorted.Count,
                    f1 / sorted.Count
                )
            );
    }

    /// <summary>The threshold with the highest F1 among those that meet the goal; where none does, the one that comes nearest
    /// to it on its worse side. Null without points.</summary>
    public static RefusalPoint? Best(IReadOnlyList<RefusalPoint> points) =>
        points.Any(point => point.MeetsGoal)
            ? points.Where(point => point.MeetsGoal).MaxBy(point => point.F1)
            : points.MaxBy(point =>
                (
                    Math.Min(
                        point.UnanswerableRefused - UnanswerableRefusedMin,
                        AnswerableRefusedMax - point.AnswerableRefused
                    ),
                    point.F1
                )
            );

    /// <summary>About so many points of a curve, evenly over the share of answerable items that are refused.</summary>
    public static IReadOnlyList<RefusalPoint> Thin(IReadOnlyList<RefusalPoint> points, int count) =>
        [
            .. points
                .GroupBy(point => Math.Round(point.AnswerableRefused * count))
                .Select(group => group.MaxBy(point => point.UnanswerableRefused)!),
        ];

    private static double Between(double low, double high) => double.IsInfinity(high) ? low + 1 : (low + high) / 2;
}
