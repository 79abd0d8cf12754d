using System.Globalization;
using System.Text;

namespace Edge.Training.Lab;

/// <summary>A ledger as a page of markdown.</summary>
internal static class LedgerTable
{
    /// <param name="noise">Bits per byte; null while it is not measured.</param>
    /// <param name="rounded">The search goes by int8.</param>
    public static string Write(string recipe, IReadOnlyList<LabLine> lines, double? noise, bool rounded, LabLine? best)
    {
        var page = new StringBuilder();
        page.Append(Text($"# Experiments on {recipe}\n\n"));
        page.Append(
            Text(
                $"Each trains for {lines.Select(line => line.BudgetSeconds).Distinct().Order().Aggregate("", (all, s) => all + (all.Length > 0 ? " or " : "") + Text($"{s:0.#}"))} s and is judged by bits per byte on held-out text, {(rounded ? "with weights rounded to int8" : "fp32")}; less is better. A change is kept where it wins more than the noise"
            )
        );
        page.Append(
            noise is { } value ? Text($", {value:0.0000}: what lies between runs that differ in the seed alone.") : "."
        );
        page.Append("\n\n| # | setting | int8 | fp32 | steps | M tokens | M parameters | MB | s (wall) | verdict |\n");
        page.Append("| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |\n");
        for (var i = 0; i < lines.Count; i++)
            page.Append(Row(i + 1, lines[i]));
        if (best is null)
            return page.ToString();
        var kept = best.Verdict == "keep" ? [.. best.Kept, best.Setting] : best.Kept;
        page.Append(
            kept.Count == 0
                ? "\nThe recipe as it is is the best so far.\n"
                : $"\nThe best so far has: {string.Join("; ", kept.Select(Escape))}.\n"
        );
        return page.ToString();
    }

    private static string Row(int number, LabLine line)
    {
        var verdict = line.Verdict == "crash" ? $"crash: {Escape(line.Reason ?? "")}" : line.Verdict;
        var setting = Escape(line.Verdict == "noise" ? Text($"{line.Setting}, seed {line.Seed}") : line.Setting);
        return Text(
            $"| {number} | {setting} | {Show(line.Int8BitsPerByte, "0.0000")} | {Show(line.BitsPerByte, "0.0000")} | {Show(line.Steps, "N0")} | {Show(line.Tokens / 1e6, "0.00")} | {Show(line.Parameters / 1e6, "0.00")} | {Show(line.MemoryBytes / 1e6, "0")} | {Show(line.Seconds, "0.0")} ({Show(line.WallSeconds, "0.0")}) | {verdict} |\n"
        );
    }

    private static string Show(double? value, string format) =>
        value is { } number ? number.ToString(format, CultureInfo.InvariantCulture) : "-";

    private static string Escape(string text) =>
        text.ReplaceLineEndings(" ").Replace("|", "\\|", StringComparison.Ordinal);

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
