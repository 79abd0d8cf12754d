using System.CommandLine;
using System.Globalization;
using Edge.Cli.CommandLine;
using Edge.Cli.Output;
using Edge.Inference.Onnx;

namespace Edge.Cli.Commands;

/// <summary>edge logits: the logits after each token, for comparing engines.</summary>
internal static class LogitsCommand
{
    public static Command Create(Terminal terminal)
    {
        var model = Options.Model();
        var tokens = new Option<int[]>("--tokens")
        {
            Description = "token ids, commas between",
            Required = true,
            HelpName = "IDS",
            CustomParser = result => ParseIds(result.Tokens is [var token, ..] ? token.Value : "", result.AddError),
        };
        var threads = Options.Threads();
        var tokenizer = Options.Tokenizer();
        var json = Options.Json();

        return new EdgeCommand(
            "logits",
            "Print the logits after each of the given tokens, one row per token.",
            "edge logits pocket.gguf --tokens 1,403,407 --json"
        )
            .With(model)
            .With(tokens, threads, tokenizer, json)
            .Runs(
                terminal,
                (parsed, _) =>
                {
                    using var engine = LanguageModels.Open(
                        parsed.GetRequiredValue(model),
                        parsed.GetValue(tokenizer),
                        parsed.GetValue(threads)
                    );
                    var rows = engine.Logits(parsed.GetRequiredValue(tokens));
                    if (parsed.GetValue(json))
                        terminal.PrintJson(new LogitsResult(rows), Json.Types.LogitsResult);
                    else
                        foreach (var row in rows)
                            terminal.Print(string.Join(' ', row.Select(x => x.ToString(CultureInfo.InvariantCulture))));
                    return ExitCode.Done;
                }
            );
    }

    private static int[] ParseIds(string text, Action<string> refuse)
    {
        var parts = text.Split(',', StringSplitOptions.TrimEntries);
        var ids = new int[parts.Length];
        for (var i = 0; i < parts.Length; i++)
        {
            if (!int.TryParse(parts[i], NumberStyles.None, CultureInfo.InvariantCulture, out ids[i]))
            {
                refuse($"--tokens must be whole numbers with commas between, got \"{parts[i]}\"");
                return [];
            }
        }
        return ids;
    }
}
