using Edge.Inference.Onnx.Model;

namespace Edge.Inference.Onnx;

/// <summary>The one door to models of every kind.</summary>
public static class LanguageModels
{
    /// <summary>Opens a model: GGUF and llama2.c files run on our own engine, ONNX files on ONNX Runtime. The content
    /// decides; the name does only where the content is neither.</summary>
    /// <param name="tokenizerPath">See <see cref="ModelFile.Open"/> and <see cref="OnnxText.Read"/>.</param>
    /// <param name="threads">0 chooses.</param>
    /// <param name="positions">Positions of the cache; 0 takes the model's context, 2,048 at most.</param>
    /// <param name="options">What else can be chosen; ONNX Runtime knows the name only.</param>
    /// <exception cref="ModelFormatException">The file is not a model that Edge can run.</exception>
    /// <exception cref="InsufficientMemoryException">It does not fit; the message has the numbers.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static ILanguageModel Open(
        string path,
        string? tokenizerPath = null,
        int threads = 0,
        int positions = 0,
        ModelOptions? options = null
    ) =>
        IsOnnx(path)
            ? OnnxLanguageModel.Open(path, tokenizerPath, threads, positions, options?.Name)
            : LanguageModel.Open(path, tokenizerPath, threads, positions, options);

    /// <exception cref="IOException">The file cannot be read.</exception>
    public static bool IsOnnx(string path)
    {
        using var file = MappedFile.Open(path);
        var head = file.Span(0, (int)Math.Min(4, file.Length));
        if (OnnxFile.HasMagic(head))
            return true;
        return !head.SequenceEqual("GGUF"u8) && path.EndsWith(".onnx", StringComparison.OrdinalIgnoreCase);
    }
}
