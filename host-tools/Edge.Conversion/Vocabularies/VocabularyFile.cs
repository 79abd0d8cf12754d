using Edge.Conversion.HuggingFace;
using Edge.Inference;
using Edge.Inference.Gguf;

namespace Edge.Conversion.Vocabularies;

/// <summary>Opens the vocabulary of a tokenizer file of any kind that Edge reads.</summary>
internal static class VocabularyFile
{
    /// <param name="vocabSize">Of the model it is for.</param>
    /// <exception cref="ModelFormatException">It is no tokenizer that Edge knows, or it does not fit.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static ModelVocabulary Open(string path, int vocabSize)
    {
        using var file = MappedFile.Open(path);
        if (IsJson(file))
            return TokenizerJson.Read(path, vocabSize);
        if (IsSentencePiece(file))
            return SentencePieceModel.Read(path, vocabSize);
        if (!GgufFile.HasMagic(file))
            return Llama2cVocabulary.Read(file, vocabSize);
        var vocabulary = GgufVocabulary.Read(GgufFile.Read(file, ownsFile: false));
        return vocabulary.Tokens.Count == vocabSize
            ? vocabulary
            : throw file.Bad(
                $"has {vocabulary.Tokens.Count:N0} tokens, the model {vocabSize:N0}: this tokenizer does not fit its model. Name the right one with --tokenizer."
            );
    }

    /// <summary>The tokenizer of a model in Hugging Face layout; null when there is none. tokenizer.model comes first: it has
    /// the scores that tokenizer.json has lost.</summary>
    public static string? FindIn(string folder)
    {
        var model = Path.Combine(folder, "tokenizer.model");
        var json = Path.Combine(folder, "tokenizer.json");
        return File.Exists(model) && !IsTextRanks(model) ? model
            : File.Exists(json) ? json
            : null;
    }

    /// <summary>A tokenizer.bin that starts with '{' has zeros after it.</summary>
    private static bool IsJson(MappedFile file)
    {
        if (file.Length < 2)
            return false;
        var start = file.Span(0, (int)Math.Min(file.Length, 64)).TrimStart(" \t\r\n"u8);
        return start.Length > 1 && start[0] == (byte)'{' && start[1] != 0;
    }

    /// <summary>The first field is a piece, whose first field is its text; no tokenizer.bin has tokens so long.</summary>
    private static bool IsSentencePiece(MappedFile file) =>
        file.Name.EndsWith(".model", StringComparison.OrdinalIgnoreCase)
        || (file.Length > 3 && file.Span(0, 1)[0] == 0x0A && file.Span(2, 1)[0] == 0x0A);

    /// <summary>Llama 3 has a text of base64 lines under the same name; its tokenizer.json says the same.</summary>
    private static bool IsTextRanks(string path)
    {
        using var file = MappedFile.Open(path);
        return file.Length > 16 && !file.Span(0, 16).ContainsAnyExceptInRange((byte)' ', (byte)'~');
    }
}
