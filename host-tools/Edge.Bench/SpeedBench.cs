using Edge.Bench.Limits;
using Edge.Inference;

namespace Edge.Bench;

/// <summary>
/// Measures a model's speed on this machine, and in the same run what the machine can read and multiply at best: before and
/// after the model, so that a slow moment of the machine does not pass for its limit.
/// </summary>
public sealed class SpeedBench(TimeProvider clock)
{
    /// <summary>Smallest buffer whose reading counts as reading memory, bytes. Models below it are also compared with a buffer
    /// of their own size, which may lie in the caches.</summary>
    private const long MemoryBytesMin = 256 << 20;

    private static readonly TimeSpan WarmUp = TimeSpan.FromMilliseconds(500);

    /// <summary>Prompts tried when a model ends its text early, before fewer tokens are taken.</summary>
    private const int TriesMax = 8;

    /// <param name="progress">What is being measured, for people.</param>
    /// <exception cref="ArgumentException">An option is out of range, or the model's context is too short.</exception>
    /// <exception cref="ModelFormatException">The file is not a model that Edge can run.</exception>
    public BenchReport Run(
        BenchOptions options,
        Action<string>? progress = null,
        CancellationToken cancellation = default
    )
    {
        options.Check();
        var (report, work) = Describe(options);
        var results = new List<ThreadsReport>();
        foreach (var threads in options.Threads)
            results.Add(Measure(options, report.WeightBytes, work, threads, progress, cancellation));
        return report with { Results = results };
    }

    /// <summary>What the file says before anything is measured.</summary>
    private static (BenchReport Report, ModelWork Work) Describe(BenchOptions options)
    {
        using var file = ModelFile.Open(options.ModelPath, options.TokenizerPath);
        var needed = options.PromptTokens + options.DecodeTokens;
        if (needed > file.Config.ContextLength)
            throw new ArgumentException(
                $"{options.PromptTokens} prompt and {options.DecodeTokens} decoded tokens do not fit the context of {file.Config.ContextLength} tokens: measure fewer"
            );
        var report = new BenchReport(file.Name, file.WeightType, file.ParameterCount, file.WeightBytes, []);
        return (report, ModelWork.Of(file, needed));
    }

    private ThreadsReport Measure(
        BenchOptions options,
        long weightBytes,
        ModelWork work,
        int threads,
        Action<string>? progress,
        CancellationToken cancellation
    )
    {
        progress?.Invoke($"{threads} threads: what this machine can do");
        var before = MeasureLimits(weightBytes, threads, cancellation);
        progress?.Invoke($"{threads} threads: the model");
        var model = MeasureModel(options, work, threads, cancellation);
        progress?.Invoke($"{threads} threads: what this machine can do, again");
        var limits = MeasureLimits(weightBytes, threads, cancellation).Best(before);
        return new ThreadsReport(
            threads,
            model.PrefillTokensPerS,
            model.DecodeTokensPerS,
            limits.Bandwidth,
            weightBytes * model.DecodeTokensPerS / limits.Bandwidth.BytesPerSecond,
            limits.Int8,
            2.0 * work.PrefillMultiplyAdds * model.PrefillTokensPerS / limits.Int8.OpsPerSecond,
            limits.Fp32,
            model.RssBytes,
            model.LoadMs,
            model.RssBytes == 0 ? 0 : model.RssBytes - work.AllWeightBytes - work.CacheBytes
        );
    }

    private MachineLimits MeasureLimits(long weightBytes, int threads, CancellationToken cancellation)
    {
        var bandwidth = ReadBandwidth.Measure(weightBytes, threads, clock, cancellation);
        if (weightBytes < MemoryBytesMin)
            bandwidth = Bandwidth.Best(bandwidth, ReadBandwidth.Measure(MemoryBytesMin, threads, clock, cancellation));
        return new MachineLimits(
            bandwidth,
            ArithmeticPeak.MeasureInt8(threads, clock, cancellation),
            ArithmeticPeak.MeasureFp32(threads, clock, cancellation)
        );
    }

    private ModelSpeed MeasureModel(BenchOptions options, ModelWork work, int threads, CancellationToken cancellation)
    {
        PeakMemory.Restart();
        var opening = clock.GetTimestamp();
        using var model = LanguageModel.Open(
            options.ModelPath,
            options.TokenizerPath,
            threads,
            options.PromptTokens + options.DecodeTokens
        );
        var loadMs = clock.GetElapsedTime(opening).TotalMilliseconds;

        var random = new Random(options.Seed);
        var started = clock.GetTimestamp();
        do RunTwice();
        while (clock.GetElapsedTime(started) < WarmUp);

        var prefill = new double[options.Repeats];
        var decode = new double[options.Repeats];
        for (var repeat = 0; repeat < options.Repeats; repeat++)
            (prefill[repeat], decode[repeat]) = RunTwice();
        return new ModelSpeed(Median(prefill), Median(decode), PeakMemory.Bytes(), loadMs);

        (double Prefill, double Decode) RunTwice()
        {
            var read = Run(model, options.PromptTokens, 1, work.VocabSize, random, cancellation);
            var written = Run(model, 1, options.DecodeTokens, work.VocabSize, random, cancellation);
            return (options.PromptTokens * 1000.0 / read.PrefillMs, written.Tokens.Count * 1000.0 / written.DecodeMs);
        }
    }

    /// <summary>
    /// A prompt of random tokens and what follows it. Every prompt is new, so that nothing remembered from the last one can
    /// help, and nothing is guessed; a prompt after which the model ends its text is replaced by another.
    /// </summary>
    private static GenerationResult Run(
        LanguageModel model,
        int promptTokens,
        int decodeTokens,
        int vocabSize,
        Random random,
        CancellationToken cancellation
    )
    {
        GenerationResult? longest = null;
        for (var attempt = 0; attempt < TriesMax; attempt++)
        {
            var prompt = new int[promptTokens];
            for (var i = 0; i < prompt.Length; i++)
                prompt[i] = random.Next(vocabSize);
            var run = model.Generate(
                prompt,
                new GenerationOptions { MaxTokens = decodeTokens, Speculate = false },
                cancellation: cancellation
            );
            cancellation.ThrowIfCancellationRequested();
            if (run.Tokens.Count == decodeTokens)
                return run;
            longest = longest is null || run.Tokens.Count > longest.Tokens.Count ? run : longest;
        }
        return longest is { Tokens.Count: > 0 }
            ? longest
            : throw new ModelFormatException(
                $"{model.Name}: ends its text after every prompt of random tokens, so that decoding cannot be measured; measure another model of its shape, or give -p another number"
            );
    }

    internal static double Median(double[] values)
    {
        var sorted = values.Order().ToArray();
        var middle = sorted.Length / 2;
        return sorted.Length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    }

    private sealed record MachineLimits(Bandwidth Bandwidth, ArithmeticPeak Int8, ArithmeticPeak Fp32)
    {
        public MachineLimits Best(MachineLimits other) =>
            new(
                Bandwidth.Best(Bandwidth, other.Bandwidth),
                ArithmeticPeak.Best(Int8, other.Int8),
                ArithmeticPeak.Best(Fp32, other.Fp32)
            );
    }

    private sealed record ModelSpeed(double PrefillTokensPerS, double DecodeTokensPerS, long RssBytes, double LoadMs);
}
