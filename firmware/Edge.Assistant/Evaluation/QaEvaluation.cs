using Edge.Assistant.Writing;

namespace Edge.Assistant.Evaluation;

/// <summary>What a model says to one question.</summary>
/// <param name="Text">The answer; of a refusal the answer that would have been given, if there is one.</param>
/// <param name="Margin">How much likelier, in nats, the refusal is than the answer; null when it was not measured.</param>
public sealed record QaPrediction(string Text, bool Refused, double? Margin = null)
{
    public double? Confidence { get; init; }

    /// <summary>Of the answer, nats.</summary>
    public double? LogProbability { get; init; }

    public double? RefusalLogProbability { get; init; }
}

/// <summary>One question with what became of it.</summary>
/// <param name="Prediction">Empty for a refusal.</param>
/// <param name="AnswerExact">What the answer would score if it were not refused.</param>
/// <param name="AnswerF1">As <paramref name="AnswerExact"/>.</param>
public sealed record EvaluatedQa(
    QaItem Item,
    string Prediction,
    bool Refused,
    double Exact,
    double F1,
    double AnswerExact,
    double AnswerF1,
    QaPrediction Answer
)
{
    public double? Margin => Answer.Margin;
}

/// <summary>Shares and means are 0 to 1; those of an empty set are 0.</summary>
/// <param name="Exact">Over all items; an unanswerable one scores 1 when refused.</param>
/// <param name="F1">As <paramref name="Exact"/>.</param>
public sealed record QaScores(
    double Exact,
    double F1,
    double UnanswerableRefused,
    double AnswerableRefused,
    int Count,
    double AnswerableExact,
    double AnswerableF1,
    int Answerable
);

/// <param name="Model">Null when there was none.</param>
public sealed record QaSourceReport(string Source, QaScores? Model, QaScores Baseline);

/// <param name="Sources">In the order of their names.</param>
/// <param name="Items">In the order of the file; empty without a model.</param>
public sealed record QaReport(
    QaScores? Model,
    QaScores Baseline,
    IReadOnlyList<QaSourceReport> Sources,
    IReadOnlyList<EvaluatedQa> Items
);

/// <summary>Answers a file of questions about passages and scores them as SQuAD 2.0 does, beside the best sentence.</summary>
public static class QaEvaluation
{
    /// <param name="workers">What answers, one for each thread; none scores the baseline alone.</param>
    /// <param name="onDone">Gets how many items are answered.</param>
    public static QaReport Run(
        IReadOnlyList<QaItem> items,
        IReadOnlyList<Func<QaItem, QaPrediction>> workers,
        Action<int>? onDone = null,
        CancellationToken cancellation = default
    )
    {
        var answered =
            workers.Count == 0
                ? []
                : ParallelItems
                    .Run(items, workers, onDone, cancellation)
                    .Zip(items, (prediction, item) => Judge(item, prediction))
                    .ToList();
        var baseline = items
            .Select(item => Judge(item, new(Baselines.BestSentence(item.Context, item.Question), false)))
            .ToList();
        var names = items.Select(item => item.Source).Distinct().Order(StringComparer.Ordinal);
        return new QaReport(
            answered.Count > 0 ? Score(answered) : null,
            Score(baseline),
            [.. names.Select(Source)],
            answered
        );

        QaSourceReport Source(string name) =>
            new(
                name,
                answered.Count > 0 ? Score([.. answered.Where(a => a.Item.Source == name)]) : null,
                Score([.. baseline.Where(a => a.Item.Source == name)])
            );
    }

    /// <summary>Whether a model that writes freely refused: its words begin with the refusal's, or it said nothing.</summary>
    public static bool IsRefusal(string written)
    {
        var said = SquadScore.Normalise(written);
        return said.Length == 0 || said.StartsWith(SquadScore.Normalise(TaskPrompt.Refusal), StringComparison.Ordinal);
    }

    public static QaScores Score(IReadOnlyList<EvaluatedQa> items)
    {
        var answerable = items.Where(item => item.Item.IsAnswerable).ToList();
        var unanswerable = items.Where(item => !item.Item.IsAnswerable).ToList();
        return new QaScores(
            Mean(items, item => item.Exact),
            Mean(items, item => item.F1),
            Mean(unanswerable, item => item.Refused ? 1 : 0),
            Mean(answerable, item => item.Refused ? 1 : 0),
            items.Count,
            Mean(answerable, item => item.Exact),
            Mean(answerable, item => item.F1),
            answerable.Count
        );
    }

    private static EvaluatedQa Judge(QaItem item, QaPrediction said)
    {
        var (answerExact, answerF1) = SquadScore.Of(said.Text, refused: false, item.Answers);
        var (exact, f1) = said.Refused ? SquadScore.Of("", refused: true, item.Answers) : (answerExact, answerF1);
        return new EvaluatedQa(
            item,
            said.Refused ? "" : said.Text,
            said.Refused,
            exact,
            f1,
            answerExact,
            answerF1,
            said
        );
    }

    private static double Mean(IReadOnlyList<EvaluatedQa> items, Func<EvaluatedQa, double> value) =>
        items.Count == 0 ? 0 : items.Average(value);
}
