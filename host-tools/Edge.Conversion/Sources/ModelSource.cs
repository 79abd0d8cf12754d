using Edge.Conversion.Vocabularies;
using Edge.Conversion.Weights;
using Edge.Inference;
using Edge.Inference.Gguf;
using Edge.Inference.Llama2c;

namespace Edge.Conversion.Sources;

/// <summary>Opens a model of any format that Edge converts from; the format is told by content.</summary>
internal static class ModelSource
{
    /// <param name="tokenizerPath">Taken instead of the model's own; null looks where the format has it.</param>
    /// <exception cref="ModelFormatException">The bytes are not a model that Edge can run.</exception>
    /// <exception cref="IOException">It cannot be read.</exception>
    public static SourceModel Open(string path, string? tokenizerPath)
    {
        if (Directory.Exists(path))
            return HuggingFaceSource.Open(path, tokenizerPath);
        RefusePickle(path);
        var file = MappedFile.Open(path);
        try
        {
            return GgufFile.HasMagic(file) ? OpenGguf(file, tokenizerPath) : OpenLlama2c(file, tokenizerPath);
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <summary>Says what a file is that people have often and Edge does not read; nothing in it is believed.</summary>
    private static void RefusePickle(string path)
    {
        using var file = MappedFile.Open(path);
        var name = file.Name.ToLowerInvariant();
        var pickled =
            file.Length >= 4
            && (
                file.Span(0, 4).SequenceEqual("PK\u0003\u0004"u8)
                || (file.Span(0, 1)[0] == 0x80 && file.Span(1, 1)[0] is > 1 and < 6)
            );
        if (pickled || Path.GetExtension(name) is ".pt" or ".pth" or ".ckpt" or ".pkl")
            throw file.Bad(
                "is a pickle, as PyTorch writes it, whose reading runs code that is in it; Edge does not read it. Save the model as safetensors."
            );
        if (Path.GetExtension(name) == ".safetensors")
            throw file.Bad("has the weights alone. Name the folder that it is in, with its config.json and tokenizer.");
    }

    private static SourceModel OpenGguf(MappedFile file, string? tokenizerPath)
    {
        var gguf = GgufFile.Read(file, ownsFile: false);
        var (config, weights) = LlamaGguf.Read(gguf);
        var vocabulary = tokenizerPath is null
            ? GgufVocabulary.Read(gguf)
            : VocabularyFile.Open(tokenizerPath, config.VocabSize);
        if (vocabulary.Tokens.Count != config.VocabSize)
            throw file.Bad(
                $"the tokenizer has {vocabulary.Tokens.Count:N0} tokens, but token_embd.weight has {config.VocabSize:N0} rows: they do not fit. Convert the model again."
            );
        return new SourceModel(file)
        {
            Path = file.Path,
            Format = $"GGUF v{gguf.Version}",
            Name = gguf.Metadata.String("general.name") ?? Path.GetFileNameWithoutExtension(file.Name),
            Config = config,
            RopeDivisors = weights.RopeDivisors,
            Tensors = LlamaTensors.Of(config, weights, RopeFactors(gguf), halfSplit: false),
            Vocabulary = vocabulary,
            VocabularyIsOwn = tokenizerPath is null,
            ChatTemplate = gguf.Metadata.String("tokenizer.chat_template"),
            Metadata = gguf,
        };
    }

    /// <summary>The table itself: the weights' divisors may have linear scaling in them too.</summary>
    private static unsafe float[]? RopeFactors(GgufFile gguf)
    {
        if (gguf.FindTensor(LlamaTensors.RopeFactors) is not { } tensor)
            return null;
        var matrix = new Matrix(
            (TensorType)tensor.Type.Number,
            1,
            (int)tensor.Elements,
            gguf.File.At(tensor.Offset, tensor.Bytes)
        );
        var values = new float[tensor.Elements];
        new SourceTensor(tensor.Name, matrix).ReadRow(0, values);
        return values;
    }

    private static SourceModel OpenLlama2c(MappedFile file, string? tokenizerPath)
    {
        var (version, config, weights) = Llama2cModel.Read(file);
        var beside = Path.Combine(Path.GetDirectoryName(file.Path) ?? "", "tokenizer.bin");
        var tokenizer = tokenizerPath ?? (File.Exists(beside) ? beside : null);
        return new SourceModel(file)
        {
            Path = file.Path,
            Format = $"llama2.c v{version}",
            Name = Path.GetFileNameWithoutExtension(file.Name),
            Config = config,
            Tensors = LlamaTensors.Of(config, weights, ropeFactors: null, halfSplit: false),
            Vocabulary = tokenizer is null ? null : VocabularyFile.Open(tokenizer, config.VocabSize),
            VocabularyIsOwn = false,
        };
    }
}
