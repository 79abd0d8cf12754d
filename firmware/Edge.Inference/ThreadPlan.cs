using System.Diagnostics;

namespace Edge.Inference;

/// <summary>
/// How many threads a model runs best with, found by trying: one token reads all weights, and memory may be used up by fewer
/// threads than there are; several tokens compute. It takes a few tokens' time; results never depend on it.
/// </summary>
internal static class ThreadPlan
{
    /// <summary>Trying ends after this time, whatever is known by then.</summary>
    private static readonly TimeSpan TimeMax = TimeSpan.FromMilliseconds(300);

    /// <summary>Fewer threads are taken when they are at most this much slower: they leave cores to others.</summary>
    private const double Tolerance = 1.03;

    private const int Tries = 2;

    private const int PrefillTokens = 4;

    /// <summary>Sets the transformer's thread counts. What the state holds is lost.</summary>
    /// <param name="most">Threads of the team.</param>
    public static void Tune(Transformer transformer, InferenceState state, int most)
    {
        if (most == 1)
            return;
        var start = Stopwatch.GetTimestamp();
        transformer.DecodeThreads = Best([1], threads => transformer.DecodeThreads = threads);
        if (state.Positions >= PrefillTokens)
            transformer.PrefillThreads = Best(new int[PrefillTokens], threads => transformer.PrefillThreads = threads);
        state.Length = 0;

        int Best(int[] tokens, Action<int> set)
        {
            set(most);
            // The first pass fetches weights and wakes threads.
            transformer.Forward(state, tokens, 0, logitRows: 0);
            var best = (Threads: most, Ticks: Try(tokens));
            for (var threads = most - 1; threads >= 1 && Stopwatch.GetElapsedTime(start) < TimeMax; threads--)
            {
                set(threads);
                var ticks = Try(tokens);
                if (ticks <= best.Ticks * Tolerance)
                    best = (threads, Math.Min(ticks, best.Ticks));
            }
            return best.Threads;
        }

        long Try(int[] tokens)
        {
            var best = long.MaxValue;
            for (var i = 0; i < Tries && (i == 0 || Stopwatch.GetElapsedTime(start) < TimeMax); i++)
            {
                var from = Stopwatch.GetTimestamp();
                transformer.Forward(state, tokens, 0, logitRows: 0);
                best = Math.Min(best, Stopwatch.GetTimestamp() - from);
            }
            return best;
        }
    }
}
