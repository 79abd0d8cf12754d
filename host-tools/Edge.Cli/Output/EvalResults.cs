using System.Text.Json.Serialization;
using Edge.Assistant.Evaluation;

namespace Edge.Cli.Output;

/// <summary>Figures of edge eval qa over some items; see <see cref="Edge.Assistant.Evaluation.QaScores"/>.</summary>
internal sealed record QaFigures(
    double Exact,
    double F1,
    double UnanswerableRefused,
    double AnswerableRefused,
    int Count,
    double AnswerableExact,
    double AnswerableF1,
    int Answerable
)
{
    public static QaFigures From(QaScores s) =>
        new(
            s.Exact,
            s.F1,
            s.UnanswerableRefused,
            s.AnswerableRefused,
            s.Count,
            s.AnswerableExact,
            s.AnswerableF1,
            s.Answerable
        );
}

/// <summary>edge eval qa. Without a model the first figures are the baseline's.</summary>
/// <param name="Mode">"grounded", "plain" or "baseline".</param>
internal sealed record EvalQaResult(
    double Exact,
    double F1,
    double UnanswerableRefused,
    double AnswerableRefused,
    int Count,
    double AnswerableExact,
    double AnswerableF1,
    int Answerable,
    string Model,
    string Mode,
    double Seconds,
    QaFigures Baseline,
    IReadOnlyList<QaSourceResult> Sources
)
{
    /// <summary>With --calibrate: the best threshold.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public RefusalPoint? Best { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<RefusalPoint>? Curve { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<QaItemResult>? Items { get; init; }
}

/// <param name="Model">Null when there was none.</param>
internal sealed record QaSourceResult(string Source, QaFigures? Model, QaFigures Baseline);

/// <param name="Margin">Nats by which the refusal is likelier than the answer; null where it was not measured.</param>
internal sealed record QaItemResult(
    string Id,
    string Source,
    string Question,
    IReadOnlyList<string> Answers,
    string Prediction,
    bool Refused,
    double Exact,
    double F1,
    double AnswerF1,
    double? Margin,
    double? Confidence,
    double? LogProbability,
    double? RefusalLogProbability
);

/// <summary>Figures of edge eval summaries over some items.</summary>
internal sealed record SummaryFigures(
    double Rouge1,
    double Rouge2,
    [property: JsonPropertyName("rougeL")] double RougeL,
    double InventedRate,
    int Count
)
{
    public static SummaryFigures From(SummaryScores s) => new(s.Rouge1, s.Rouge2, s.RougeL, s.InventedRate, s.Count);
}

/// <summary>edge eval summaries. Without a model the first figures are the lead sentence's.</summary>
internal sealed record EvalSummariesResult(
    double Rouge1,
    double Rouge2,
    [property: JsonPropertyName("rougeL")] double RougeL,
    double InventedRate,
    int Count,
    string Model,
    double Seconds,
    int SourcesBeaten,
    SummaryFigures Lead,
    IReadOnlyList<SummarySourceResult> Sources
)
{
    /// <summary>Before grounding.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public SummaryFigures? Raw { get; init; }

    /// <summary>Share of texts where grounding left nothing, so that the lead sentence is shown.</summary>
    public double FallbackRate { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<SummaryItemResult>? Items { get; init; }
}

internal sealed record SummarySourceResult(
    string Source,
    SummaryFigures? Model,
    SummaryFigures? Raw,
    double FallbackRate,
    SummaryFigures Lead
);

internal sealed record SummaryItemResult(
    string Id,
    string Source,
    string Kind,
    string Summary,
    string Prediction,
    string Raw,
    [property: JsonPropertyName("rougeL")] double RougeL,
    bool Fallback,
    bool Invented
);
