using System.CommandLine;
using System.Globalization;
using Edge.Cli.CommandLine;
using Edge.Cli.Output;
using Edge.Inference;
using Edge.Inference.Gguf;
using Edge.Inference.Onnx;
using Edge.Inference.Onnx.Model;
using Edge.Inference.Tokenizers;

namespace Edge.Cli.Commands;

/// <summary>edge inspect: what is in a model or tokenizer file, and whether Edge can run it.</summary>
internal static class InspectCommand
{
    public static Command Create(Terminal terminal)
    {
        var file = new Argument<string>("FILE")
        {
            Description = "a GGUF, an ONNX model, a llama2.c model or tokenizer",
        };
        var tokenizer = Options.Tokenizer();
        var json = Options.Json();

        return new EdgeCommand("inspect", "Show what is in a model or tokenizer file.", "edge inspect pocket.gguf")
            .With(file)
            .With(tokenizer, json)
            .Runs(
                terminal,
                (parsed, _) =>
                {
                    var result = Inspect(parsed.GetRequiredValue(file), parsed.GetValue(tokenizer));
                    if (parsed.GetValue(json))
                        terminal.PrintJson(result, Json.Types.InspectResult);
                    else
                        Print(terminal, result);
                    return ExitCode.Done;
                }
            );
    }

    private static InspectResult Inspect(string path, string? tokenizerPath)
    {
        var kind = FileKinds.Of(path);
        if (kind == FileKind.Gguf)
        {
            using var gguf = GgufFile.Open(path);
            return gguf.Tensors.Count == 0 ? Vocabulary(gguf) : Gguf(gguf, tokenizerPath);
        }
        if (kind == FileKind.Llama2cTokenizer)
        {
            var vocabulary = TokenizerFile.Open(path);
            return new InspectResult(path, "llama2.c tokenizer", new FileInfo(path).Length)
            {
                VocabSize = vocabulary.VocabSize,
            };
        }
        if (kind == FileKind.Onnx)
            return Onnx(OnnxFile.Open(path), tokenizerPath);
        using var model = ModelFile.Open(path, tokenizerPath);
        return Model(model, []);
    }

    private static InspectResult Vocabulary(GgufFile gguf) =>
        new(gguf.Path, $"GGUF v{gguf.Version} vocabulary", gguf.FileBytes)
        {
            VocabSize = TokenizerFile.Open(gguf.Path).VocabSize,
            Metadata = Described(gguf),
        };

    /// <summary>A GGUF that Edge cannot run is still described; the reason stands in its problem.</summary>
    private static InspectResult Gguf(GgufFile gguf, string? tokenizerPath)
    {
        var tensors = gguf.Tensors.Select(t => new InspectTensor(t.Name, t.Type.Name, t.Dims, t.Bytes)).ToList();
        try
        {
            using var model = ModelFile.Open(gguf.Path, tokenizerPath);
            return Model(model, tensors);
        }
        catch (ModelFormatException exception)
        {
            return new InspectResult(gguf.Path, $"GGUF v{gguf.Version}", gguf.FileBytes)
            {
                Parameters = gguf.Tensors.Sum(t => t.Elements),
                Metadata = Described(gguf),
                Tensors = tensors,
                Problem = exception.Message,
            };
        }
    }

    /// <summary>Read without ONNX Runtime, which may not be there.</summary>
    private static InspectResult Onnx(OnnxFile file, string? tokenizerPath)
    {
        var operators = file.OperatorSets.GetValueOrDefault("");
        var result = new InspectResult(file.Path, $"ONNX v{file.Version}, operators {operators}", file.Bytes)
        {
            WeightType = file.Tensors.GroupBy(t => t.Type).MaxBy(type => type.Sum(t => t.Bytes))?.Key,
            WeightBytes = file.Tensors.Sum(t => t.Bytes),
            Tensors = [.. file.Tensors.Select(t => new InspectTensor(t.Name, t.Type, [.. t.Dims.Reverse()], t.Bytes))],
        };
        try
        {
            var text = OnnxText.Read(file, tokenizerPath);
            return result with
            {
                Name = text.Name,
                Parameters = text.ParameterCount,
                VocabSize = text.Tokenizer.VocabSize,
                ChatTemplate = text.ChatTemplate.Name,
                Metadata = text.Metadata,
            };
        }
        catch (ModelFormatException exception)
        {
            return result with { Problem = exception.Message };
        }
    }

    private static Dictionary<string, string> Described(GgufFile gguf) =>
        gguf.Metadata.ToDictionary(pair => pair.Key, pair => pair.Value.Describe());

    private static InspectResult Model(ModelFile model, IReadOnlyList<InspectTensor> tensors)
    {
        var shape = model.Config;
        return new InspectResult(model.Path, model.Format, new FileInfo(model.Path).Length)
        {
            Name = model.Name,
            Parameters = model.ParameterCount,
            WeightType = model.WeightType,
            WeightBytes = model.WeightBytes,
            Shape = new InspectShape(
                shape.Dim,
                shape.HiddenDim,
                shape.Layers,
                shape.Heads,
                shape.KvHeads,
                shape.HeadDim,
                shape.ContextLength,
                shape.RopeTheta,
                shape.TiedOutput
            ),
            VocabSize = model.Tokenizer.VocabSize,
            ChatTemplate = model.ChatTemplate.Name,
            Metadata = model.Metadata,
            Tensors = tensors,
        };
    }

    private static void Print(Terminal terminal, InspectResult result)
    {
        Row("file", result.File);
        Row("format", result.Format);
        Row("name", result.Name);
        Row("bytes", Number(result.Bytes));
        Row("parameters", Number(result.Parameters));
        Row("weights", result.WeightType);
        if (result.Shape is { } s)
        {
            Row("layers", $"{s.Layers} of width {s.Dim}, feed-forward {s.HiddenDim}");
            Row("heads", $"{s.Heads} of width {s.HeadDim}, {s.KvHeads} for keys and values");
            Row("context", Number(s.ContextLength));
        }
        Row("vocabulary", Number(result.VocabSize));
        Row("chat template", result.ChatTemplate);
        Row("problem", result.Problem);
        foreach (var (key, value) in result.Metadata)
            terminal.Print($"  {key} = {value}");
        foreach (var tensor in result.Tensors)
            terminal.Print($"  {tensor.Name}  {tensor.Type}  ({string.Join(", ", tensor.Dims)})");

        void Row(string name, string? value)
        {
            if (value is not null)
                terminal.Print($"{name, -14} {value}");
        }
    }

    private static string? Number(long? value) => value?.ToString("N0", CultureInfo.InvariantCulture);
}
