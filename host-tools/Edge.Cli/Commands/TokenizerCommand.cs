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
        new Command("tokenizer", "Make a vocabulary for a model of one's own.") { Train(terminal), Import(terminal) };

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

    private static EdgeCommand Import(Terminal terminal)
    {
        var file = new Argument<string>("FILE")
        {
            Description = "a file of ranks (.tiktoken): a token in base64 and its rank a line",
        };
        var pattern = Pattern();
        var special = new Option<string[]>("--special")
        {
            Description = "special tokens, with their ids; without one, the first id that is free",
            HelpName = "TOKEN=ID",
            AllowMultipleArgumentsPerToken = true,
        };
        var output = Output();
        var json = Options.Json();
        return new EdgeCommand(
            "import",
            "Make a vocabulary of a file of ranks, as the GPT models publish theirs.",
            "edge tokenizer import cl100k_base.tiktoken --pattern gpt4 --special \"<|endoftext|>=100257\" -o gpt4.gguf"
        )
            .With(file)
            .With(pattern, special, output, json)
            .Runs(
                terminal,
                (parsed, _) =>
                {
                    var path = parsed.GetRequiredValue(output);
                    BytePairFile.CheckWritable(path);
                    var vocabulary = RanksFile.Import(
                        parsed.GetRequiredValue(file),
                        parsed.GetValue(pattern),
                        [.. (parsed.GetValue(special) ?? []).Select(SpecialAt)]
                    );
                    var listing = BytePairFile.Save(vocabulary, path);
                    terminal.Say($"{path}: {Sizes(vocabulary)}; {listing} lists them");
                    if (vocabulary.Whole > 0)
                        terminal.Say(
                            $"note: {vocabulary.Whole:N0} tokens are not made by merging two others; only a word that is such a token becomes one"
                        );
                    if (parsed.GetValue(json))
                        terminal.PrintJson(TokenizerResult.Of(path, listing, vocabulary), Json.Types.TokenizerResult);
                    return ExitCode.Done;
                }
            );
    }

    private static string Sizes(BytePairVocabulary vocabulary) =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"{vocabulary.Count:N0} tokens, {vocabulary.Merges:N0} of them merged"
        );

    /// <summary>"&lt;|endoftext|&gt;=100257", or a name alone.</summary>
    private static SpecialTokenAt SpecialAt(string text)
    {
        var sign = text.LastIndexOf('=');
        return
            sign > 0 && int.TryParse(text.AsSpan(sign + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var id)
            ? new SpecialTokenAt(text[..sign], id)
            : new SpecialTokenAt(text, null);
    }

    private static void Tell(Terminal terminal, TrainedBytePairs trained, string path, string listing, bool json)
    {
        var vocabulary = trained.Vocabulary;
        var ms = (trained.Counting + trained.Merging).TotalMilliseconds;
        terminal.Say(
            string.Create(
                CultureInfo.InvariantCulture,
                $"{path}: {Sizes(vocabulary)}, from {trained.TextBytes:N0} bytes of text in {trained.Documents:N0} documents with {trained.DistinctWords:N0} different words, in {ms / 1000:F1} s; {listing} lists them"
            )
        );
        if (vocabulary.BosId is null)
            terminal.Say(
                "note: a model trained with it cannot tell where a text ends; add --special \"<|endoftext|>\" for that"
            );
        if (json)
            terminal.PrintJson(
                TokenizerResult.Of(path, listing, vocabulary) with
                {
                    TextBytes = trained.TextBytes,
                    Documents = trained.Documents,
                    Words = trained.Words,
                    DistinctWords = trained.DistinctWords,
                    CountingMs = trained.Counting.TotalMilliseconds,
                    MergingMs = trained.Merging.TotalMilliseconds,
                },
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
