using BenchmarkDotNet.Running;

namespace Edge.Benchmarks;

internal static class Program
{
    private const string Usage = """
        gate                         fail when the token loop allocates
        peer-files DIR [SHAPE ...]   write the model files that peers.sh needs
        BenchmarkDotNet's own options, for example --filter '*Product*', --list flat
        """;

    /// <summary>What is measured in time; the gate measures bytes.</summary>
    private static readonly Type[] Timed =
    [
        typeof(ProductBenchmarks),
        typeof(AttentionBenchmarks),
        typeof(ElementwiseBenchmarks),
        typeof(TokenLoopBenchmarks),
    ];

    private static int Main(string[] args)
    {
        switch (args)
        {
            case ["gate"]:
                return AllocationGate.Run(Console.Out, Console.Error);
            case ["peer-files", var folder, .. var shapes]:
                PeerFiles.Write(folder, shapes, Console.Out);
                return 0;
            case ["gate" or "peer-files", ..]:
                Console.Error.WriteLine(Usage);
                return 2;
            default:
                BenchmarkSwitcher.FromTypes(Timed).Run(args, KernelConfig.Timing());
                return 0;
        }
    }
}
