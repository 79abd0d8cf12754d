using System.CommandLine;
using System.Globalization;
using Edge.Bench;
using Edge.Bench.Shapes;
using Edge.Cli.CommandLine;
using Edge.Cli.Output;

namespace Edge.Cli.Commands;

/// <summary>edge bench: how fast a model, or a model of some shape, runs on this computer, and how near its limits that is.</summary>
internal static class BenchCommand
{
    /// <summary>Of the random weights: the same file every time.</summary>
    private const ulong WeightSeed = 1;

    public static Command Create(Terminal terminal)
    {
        var model = new Argument<string?>("MODEL")
        {
            Description = "a model file: GGUF, or llama2.c .bin with --tokenizer; leave it out with --shape",
            Arity = ArgumentArity.ZeroOrOne,
        };
        var prompt = Options.Whole("-p", "tokens of the prompt", 256, 1, BenchOptions.TokensMax);
        var decode = Options.Whole("-n", "tokens decoded, from an empty context", 64, 1, BenchOptions.TokensMax);
        var threads = Threads();
        var repeat = Options.Whole("--repeat", "runs of which the median is taken", 5, 1, BenchOptions.RepeatsMax);
        var shape = new Option<string?>("--shape")
        {
            Description = $"measure random weights of this shape: {ModelShape.Names}",
            HelpName = "NAME",
        };
        var type = new Option<string?>("--type")
        {
            Description = $"with --shape: how weights are stored, q8_0 unless given ({TypeNames})",
            HelpName = "TYPE",
        };
        var keep = new Option<string?>("--keep")
        {
            Description = "with --shape: keep the model as this file",
            HelpName = "FILE",
        };
        var tokenizer = Options.Tokenizer();
        var json = Options.Json();

        return new EdgeCommand(
            "bench",
            "Measure how fast a model runs here, as speed and as a share of this computer's own measured limits.",
            "edge bench --shape smollm2-135m --threads 1,2"
        )
            .With(model)
            .With(prompt, decode, threads, repeat, shape, type, keep, tokenizer, json)
            .Runs(
                terminal,
                (parsed, cancellation) =>
                {
                    using var file = Prepare(
                        terminal,
                        parsed.GetValue(model),
                        parsed.GetValue(shape),
                        parsed.GetValue(type),
                        parsed.GetValue(keep),
                        cancellation
                    );
                    var options = new BenchOptions
                    {
                        ModelPath = file.Path,
                        TokenizerPath = parsed.GetValue(tokenizer),
                        PromptTokens = parsed.GetValue(prompt),
                        DecodeTokens = parsed.GetValue(decode),
                        Threads = parsed.GetRequiredValue(threads),
                        Repeats = parsed.GetValue(repeat),
                    };
                    Measure(terminal, options, parsed.GetValue(json), cancellation);
                    return ExitCode.Done;
                }
            );
    }

    private static string TypeNames => string.Join(", ", ShapeFile.Types.Keys);

    /// <summary>"1,2"; without it one thread and two, where there are two processors.</summary>
    private static Option<int[]> Threads()
    {
        var option = new Option<int[]>("--threads")
        {
            Description = "thread counts to measure, commas between",
            HelpName = "LIST",
            DefaultValueFactory = _ => Environment.ProcessorCount > 1 ? [1, 2] : [1],
        };
        option.CustomParser = result =>
        {
            var text = result.Tokens is [var token, ..] ? token.Value : "";
            var parts = text.Split(',', StringSplitOptions.TrimEntries);
            var counts = new int[parts.Length];
            for (var i = 0; i < parts.Length; i++)
            {
                if (
                    int.TryParse(parts[i], NumberStyles.None, CultureInfo.InvariantCulture, out counts[i])
                    && counts[i] is >= 1 and <= BenchOptions.ThreadsMax
                )
                    continue;
                result.AddError(
                    $"--threads must be numbers from 1 to {BenchOptions.ThreadsMax} with commas between, got \"{text}\""
                );
                return [1];
            }
            return counts;
        };
        return option;
    }

    /// <summary>The file to measure: the one that was named, or one of random weights made now.</summary>
    private static BenchFile Prepare(
        Terminal terminal,
        string? model,
        string? shape,
        string? type,
        string? keep,
        CancellationToken cancellation
    )
    {
        if (shape is null)
        {
            if (type is not null || keep is not null)
                throw new ArgumentException("--type and --keep go with --shape");
            return new BenchFile(model ?? throw new ArgumentException("name a MODEL, or a --shape"), Temporary: false);
        }
        if (model is not null)
            throw new ArgumentException("MODEL and --shape are two things to measure: give one");
        var found = ModelShape.Find(shape);
        if (!ShapeFile.Types.TryGetValue(type ?? "q8_0", out var stored))
            throw new ArgumentException($"--type must be one of {TypeNames}, got \"{type}\"");
        var path = keep ?? Path.Combine(Path.GetTempPath(), $"edge-bench-{Environment.ProcessId}-{shape}.gguf");
        using var line = new ProgressLine(terminal, "writing");
        line.Report(0, 0, $"random weights, {shape}");
        ShapeFile.Write(path, found, stored, WeightSeed, cancellation);
        return new BenchFile(path, Temporary: keep is null);
    }

    private static void Measure(Terminal terminal, BenchOptions options, bool json, CancellationToken cancellation)
    {
        using var line = new ProgressLine(terminal, "measuring");
        var report = new SpeedBench(terminal.Clock).Run(options, what => line.Report(0, 0, what), cancellation);
        line.Clear();
        if (json)
            terminal.PrintJson(BenchResult.From(report), Json.Types.BenchResult);
        else
            Print(terminal, report, options);
    }

    private static void Print(Terminal terminal, BenchReport report, BenchOptions options)
    {
        var invariant = CultureInfo.InvariantCulture;
        terminal.Print(
            string.Create(
                invariant,
                $"{report.Model}: {report.Parameters / 1e6:N1} M parameters, {report.WeightBytes / 1e6:N1} MB of {report.WeightType} read for each token"
            )
        );
        terminal.Print(
            string.Create(
                invariant,
                $"medians of {options.Repeats}: prefill of {options.PromptTokens} tokens, decode of {options.DecodeTokens}"
            )
        );
        terminal.Print("");
        terminal.Print("threads  prefill/s   decode/s  of bandwidth  of int8 peak   load ms  memory MB  above MB");
        foreach (var r in report.Results)
            terminal.Print(
                string.Create(
                    invariant,
                    $"{r.Threads, 7} {r.PrefillTokensPerS, 10:N1} {r.DecodeTokensPerS, 10:N1} {r.BandwidthShare, 13:P1} {r.Int8PeakShare, 13:P1} {r.LoadMs, 9:N1} {r.RssBytes / 1e6, 10:N1} {r.OverheadBytes / 1e6, 9:N1}"
                )
            );
        terminal.Print("");
        foreach (var r in report.Results)
            terminal.Print(
                string.Create(
                    invariant,
                    $"limits, {r.Threads} threads: {r.Bandwidth.BytesPerSecond / 1e9:N1} GB/s ({r.Bandwidth.How}); int8 {r.Int8.OpsPerSecond / 1e9:N0} GOP/s ({r.Int8.How}); fp32 {r.Fp32.OpsPerSecond / 1e9:N0} GFLOP/s"
                )
            );
    }

    private sealed record BenchFile(string Path, bool Temporary) : IDisposable
    {
        public void Dispose()
        {
            if (Temporary)
                File.Delete(Path);
        }
    }
}
