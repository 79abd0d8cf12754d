using Edge.Inference.Gguf;
using Edge.Inference.Llama2c;
using Edge.Inference.Onnx.Model;
using Edge.Inference.Tokenizers;

namespace Edge.Inference.Onnx;

/// <summary>
/// The text side of an ONNX model: tokenizer, chat template and what the model says of itself. It comes from a tokenizer
/// file inside the model's metadata, in base64, as the exporter writes it, or from one beside it.
/// </summary>
public sealed class OnnxText
{
    /// <summary>Metadata key of a whole tokenizer file in base64: a GGUF without tensors or a llama2.c tokenizer.bin.</summary>
    public const string TokenizerKey = "edge.tokenizer";

    /// <summary>Metadata key of the model's name for people.</summary>
    public const string NameKey = "edge.name";

    /// <summary>Metadata key of the positions that the model was trained for.</summary>
    public const string ContextKey = "edge.context_length";

    /// <summary>Metadata key of the number of parameters.</summary>
    public const string ParametersKey = "edge.parameters";

    private OnnxText(string name, Tokenizer tokenizer, ChatTemplate template, Dictionary<string, string> metadata)
    {
        (Name, Tokenizer, ChatTemplate, Metadata) = (name, tokenizer, template, metadata);
    }

    public string Name { get; }

    public Tokenizer Tokenizer { get; }

    public ChatTemplate ChatTemplate { get; }

    /// <summary>Of the tokenizer's GGUF, and the model's own, without the tokenizer file.</summary>
    public IReadOnlyDictionary<string, string> Metadata { get; }

    public long ParameterCount { get; private init; }

    /// <summary>Positions that the model was trained for; 0 where nothing says it.</summary>
    public int ContextLength { get; private init; }

    /// <param name="tokenizerPath">A GGUF or a llama2.c tokenizer.bin; null takes the one inside.</param>
    /// <exception cref="ModelFormatException">There is none, or it is damaged.</exception>
    /// <exception cref="IOException">The tokenizer file cannot be read.</exception>
    public static OnnxText Read(OnnxFile model, string? tokenizerPath)
    {
        using var file = tokenizerPath is null ? Inside(model) : MappedFile.Open(tokenizerPath);
        var metadata = new Dictionary<string, string>(StringComparer.Ordinal);
        var template = ChatTemplate.None;
        string? ggufName = null;
        int? ggufContext = null;
        Tokenizer tokenizer;
        if (GgufFile.HasMagic(file))
        {
            var gguf = GgufFile.Read(file, ownsFile: false);
            tokenizer = GgufTokenizer.Read(gguf);
            template = ChatTemplate.Detect(gguf.Metadata.String("tokenizer.chat_template"));
            ggufName = gguf.Metadata.String("general.name");
            ggufContext = gguf.Metadata.Int("llama.context_length", 1, ModelLimits.ContextMax);
            foreach (var (key, value) in gguf.Metadata)
                metadata[key] = value.Describe();
        }
        else
        {
            tokenizer = TokenizerBin.Read(file, vocabSize: null);
        }
        foreach (var (key, value) in model.Metadata)
        {
            if (key != TokenizerKey)
                metadata[key] = Printable.Show(value, 120);
        }

        var name = model.Metadata.GetValueOrDefault(NameKey) ?? ggufName;
        if (string.IsNullOrWhiteSpace(name))
            name = Path.GetFileNameWithoutExtension(model.Path);
        return new OnnxText(Printable.Show(name), tokenizer, template, metadata)
        {
            ParameterCount = Number(model, ParametersKey) ?? model.Tensors.Sum(tensor => tensor.Elements),
            ContextLength = (int)(Number(model, ContextKey) ?? ggufContext ?? 0),
        };
    }

    private static MappedFile Inside(OnnxFile model)
    {
        var name = Path.GetFileName(model.Path);
        if (!model.Metadata.TryGetValue(TokenizerKey, out var base64))
            throw new ModelFormatException($"{name}: has no tokenizer inside. Name one with --tokenizer FILE.");
        var bytes = new byte[base64.Length / 4 * 3];
        if (!Convert.TryFromBase64String(base64, bytes, out var length))
            throw new ModelFormatException(
                $"{name}: {TokenizerKey} is not base64: the file is damaged. Copy it again."
            );
        return MappedFile.Of($"{name} (its tokenizer)", bytes.AsSpan(0, length));
    }

    /// <exception cref="ModelFormatException">It is there and no number above 0.</exception>
    private static long? Number(OnnxFile model, string key)
    {
        if (!model.Metadata.TryGetValue(key, out var text))
            return null;
        var most = key == ContextKey ? ModelLimits.ContextMax : OnnxLimits.TensorElementsMax;
        return long.TryParse(text, out var number) && number >= 1 && number <= most
            ? number
            : throw new ModelFormatException(
                $"{Path.GetFileName(model.Path)}: {key} must be 1 to {most:N0}, found {Printable.Show(text)}. Export the model again."
            );
    }
}
