using BenchmarkDotNet.Columns;
using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Diagnosers;
using BenchmarkDotNet.Exporters;
using BenchmarkDotNet.Exporters.Json;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Loggers;
using BenchmarkDotNet.Order;
using BenchmarkDotNet.Reports;
using BenchmarkDotNet.Toolchains.InProcess.Emit;
using Perfolizer.Horology;

namespace Edge.Benchmarks;

/// <summary>
/// Many short measurements, in this process: a kernel's time does not depend on the process it runs in, and hundreds of cases
/// finish in minutes.
/// </summary>
internal sealed class KernelConfig : ManualConfig
{
    /// <summary>For times.</summary>
    public static KernelConfig Timing() =>
        new(Job.Default.WithIterationTime(TimeInterval.FromMilliseconds(40)).WithWarmupCount(4).WithIterationCount(7));

    /// <summary>For allocated bytes: a fixed number of runs, so many that what the runtime allocates by itself rounds to
    /// nothing.</summary>
    public static KernelConfig Counting() =>
        (KernelConfig)
            new KernelConfig(
                Job.Default.WithInvocationCount(RunsCounted).WithWarmupCount(1).WithIterationCount(1)
            ).AddDiagnoser(MemoryDiagnoser.Default);

    private const int RunsCounted = 8192;

    /// <summary>Characters that a case may take in a table.</summary>
    private const int CaseWidth = 60;

    /// <summary>A busy machine may take long; BenchmarkDotNet gives up after five minutes otherwise.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromHours(1);

    private KernelConfig(Job job)
    {
        AddJob(job.WithToolchain(new InProcessEmitToolchain(Patience, logOutput: true)));
        AddColumnProvider(DefaultColumnProviders.Instance);
        AddColumn(new RateColumn());
        AddExporter(MarkdownExporter.GitHub, JsonExporter.BriefCompressed);
        AddLogger(ConsoleLogger.Default);
        // Where build outputs lie, which git ignores.
        ArtifactsPath = Path.Combine("artifacts", "benchmarks");
        WithOrderer(new DefaultOrderer(SummaryOrderPolicy.Declared));
        WithSummaryStyle(SummaryStyle.Default.WithMaxParameterColumnWidth(CaseWidth));
    }
}
