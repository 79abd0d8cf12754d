using Edge.Inference.Gguf;
using Edge.Inference.Tokenizers;

namespace Edge.Conversion.Vocabularies;

/// <summary>The vocabulary in the metadata of a GGUF, with the defaults that <see cref="TokenizerFile"/> has.</summary>
internal static class GgufVocabulary
{
    private const string Prefix = "tokenizer.ggml.";

    /// <exception cref="Edge.Inference.ModelFormatException">It is no tokenizer that Edge knows.</exception>
    public static ModelVocabulary Read(GgufFile gguf)
    {
        // Refuses what is wrong, so that the rest can believe the metadata.
        var tokenizer = GgufTokenizer.Read(gguf);
        var metadata = gguf.Metadata;
        var sentencePiece = metadata.String(Prefix + "model") == "llama";
        var types = metadata.NumberArray(Prefix + "token_type", tokenizer.VocabSize);
        var tokens = new Vocabulary();
        var strings = metadata.StringArray(Prefix + "tokens")!.Strings();
        for (var id = 0; strings.Next(out var text); id++)
            tokens.Add(text, types is null ? Guess(text, id, tokenizer, sentencePiece) : TypeOf(types[id]));

        var merges = new ByteList();
        if (metadata.StringArray(Prefix + "merges") is { } list && !sentencePiece)
            for (var all = list.Strings(); all.Next(out var merge); )
                merges.Add(merge);
        return new ModelVocabulary
        {
            Kind = sentencePiece ? VocabularyKind.SentencePiece : VocabularyKind.BytePair,
            Tokens = tokens,
            Scores = sentencePiece
                ? Array.ConvertAll(metadata.NumberArray(Prefix + "scores", tokens.Count)!, score => (float)score)
                : [],
            Words = sentencePiece ? null : metadata.String(Prefix + "pre") ?? "default",
            Merges = merges,
            Unknown = Id("unknown_token_id") ?? (sentencePiece ? 0 : null),
            Bos = tokenizer.BosId,
            Eos = tokenizer.EosId,
            Padding = Id("padding_token_id"),
            EndOfTurn = Id("eot_token_id"),
            EndOfMessage = Id("eom_token_id"),
            AddBos = tokenizer.AddBos,
            AddSpacePrefix = tokenizer.AddsSpacePrefix,
        };

        int? Id(string key) => metadata.Int(Prefix + key, 0, tokens.Count - 1);
    }

    private static TokenType TypeOf(double type) => type == 0 ? TokenType.Normal : (TokenType)(int)type;

    private static TokenType Guess(ReadOnlySpan<byte> text, int id, Tokenizer tokenizer, bool sentencePiece) =>
        id == tokenizer.BosId || id == tokenizer.EosId ? TokenType.Control
        : sentencePiece && id == 0 ? TokenType.Unknown
        : sentencePiece && SentencePieceTokenizer.TryParseByte(text, out _) ? TokenType.Byte
        : TokenType.Normal;
}
