using System.Globalization;
using BenchmarkDotNet.Columns;
using BenchmarkDotNet.Reports;
using BenchmarkDotNet.Running;

namespace Edge.Benchmarks;

/// <summary>A case that knows how many multiplications and additions it does.</summary>
internal interface ICounted
{
    long Operations { get; }
}

/// <summary>Billions of multiplications and additions a second, for comparing with the limits that edge bench prints.</summary>
internal sealed class RateColumn : IColumn
{
    public string Id => nameof(RateColumn);

    public string ColumnName => "GOP/s";

    public string Legend => "Multiplications and additions of matrices or attention, 10^9 a second";

    public ColumnCategory Category => ColumnCategory.Custom;

    public UnitType UnitType => UnitType.Dimensionless;

    public bool AlwaysShow => false;

    public int PriorityInCategory => 0;

    public bool IsNumeric => true;

    public bool IsAvailable(Summary summary) =>
        summary.BenchmarksCases.Any(benchmark => Counted(benchmark) is not null);

    public bool IsDefault(Summary summary, BenchmarkCase benchmarkCase) => false;

    public string GetValue(Summary summary, BenchmarkCase benchmarkCase)
    {
        // Operations over nanoseconds are billions a second.
        var nanoseconds = summary[benchmarkCase]?.ResultStatistics?.Median;
        return Counted(benchmarkCase) is { } counted && nanoseconds is > 0
            ? (counted.Operations / nanoseconds.Value).ToString("F1", CultureInfo.InvariantCulture)
            : "-";
    }

    public string GetValue(Summary summary, BenchmarkCase benchmarkCase, SummaryStyle style) =>
        GetValue(summary, benchmarkCase);

    private static ICounted? Counted(BenchmarkCase benchmark) =>
        benchmark.Parameters.Items.Select(item => item.Value).OfType<ICounted>().FirstOrDefault();
}
