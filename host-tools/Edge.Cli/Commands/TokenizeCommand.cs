using System.CommandLine;
using Edge.Cli.CommandLine;
using Edge.Cli.Output;
using Edge.Inference.Onnx;
using Edge.Inference.Onnx.Model;
using Edge.Inference.Tokenizers;

namespace Edge.Cli.Commands;

/// <summary>edge tokenize: token ids and pieces of a text.</summary>
internal static class TokenizeCommand
{
    public static Command Create(Terminal terminal)
    {
        var model = new Argument<string>("MODEL")
        {
            Description = "a GGUF (a vocabulary alone will do), a llama2.c tokenizer.bin, a llama2.c or an ONNX model",
        };
        var text = new Argument<string?>("TEXT")
        {
            Description = "the text; - or nothing reads standard input",
            Arity = ArgumentArity.ZeroOrOne,
        };
        var noBos = new Option<bool>("--no-bos") { Description = "never start with the beginning-of-text token" };
        var tokenizer = Options.Tokenizer();
        var json = Options.Json();

        return new EdgeCommand(
            "tokenize",
            "Print the token ids and pieces of a text.",
            "edge tokenize pocket.gguf \"Hello world\" --json"
        )
            .With(model, text)
            .With(noBos, tokenizer, json)
            .Runs(
                terminal,
                async (parsed, cancellation) =>
                {
                    var vocabulary = parsed.GetValue(tokenizer) is { } named
                        ? TokenizerFile.Open(named)
                        : TokenizerOf(parsed.GetRequiredValue(model));
                    var input = parsed.GetValue(text) ?? "-";
                    if (input == "-")
                        input = await terminal.ReadInputAsync(cancellation).ConfigureAwait(false);
                    var ids = vocabulary.Encode(input, parsed.GetValue(noBos) ? false : null);
                    Print(terminal, vocabulary, ids, parsed.GetValue(json));
                    return ExitCode.Done;
                }
            );
    }

    private static void Print(Terminal terminal, Tokenizer vocabulary, int[] ids, bool json)
    {
        var pieces = ids.Select(vocabulary.Piece).ToList();
        if (json)
        {
            terminal.PrintJson(new TokenizeResult(ids, pieces), Json.Types.TokenizeResult);
            return;
        }
        foreach (var (id, piece) in ids.Zip(pieces))
            terminal.Print($"{id}\t{piece}");
    }

    /// <summary>The one inside the model, or the tokenizer.bin beside a llama2.c model.</summary>
    private static Tokenizer TokenizerOf(string model)
    {
        var kind = FileKinds.Of(model);
        if (kind == FileKind.Onnx)
            return OnnxText.Read(OnnxFile.Open(model), null).Tokenizer;
        var beside = Path.Combine(Path.GetDirectoryName(Path.GetFullPath(model)) ?? "", "tokenizer.bin");
        return TokenizerFile.Open(kind == FileKind.Llama2cModel && File.Exists(beside) ? beside : model);
    }
}
