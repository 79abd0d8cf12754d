using System.Security.Cryptography;
using Edge.Inference;
using Edge.Inference.Tokenizers;

namespace Edge.Training.Data;

/// <summary>A tokenizer and the SHA-256 of the bytes it was read from, which stands for its vocabulary and merges.</summary>
public sealed record TrainingTokenizer(Tokenizer Tokenizer, string Sha256)
{
    /// <exception cref="ModelFormatException">The file is not a tokenizer that Edge knows.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static TrainingTokenizer Open(string path)
    {
        using var file = File.OpenRead(path);
        var hash = Convert.ToHexStringLower(SHA256.HashData(file));
        return new TrainingTokenizer(TokenizerFile.Open(path), hash);
    }

    /// <summary>The token that begins every document and example.</summary>
    /// <exception cref="TrainingDataException">The vocabulary has neither BOS nor EOS.</exception>
    internal int Begin =>
        Tokenizer.BosId
        ?? Tokenizer.EosId
        ?? throw new TrainingDataException(
            "the tokenizer has no token that begins a text. Train one with --special \"<|endoftext|>\"."
        );

    /// <summary>The token that ends a document.</summary>
    internal int End => Tokenizer.EosId ?? Begin;
}
