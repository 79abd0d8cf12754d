using System.Globalization;
using System.Text;

namespace Edge.Training.Reports;

/// <summary>The parts of a report that are text.</summary>
internal static class ReportTables
{
    public static void Summary(StringBuilder page, IReadOnlyList<RunHistory> runs)
    {
        page.Append("<div class=\"wide\"><table>\n<tr><th>run</th><th>parameters</th><th>steps</th><th>tokens</th>");
        page.Append("<th>time</th><th>loss</th><th>bits per byte</th><th>as int8</th><th>int8 costs</th>");
        page.Append("<th>lowest int8</th><th>tokens a second</th></tr>\n");
        foreach (var run in runs.Select(RunSummary.Of))
        {
            var cost = (run.Int8BitsPerByte / run.BitsPerByte) - 1;
            page.Append(
                CultureInfo.InvariantCulture,
                $"<tr><td>{Html.Escape(run.Name)}</td><td>{Html.Short(run.Parameters)}</td><td>{run.Steps:N0}</td><td>{Html.Short(run.Tokens)}</td><td>{Html.Time(run.Seconds)}</td><td>{Html.Number(run.Loss, "0.000")}</td><td>{Html.Number(run.BitsPerByte, "0.0000")}</td><td>{Html.Number(run.Int8BitsPerByte, "0.0000")}</td><td>{Html.Number(100 * cost, "0.00")} %</td><td>{Html.Number(run.BestInt8BitsPerByte, "0.0000")}</td><td>{Html.Number(run.TokensPerSecond, "N0")}</td></tr>\n"
            );
        }
        page.Append("</table></div>\n");
        foreach (var run in runs.Where(run => run.LinesLeftOut > 0))
            page.Append(
                CultureInfo.InvariantCulture,
                $"<p class=\"dim\">{Html.Escape(run.Name)}: {run.LinesLeftOut} line(s) of its metrics could not be read and are left out.</p>\n"
            );
    }

    /// <summary>Bits per byte of each source at each run's last judgement.</summary>
    public static void Sources(StringBuilder page, IReadOnlyList<RunHistory> runs)
    {
        var last = runs.Select(run => run.Judgements is [.., var point] ? point : null).ToArray();
        var sources = last.SelectMany(point => point?.Sources.Keys ?? []).Distinct().Order(StringComparer.Ordinal);
        if (!sources.Any())
            return;
        page.Append(
            "<h2>Held-out text by source</h2>\n<p class=\"dim\">Bits per byte at the last judgement, weights as trained.</p>\n"
        );
        page.Append("<div class=\"wide\"><table>\n<tr><th>source</th>");
        for (var i = 0; i < runs.Count; i++)
            page.Append(
                CultureInfo.InvariantCulture,
                $"<th>{Html.Escape(runs[i].Name)}{(last[i] is { } point ? $", {Html.Escape(point.Stage)} step {point.TotalStep:N0}" : "")}</th>"
            );
        page.Append("</tr>\n");
        foreach (var source in sources)
        {
            page.Append(CultureInfo.InvariantCulture, $"<tr><td>{Html.Escape(source)}</td>");
            foreach (var point in last)
                page.Append(
                    CultureInfo.InvariantCulture,
                    $"<td>{(point is not null && point.Sources.TryGetValue(source, out var value) ? Html.Number(value, "0.0000") : "–")}</td>"
                );
            page.Append("</tr>\n");
        }
        page.Append("</table></div>\n");
    }

    public static void Samples(StringBuilder page, IReadOnlyList<RunHistory> runs)
    {
        if (runs.All(run => run.Samples.Count == 0))
            return;
        page.Append("<h2>Samples over time</h2>\n");
        foreach (var run in runs.Where(run => run.Samples.Count > 0))
        {
            page.Append(
                CultureInfo.InvariantCulture,
                $"<details{(runs.Count == 1 ? " open" : "")}><summary>{Html.Escape(run.Name)}: {run.Samples.Count:N0} samples</summary>\n<div class=\"wide\"><table class=\"samples\">\n<tr><th>step</th><th>tokens</th><th>asked</th><th>written</th></tr>\n"
            );
            foreach (var sample in run.Samples)
                page.Append(
                    CultureInfo.InvariantCulture,
                    $"<tr><td>{sample.TotalStep:N0}</td><td>{Html.Short(sample.Tokens)}</td><td>{Html.Escape(sample.Prompt)}</td><td class=\"text\">{Html.Escape(sample.Text)}</td></tr>\n"
                );
            page.Append("</table></div></details>\n");
        }
    }

    public static void Settings(StringBuilder page, IReadOnlyList<RunHistory> runs)
    {
        if (runs.All(run => run.Said.Count == 0))
            return;
        page.Append("<h2>Settings</h2>\n");
        foreach (var run in runs.Where(run => run.Said.Count > 0))
            page.Append(
                CultureInfo.InvariantCulture,
                $"<details open><summary>{Html.Escape(run.Name)}</summary>\n<pre class=\"text\">{Html.Escape(string.Join('\n', run.Said))}</pre></details>\n"
            );
    }
}
