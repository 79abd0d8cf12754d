using Edge.Inference.Gguf;
using Edge.Inference.Llama2c;

namespace Edge.Inference.Tokenizers;

/// <summary>
/// Opens a tokenizer by itself: from a GGUF of any architecture, weights or not, or from a llama2.c tokenizer.bin.
/// </summary>
public static class TokenizerFile
{
    /// <param name="vocabSize">Tokens of the model it must fit; null for any.</param>
    /// <exception cref="ModelFormatException">The bytes are not a tokenizer that Edge knows, or it does not fit.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static Tokenizer Open(string path, int? vocabSize = null)
    {
        using var file = MappedFile.Open(path);
        if (!GgufFile.HasMagic(file))
            return TokenizerBin.Read(file, vocabSize);

        var tokenizer = GgufTokenizer.Read(GgufFile.Read(file, ownsFile: false));
        if (vocabSize is { } expected && expected != tokenizer.VocabSize)
            throw file.Bad(
                $"has {tokenizer.VocabSize:N0} tokens, the model {expected:N0}: this tokenizer does not fit its model. Name the right one with --tokenizer."
            );
        return tokenizer;
    }
}
