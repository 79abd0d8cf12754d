using System.Globalization;
using Edge.Inference.Gguf;
using Edge.Inference.Llama2c;
using Edge.Inference.Tokenizers;

namespace Edge.Inference;

/// <summary>
/// An open model file: its shape, its weights (memory mapped), its tokenizer. GGUF and llama2.c v0, v1, v2 are
/// recognised by content, never by name. Disposing unmaps the weights.
/// </summary>
public sealed class ModelFile : IDisposable
{
    private readonly MappedFile file;

    private ModelFile(MappedFile file, ModelConfig config, ModelWeights weights, Tokenizer tokenizer)
    {
        this.file = file;
        Config = config;
        Weights = weights;
        Tokenizer = tokenizer;
        (ParameterCount, WeightBytes, WeightType) = Measure(weights, config.TiedOutput);
    }

    public string Path => file.Path;

    /// <summary>general.name of a GGUF, otherwise the file name without its ending.</summary>
    public required string Name { get; init; }

    /// <summary>"GGUF v3", "llama2.c v0" ...</summary>
    public required string Format { get; init; }

    public ModelConfig Config { get; }

    public ModelWeights Weights { get; }

    public Tokenizer Tokenizer { get; }

    /// <summary>How a conversation is written for this model; <see cref="ChatTemplate.None"/> for a plain completer.</summary>
    public ChatTemplate ChatTemplate { get; private init; } = ChatTemplate.None;

    public long ParameterCount { get; }

    /// <summary>Bytes of weights that one decoded token reads, give or take one embedding row.</summary>
    public long WeightBytes { get; }

    /// <summary>The type that most weight bytes have: "Q8_0", "F32" ...</summary>
    public string WeightType { get; }

    /// <summary>Every metadata key of a GGUF with its value printed (long arrays shortened); empty for llama2.c files.</summary>
    public IReadOnlyDictionary<string, string> Metadata { get; private init; } = new Dictionary<string, string>();

    /// <param name="path">A GGUF or llama2.c model.</param>
    /// <param name="tokenizerPath">A llama2.c tokenizer.bin or a GGUF to take the tokenizer from; needed for llama2.c
    /// models, where null looks for "tokenizer.bin" beside the model.</param>
    /// <exception cref="ModelFormatException">The bytes are not a model that Edge can run.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static ModelFile Open(string path, string? tokenizerPath = null)
    {
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

    /// <summary>Gives back the memory of a matrix that was copied elsewhere.</summary>
    internal unsafe void DropPages(Matrix copied) => file.Drop(copied.Data, copied.TotalBytes);

    public void Dispose() => file.Dispose();

    private static ModelFile OpenGguf(MappedFile file, string? tokenizerPath)
    {
        var gguf = GgufFile.Read(file, ownsFile: false);
        var (config, weights) = LlamaGguf.Read(gguf);
        var tokenizer = tokenizerPath is null
            ? GgufTokenizer.Read(gguf)
            : TokenizerFile.Open(tokenizerPath, config.VocabSize);
        if (tokenizer.VocabSize != config.VocabSize)
            throw file.Bad(
                $"the tokenizer has {tokenizer.VocabSize:N0} tokens, but token_embd.weight has {config.VocabSize:N0} rows: they do not fit. Convert the model again."
            );
        var name = gguf.Metadata.String("general.name");
        return new ModelFile(file, config, weights, tokenizer)
        {
            Name = string.IsNullOrWhiteSpace(name) ? NameOf(file) : Printable.Show(name),
            Format = string.Create(CultureInfo.InvariantCulture, $"GGUF v{gguf.Version}"),
            ChatTemplate = ChatTemplate.Detect(gguf.Metadata.String("tokenizer.chat_template")),
            Metadata = gguf.Metadata.ToDictionary(pair => pair.Key, pair => pair.Value.Describe()),
        };
    }

    private static ModelFile OpenLlama2c(MappedFile file, string? tokenizerPath)
    {
        var (version, config, weights) = Llama2cModel.Read(file);
        var beside = System.IO.Path.Combine(System.IO.Path.GetDirectoryName(file.Path) ?? "", "tokenizer.bin");
        if (tokenizerPath is null && !File.Exists(beside))
            throw file.Bad(
                "a llama2.c model has no tokenizer inside, and there is no tokenizer.bin beside it. Name one with --tokenizer FILE."
            );
        return new ModelFile(file, config, weights, TokenizerFile.Open(tokenizerPath ?? beside, config.VocabSize))
        {
            Name = NameOf(file),
            Format = string.Create(CultureInfo.InvariantCulture, $"llama2.c v{version}"),
        };
    }

    private static string NameOf(MappedFile file) => System.IO.Path.GetFileNameWithoutExtension(file.Name);

    private static (long Parameters, long DecodeBytes, string Type) Measure(ModelWeights weights, bool tied)
    {
        var matrices = new List<Matrix> { weights.Output };
        var vectors = (long)weights.OutputNorm.Length;
        foreach (var layer in weights.Layers)
        {
            matrices.AddRange([
                layer.Query,
                layer.Key,
                layer.Value,
                layer.AttentionOutput,
                layer.Gate,
                layer.Up,
                layer.Down,
            ]);
            vectors += layer.AttentionNorm.Length + layer.FeedForwardNorm.Length;
        }
        var decodeBytes = matrices.Sum(matrix => matrix.TotalBytes) + (vectors * sizeof(float));
        if (!tied)
            matrices.Add(weights.TokenEmbedding);
        var parameters = matrices.Sum(matrix => (long)matrix.Rows * matrix.Columns) + vectors;
        var type = matrices.GroupBy(matrix => matrix.Type).MaxBy(group => group.Sum(matrix => matrix.TotalBytes))!.Key;
        return (parameters, decodeBytes, type.ToString());
    }
}
