using System.Globalization;
using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Running;

namespace Edge.Benchmarks;

/// <summary>Runs the token loop under BenchmarkDotNet's memory diagnoser and fails above 0 bytes a token.</summary>
internal static class AllocationGate
{
    /// <returns>The exit code: 0 nothing was allocated, 1 something was, or the loop did not run.</returns>
    public static int Run(TextWriter output, TextWriter talk)
    {
        var summary = BenchmarkRunner.Run<TokenLoopAllocations>(
            KernelConfig.Counting().WithOptions(ConfigOptions.DisableLogFile)
        );
        var failed = summary.Reports.IsEmpty || summary.HasCriticalValidationErrors;
        foreach (var report in summary.Reports)
        {
            var bytes = report.Success ? report.GcStats.GetBytesAllocatedPerOperation(report.BenchmarkCase) : null;
            failed |= bytes is not 0;
            output.WriteLine(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"{report.BenchmarkCase.Descriptor.WorkloadMethod.Name}, {report.BenchmarkCase.Parameters.DisplayInfo}: {(bytes is null ? "was not measured" : $"{bytes} bytes a token")}"
                )
            );
        }
        if (failed)
            talk.WriteLine("the token loop must allocate nothing; see firmware/Edge.Inference/InferenceState.cs");
        return failed ? 1 : 0;
    }
}
