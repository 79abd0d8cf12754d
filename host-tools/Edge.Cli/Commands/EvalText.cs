using System.CommandLine;
using System.Globalization;
using System.Text;
using Edge.Bench;
using Edge.Cli.CommandLine;
using Edge.Cli.Output;
using Edge.Inference;

namespace Edge.Cli.Commands;

/// <summary>edge eval text: how well a model foresees a text.</summary>
internal static class EvalText
{
    /// <summary>Longest text that is read, bytes; more is refused.</summary>
    private const long TextBytesMax = 256 << 20;

    public static EdgeCommand Create(Terminal terminal)
    {
        var model = Options.Model();
        var file = new Argument<string>("FILE") { Description = "a text file, UTF-8" };
        var context = Options.Whole(
            "--context",
            $"tokens of a window; 0 takes the model's context, {TextOptions.ContextDefault} at most",
            0,
            0,
            1 << 20
        );
        var reference = new Option<string?>("--reference")
        {
            Description = "also tell how far the model's predictions are from this model's (KL divergence)",
            HelpName = "MODEL2",
        };
        var threads = Options.Threads();
        var tokenizer = Options.Tokenizer();
        var json = Options.Json();

        return new EdgeCommand(
            "text",
            "Measure how well a model foresees a text: perplexity and bits per byte. Windows overlap by half.",
            "edge eval text pocket.gguf book.txt --reference pocket.f32.gguf"
        )
            .With(model)
            .With(file)
            .With(context, reference, threads, tokenizer, json)
            .Runs(
                terminal,
                (parsed, cancellation) =>
                {
                    var options = new TextOptions { Context = parsed.GetValue(context) };
                    var text = Read(parsed.GetRequiredValue(file));
                    using var engine = Open(parsed.GetRequiredValue(model));
                    using var other = parsed.GetValue(reference) is { } path ? Open(path) : null;
                    using var line = new ProgressLine(terminal, "reading");
                    var report = TextEvaluation.Run(
                        engine,
                        text,
                        options,
                        other,
                        (done, total) => line.Report(done, total, "tokens"),
                        cancellation
                    );
                    line.Clear();
                    Print(terminal, report, parsed.GetValue(json));
                    return ExitCode.Done;

                    LanguageModel Open(string path) =>
                        LanguageModel.Open(
                            path,
                            parsed.GetValue(tokenizer),
                            parsed.GetValue(threads),
                            Math.Max(options.Context, TextOptions.ContextDefault)
                        );
                }
            );
    }

    private static string Read(string path)
    {
        if (Directory.Exists(path))
            throw new IOException($"{path} is a folder: name a text file");
        var length = new FileInfo(path).Length;
        if (length > TextBytesMax)
            throw new IOException($"{path} has {length:N0} bytes; at most {TextBytesMax:N0} are read: cut it");
        try
        {
            return new UTF8Encoding(false, throwOnInvalidBytes: true).GetString(WithoutMark(File.ReadAllBytes(path)));
        }
        catch (DecoderFallbackException)
        {
            throw new InvalidDataException($"{path} is not UTF-8 text: convert it first");
        }
    }

    private static ReadOnlySpan<byte> WithoutMark(byte[] bytes) =>
        bytes.AsSpan().StartsWith(Encoding.UTF8.Preamble) ? bytes.AsSpan(3) : bytes;

    private static void Print(Terminal terminal, TextReport report, bool json)
    {
        if (json)
        {
            terminal.PrintJson(
                new EvalTextResult(report.Perplexity, report.BitsPerByte, report.Tokens)
                {
                    KlDivergence = report.KlDivergence,
                },
                Json.Types.EvalTextResult
            );
            return;
        }
        var invariant = CultureInfo.InvariantCulture;
        terminal.Print(string.Create(invariant, $"perplexity     {report.Perplexity:N4}"));
        terminal.Print(string.Create(invariant, $"bits per byte  {report.BitsPerByte:N4}"));
        terminal.Print(string.Create(invariant, $"tokens         {report.Tokens:N0}"));
        if (report.KlDivergence is { } divergence)
            terminal.Print(string.Create(invariant, $"KL divergence  {divergence:G4} nats a token from the reference"));
    }
}
