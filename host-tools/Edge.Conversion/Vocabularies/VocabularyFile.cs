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
        if (!GgufFile.HasMagic(file))
            return Llama2cVocabulary.Read(file, vocabSize);
        var vocabulary = GgufVocabulary.Read(GgufFile.Read(file, ownsFile: false));
        return vocabulary.Tokens.Count == vocabSize
            ? vocabulary
            : throw file.Bad(
                $"has {vocabulary.Tokens.Count:N0} tokens, the model {vocabSize:N0}: this tokenizer does not fit its model. Name the right one with --tokenizer."
            );
    }
}
