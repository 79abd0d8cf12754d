namespace Edge.Bench.Limits;

/// <summary>What a machine's threads can multiply and add together, at best.</summary>
/// <param name="OpsPerSecond">A multiply-add counts as two.</param>
/// <param name="How">The instructions that gave it.</param>
public sealed record ArithmeticPeak(double OpsPerSecond, string How)
{
    private const int Repeats = 3;

    /// <summary>Seconds one timing should take at least.</summary>
    private const double TimingSeconds = 0.02;

    /// <summary>Products of signed bytes summed in 32 bits, by the instructions that .NET can reach on this machine.</summary>
    public static ArithmeticPeak MeasureInt8(int threads, TimeProvider clock, CancellationToken cancellation) =>
        Measure(ArithmeticLoop.Int8, threads, clock, cancellation);

    public static ArithmeticPeak MeasureFp32(int threads, TimeProvider clock, CancellationToken cancellation) =>
        Measure(ArithmeticLoop.Fp32, threads, clock, cancellation);

    public static ArithmeticPeak Best(ArithmeticPeak a, ArithmeticPeak b) => a.OpsPerSecond >= b.OpsPerSecond ? a : b;

    private static ArithmeticPeak Measure(
        IReadOnlyList<ArithmeticLoop> loops,
        int threads,
        TimeProvider clock,
        CancellationToken cancellation
    )
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(threads, 1);
        var best = new ArithmeticPeak(0, "");
        foreach (var loop in loops)
        {
            var rounds = 1L << 14;
            for (var repeat = 0; repeat < Repeats; repeat++)
            {
                cancellation.ThrowIfCancellationRequested();
                var seconds = Time(loop, rounds, threads, clock);
                while (seconds < TimingSeconds)
                {
                    rounds *= 2;
                    seconds = Time(loop, rounds, threads, clock);
                }
                best = Best(best, new ArithmeticPeak((double)loop.OpsPerRound * rounds * threads / seconds, loop.Name));
            }
        }
        return best;
    }

    private static double Time(ArithmeticLoop loop, long rounds, int threads, TimeProvider clock) =>
        TimedThreads.Run(threads, _ => GC.KeepAlive(loop.Run(rounds / 16)), _ => GC.KeepAlive(loop.Run(rounds)), clock);
}
