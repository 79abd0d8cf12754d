using System.Text.Json.Serialization;

namespace Edge.Training.Reports;

/// <summary>How a curve is drawn; the names are those of the page's style.</summary>
internal enum CurveStyle
{
    /// <summary>Thin and pale: the numbers as they are.</summary>
    [JsonStringEnumMemberName("raw")]
    Raw,

    [JsonStringEnumMemberName("solid")]
    Solid,

    [JsonStringEnumMemberName("dashed")]
    Dashed,
}

/// <summary>A curve over three possible x axes. All lists have one length.</summary>
/// <param name="Run">Place among the runs: its colour.</param>
/// <param name="Stages">Place of the stage among the run's; no line is drawn from one stage to the next.</param>
internal sealed record Curve(
    int Run,
    string Label,
    CurveStyle Style,
    IReadOnlyList<double> Tokens,
    IReadOnlyList<double> Seconds,
    IReadOnlyList<double> Steps,
    IReadOnlyList<double> Values,
    IReadOnlyList<int> Stages
);

/// <param name="Unit">Of the values.</param>
/// <param name="FromZero">The y axis begins at 0.</param>
/// <param name="Log">A logarithmic y axis makes sense.</param>
internal sealed record Chart(string Title, string Unit, bool FromZero, bool Log, IReadOnlyList<Curve> Curves);

/// <summary>Where a stage after the first begins.</summary>
internal sealed record StageMark(int Run, string Name, double Tokens, double Seconds, double Steps);
