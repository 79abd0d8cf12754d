using System.CommandLine;
using Edge.Cli.CommandLine;
using Edge.Cli.Output;
using Edge.Inference;
using Edge.Inference.Onnx;

namespace Edge.Cli.Commands;

/// <summary>edge run: continues a text with a model file on this computer.</summary>
internal static class RunCommand
{
    public static Command Create(Terminal terminal)
    {
        var model = Options.Model();
        var prompt = new Option<string>("--prompt", "-p")
        {
            Description =
                "the text to continue; \"\" starts from the beginning-of-text token alone; - reads standard input",
            Required = true,
            HelpName = "TEXT",
        };
        var count = Options.Whole("--tokens", "tokens to write at most", 256, 1, 1 << 20);
        count.Aliases.Add("-n");
        var temperature = Options.Number("--temp", "0 always takes the likeliest token", 0.8f, 0, 100);
        var topK = Options.Whole("--top-k", "choose among the K likeliest tokens; 0 takes all", 0, 0, int.MaxValue);
        var topP = Options.Number(
            "--top-p",
            "choose among the likeliest tokens up to this total probability",
            0.95f,
            0,
            1
        );
        var minP = Options.Number("--min-p", "drop tokens less likely than this share of the likeliest", 0, 0, 1);
        var seed = Options.Seed();
        var threads = Options.Threads();
        var tokenizer = Options.Tokenizer();
        var json = Options.Json();

        return new EdgeCommand(
            "run",
            "Continue a text with a model file on this computer; prints what the model adds.",
            "edge run pocket.gguf -p \"Once upon a time\" -n 100 --temp 0"
        )
            .With(model)
            .With(prompt, count, temperature, topK, topP, minP, seed, threads, tokenizer, json)
            .Runs(
                terminal,
                async (parsed, cancellation) =>
                {
                    var text = parsed.GetRequiredValue(prompt);
                    if (text == "-")
                        text = await terminal.ReadInputAsync(cancellation).ConfigureAwait(false);
                    var options = new GenerationOptions
                    {
                        MaxTokens = parsed.GetValue(count),
                        Sampling = new SamplingOptions
                        {
                            Temperature = parsed.GetValue(temperature),
                            TopK = parsed.GetValue(topK),
                            TopP = parsed.GetValue(topP),
                            MinP = parsed.GetValue(minP),
                            Seed = parsed.GetValue(seed),
                        },
                    };
                    using var engine = LanguageModels.Open(
                        parsed.GetRequiredValue(model),
                        parsed.GetValue(tokenizer),
                        parsed.GetValue(threads)
                    );
                    return Continue(terminal, engine, text, options, parsed.GetValue(json), cancellation);
                }
            );
    }

    private static int Continue(
        Terminal terminal,
        ILanguageModel engine,
        string text,
        GenerationOptions options,
        bool json,
        CancellationToken cancellation
    )
    {
        var prompt = Prompt(engine, text);
        var result = engine.Generate(prompt, options, json ? null : piece => terminal.Data.Write(piece), cancellation);
        if (json)
            terminal.PrintJson(
                new RunResult(result.Text, result.Tokens, FinishName(result.Finish), result.PrefillMs, result.DecodeMs),
                Json.Types.RunResult
            );
        else
            terminal.Print("");

        if (result.Finish == FinishReason.Cancelled)
            throw new OperationCanceledException();
        if (terminal.IsInteractive)
            terminal.Say(Pace(prompt.Length, result));
        return ExitCode.Done;
    }

    private static int[] Prompt(ILanguageModel engine, string text)
    {
        var tokenizer = engine.Tokenizer;
        if (text.Length > 0)
            return tokenizer.Encode(text);
        return
        [
            tokenizer.BosId
                ?? tokenizer.EosId
                ?? throw new ArgumentException("this model has no beginning-of-text token: give it a text with -p"),
        ];
    }

    private static string FinishName(FinishReason finish) =>
        finish switch
        {
            FinishReason.Stop => "stop",
            FinishReason.MaxTokens => "length",
            FinishReason.ContextFull => "context_full",
            _ => "cancelled",
        };

    private static string Pace(int promptTokens, GenerationResult result)
    {
        var prefill = promptTokens * 1000 / Math.Max(result.PrefillMs, 0.001);
        var decode = result.Tokens.Count * 1000 / Math.Max(result.DecodeMs, 0.001);
        return $"prompt {promptTokens} tokens, {prefill:F0} a second; text {result.Tokens.Count} tokens, {decode:F0} a second";
    }
}
