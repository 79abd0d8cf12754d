using Edge.Inference.Tokenizers;

namespace Edge.Inference;

/// <summary>
/// An open model file: its shape, its weights (memory mapped), its tokenizer. GGUF and llama2.c v0, v1, v2 are
/// recognised by content, never by name. Disposing unmaps the weights.
/// </summary>
public sealed class ModelFile : IDisposable
{
    public string Path => throw new NotImplementedException();

    /// <summary>general.name of a GGUF, otherwise the file name without its ending.</summary>
    public string Name => throw new NotImplementedException();

    /// <summary>"GGUF v3", "llama2.c v0" ...</summary>
    public string Format => throw new NotImplementedException();

    public ModelConfig Config => throw new NotImplementedException();

    public ModelWeights Weights => throw new NotImplementedException();

    public Tokenizer Tokenizer => throw new NotImplementedException();

    /// <summary>How a conversation is written for this model; <see cref="ChatTemplate.None"/> for a plain completer.</summary>
    public ChatTemplate ChatTemplate => throw new NotImplementedException();

    public long ParameterCount => throw new NotImplementedException();

    /// <summary>Bytes of weights that one decoded token reads, give or take one embedding row.</summary>
    public long WeightBytes => throw new NotImplementedException();

    /// <summary>The type that most weight bytes have: "Q8_0", "F32" ...</summary>
    public string WeightType => throw new NotImplementedException();

    /// <summary>Every metadata key of a GGUF with its value printed (long arrays shortened); empty for llama2.c files.</summary>
    public IReadOnlyDictionary<string, string> Metadata => throw new NotImplementedException();

    /// <param name="path">A GGUF or llama2.c model.</param>
    /// <param name="tokenizerPath">A llama2.c tokenizer.bin or a GGUF to take the tokenizer from; needed for llama2.c
    /// models, where null looks for "tokenizer.bin" beside the model.</param>
    /// <exception cref="ModelFormatException">The bytes are not a model that Edge can run.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static ModelFile Open(string path, string? tokenizerPath = null) => throw new NotImplementedException();

    public void Dispose() { }
}
