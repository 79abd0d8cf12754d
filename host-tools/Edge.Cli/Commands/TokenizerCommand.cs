using System.CommandLine;
using System.Globalization;
using Edge.Cli.CommandLine;
using Edge.Cli.Output;
using Edge.Inference;
using Edge.Training.Tokenizing;

namespace Edge.Cli.Commands;

/// <summary>edge tokenizer: vocabularies of one's own.</summary>
internal static class TokenizerCommand
{
    public static Command Create(Terminal terminal) =>
        new Command("tokenizer", "Make a vocabulary for a model of one's own.") { Train(terminal) };

    private static EdgeCommand Train(Terminal terminal)
    {
        var vocab = Options.Whole(
            "--vocab",
            "tokens in all: special ones, 256 bytes, merges",
            4096,
            256,
            ModelLimits.VocabMax
        );
        var input = new Option<string[]>("--input", "-i")
        {
            Description = "text to train on: UTF-8, plain or .gz; <|endoftext|> ends a document",
            HelpName = "FILES",
            Required = true,
            AllowMultipleArgumentsPerToken = true,
        };
        var pattern = Pattern();
        var special = new Option<string[]>("--special")
        {
            Description = "tokens that are in no text and steer the model; they get the first ids",
            HelpName = "TOKEN",
            AllowMultipleArgumentsPerToken = true,
        };
        var output = Output();
        var threads = Options.Threads();
        var json = Options.Json();
        return new EdgeCommand(
            "train",
            "Train a byte-level BPE vocabulary on text.",
            "edge tokenizer train --vocab 4096 --input notes.txt books.txt.gz --special \"<|endoftext|>\" -o tok.gguf"
        )
            .With(vocab, input, pattern, special, output, threads, json)
            .Runs(
                terminal,
                (parsed, cancellation) =>
                {
                    var path = parsed.GetRequiredValue(output);
                    BytePairFile.CheckWritable(path);
                    using var line = new ProgressLine(terminal, "tokenizer:");
                    var trained = BytePairTrainer.Train(
                        parsed.GetRequiredValue(input),
                        new BytePairOptions
                        {
                            VocabSize = parsed.GetValue(vocab),
                            Pattern = parsed.GetValue(pattern),
                            Special = parsed.GetValue(special) ?? [],
                            Threads = parsed.GetValue(threads),
                        },
                        terminal.Clock,
                        new DirectProgress<BytePairProgress>(at => line.Report(at.Done, at.Total, at.What)),
                        cancellation
                    );
                    line.Clear();
                    Tell(terminal, trained, path, BytePairFile.Save(trained.Vocabulary, path), parsed.GetValue(json));
                    return ExitCode.Done;
                }
            );
    }

    private static void Tell(Terminal terminal, TrainedBytePairs trained, string path, string listing, bool json)
    {
        var vocabulary = trained.Vocabulary;
        var ms = (trained.Counting + trained.Merging).TotalMilliseconds;
        terminal.Say(
            string.Create(
                CultureInfo.InvariantCulture,
                $"{path}: {vocabulary.Count:N0} tokens, {vocabulary.Merges:N0} of them merged, from {trained.TextBytes:N0} bytes of text in {trained.Documents:N0} documents with {trained.DistinctWords:N0} different words, in {ms / 1000:F1} s; {listing} lists them"
            )
        );
        if (vocabulary.BosId is null)
            terminal.Say(
                "note: a model trained with it cannot tell where a text ends; add --special \"<|endoftext|>\" for that"
            );
        if (json)
            terminal.PrintJson(
                new TokenizerResult(
                    path,
                    listing,
                    vocabulary.Count,
                    vocabulary.Merges,
                    vocabulary.BosId,
                    vocabulary.EosId,
                    trained.TextBytes,
                    trained.Documents,
                    trained.Words,
                    trained.DistinctWords,
                    trained.Counting.TotalMilliseconds,
                    trained.Merging.TotalMilliseconds
                ),
                Json.Types.TokenizerResult
            );
    }

    private static Option<SplitPattern> Pattern() =>
        new("--pattern")
        {
            Description = "how text is split into words that merges never cross: gpt2, gpt4 or none",
            HelpName = "PATTERN",
            DefaultValueFactory = _ => SplitPattern.Gpt2,
            CustomParser = result =>
            {
                var text = result.Tokens is [var token, ..] ? token.Value : "";
                switch (text)
                {
                    case "gpt2":
                        return SplitPattern.Gpt2;
                    case "gpt4":
                        return SplitPattern.Gpt4;
                    case "none":
                        return SplitPattern.None;
                    default:
                        result.AddError($"--pattern must be gpt2, gpt4 or none, got \"{text}\"");
                        return default;
                }
            },
        };

    private static Option<string> Output() =>
        new("--output", "-o")
        {
            Description = "the GGUF to write; a listing is put beside it as .txt",
            HelpName = "FILE",
            Required = true,
        };
}
