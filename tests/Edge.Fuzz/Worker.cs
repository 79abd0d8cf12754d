using System.Diagnostics;
using System.Globalization;
using Edge.Inference;

namespace Edge.Fuzz;

/// <summary>The child: damages a seed, runs the readers on it, judges what came of it, again and again.</summary>
internal sealed class Worker(FuzzOptions options, string work)
{
    /// <summary>Processor time of one file; wall time would count pauses of the machine.</summary>
    private static readonly TimeSpan TimeMax = TimeSpan.FromSeconds(10);

    private const long MemoryBytesMax = 3L << 30;

    /// <summary>Findings of one kind that are saved.</summary>
    private const int SameMax = 3;

    private readonly FuzzFormat format = FuzzFormat.Find(options.Format)!;
    private readonly Dictionary<string, int> kinds = [];
    private readonly Dictionary<string, int> refusals = [];
    private long iteration;
    private long successes;
    private int findings;
    private TimeSpan startedAt;

    public int Run()
    {
        var clock = Stopwatch.StartNew();
        using var process = Process.GetCurrentProcess();
        using var watchdog = new Timer(_ => Watch(), null, 500, 500);
        var seeds = format.Seeds();
        var count = 0L;
        for (
            iteration = options.Only ?? options.First;
            clock.Elapsed.TotalMinutes < options.Minutes || count == 0;
            iteration++
        )
        {
            var random = new Random(Mixed(options.Seed, iteration));
            var files = format.Damage(seeds, random);
            WorkFolder.WriteInput(work, files);
            WorkFolder.WriteState(work, new(iteration, findings, null));
            startedAt = process.TotalProcessorTime;
            RunOne(random);
            count++;
            if (options.Only is not null)
                break;
        }
        WorkFolder.WriteState(work, new(iteration, findings, null));
        Console.WriteLine(
            string.Create(
                CultureInfo.InvariantCulture,
                $"{format.Name}: {count:N0} files in {clock.Elapsed.TotalSeconds:F0} s, {successes:N0} opened, {refusals.Values.Sum():N0} refused with {refusals.Count:N0} different messages, {findings} findings"
            )
        );
        return 0;
    }

    /// <summary>Neighbouring seeds give neighbouring first numbers; mixed ones do not.</summary>
    private static int Mixed(int seed, long iteration)
    {
        unchecked
        {
            var x = ((ulong)seed << 40) + (ulong)iteration + 0x9E37_79B9_7F4A_7C15;
            x = (x ^ (x >> 30)) * 0xBF58_476D_1CE4_E5B9;
            x = (x ^ (x >> 27)) * 0x94D0_49BB_1331_11EB;
            return (int)(x ^ (x >> 31));
        }
    }

    private void RunOne(Random random)
    {
        try
        {
            format.Run(WorkFolder.InputOf(work), random);
            successes++;
        }
        catch (Exception exception)
            when (exception is ModelFormatException or InsufficientMemoryException || format.Documents(exception))
        {
            if (exception.Message.Any(letter => char.IsControl(letter)))
                Found("a message with control letters", exception);
            else if (exception.Message.Length > 1_000)
                Found("a message longer than a thousand letters", exception);
            // Without numbers and names: how many different defects were met.
            var kind = new string([.. exception.Message.Where(letter => !char.IsDigit(letter))]);
            refusals[kind] = refusals.GetValueOrDefault(kind) + 1;
        }
        catch (Exception exception)
        {
            Found(exception.GetType().Name, exception);
        }
    }

    private void Found(string kind, Exception exception)
    {
        var frame = exception
            .StackTrace?.Split('\n')
            .FirstOrDefault(line => line.Contains("Edge.", StringComparison.Ordinal));
        var key = $"{kind} {frame}";
        kinds[key] = kinds.GetValueOrDefault(key) + 1;
        if (kinds[key] > SameMax)
            return;
        findings++;
        WorkFolder.Save(work, options, iteration, $"{kind}: {exception}");
    }

    /// <summary>Ends the process when one file takes too much; the parent saves the file and goes on after it.</summary>
    private void Watch()
    {
        using var process = Process.GetCurrentProcess();
        var time = process.TotalProcessorTime - startedAt;
        var trouble =
            time > TimeMax ? $"took {time.TotalSeconds:F0} s of processor time"
            : process.WorkingSet64 > MemoryBytesMax ? $"took {process.WorkingSet64 >> 20:N0} MiB of memory"
            : null;
        if (trouble is null)
            return;
        WorkFolder.WriteState(work, new(iteration, findings, trouble));
        Environment.Exit(99);
    }
}
