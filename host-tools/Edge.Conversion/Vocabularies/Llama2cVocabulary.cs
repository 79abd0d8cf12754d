using System.Text;
using Edge.Inference;
using Edge.Inference.Llama2c;
using Edge.Inference.Tokenizers;

namespace Edge.Conversion.Vocabularies;

/// <summary>Vocabularies of llama2.c: tokens 0, 1 and 2 are unknown, begin and end, 3 to 258 the bytes, a space is a space.</summary>
internal static class Llama2cVocabulary
{
    private const string Space = "▁";
    private static readonly string[] Special = ["<unk>", "<s>", "</s>"];
    private static readonly string[] SpecialInFile = ["<unk>", "\n<s>\n", "\n</s>\n"];

    /// <param name="vocabSize">Of the model it is for; null takes what the file has.</param>
    /// <exception cref="ModelFormatException">The bytes are no tokenizer, or it does not fit.</exception>
    public static ModelVocabulary Read(MappedFile file, int? vocabSize)
    {
        var (inFile, scores) = TokenizerBin.ReadVocabulary(file, vocabSize);
        var tokens = new Vocabulary();
        for (var id = 0; id < inFile.Count; id++)
        {
            var text = Encoding.UTF8.GetString(inFile.Text(id));
            if (id < 3 && text == SpecialInFile[id])
                tokens.Add(Encoding.UTF8.GetBytes(Special[id]), inFile.Type(id));
            else if (inFile.Type(id) is TokenType.Normal)
                tokens.Add(Replaced(inFile.Text(id), " "u8, Encoding.UTF8.GetBytes(Space)), TokenType.Normal);
            else
                tokens.Add(inFile.Text(id), inFile.Type(id));
        }
        return new ModelVocabulary
        {
            Kind = VocabularyKind.SentencePiece,
            Tokens = tokens,
            Scores = scores,
            Unknown = 0,
            Bos = 1,
            Eos = 2,
            // llama2.c ends at either of the two.
            EndOfTurn = 1,
            AddBos = true,
            AddSpacePrefix = true,
        };
    }

    /// <summary>The bytes of a tokenizer.bin; null, with the reason, when the format cannot say what this vocabulary is.</summary>
    public static byte[]? Write(ModelVocabulary vocabulary, out string? reason)
    {
        reason = WhyNot(vocabulary);
        if (reason is not null)
            return null;
        var inFile = new Vocabulary();
        for (var id = 0; id < vocabulary.Tokens.Count; id++)
        {
            var text = vocabulary.Tokens.Text(id);
            var type = vocabulary.Tokens.Type(id);
            if (id < 3 && text.SequenceEqual(Encoding.UTF8.GetBytes(Special[id])))
                inFile.Add(Encoding.UTF8.GetBytes(SpecialInFile[id]), type);
            else
                inFile.Add(
                    type == TokenType.Normal ? Replaced(text, Encoding.UTF8.GetBytes(Space), " "u8) : text,
                    type
                );
        }
        return TokenizerBinWriter.Write(inFile, vocabulary.Scores);
    }

    private static string? WhyNot(ModelVocabulary vocabulary)
    {
        if (vocabulary.Kind != VocabularyKind.SentencePiece)
            return "its tokenizer joins bytes by merges, which llama2.c does not know";
        if ((vocabulary.Unknown, vocabulary.Bos, vocabulary.Eos) != (0, 1, 2))
            return "llama2.c needs unknown, begin and end as tokens 0, 1 and 2";
        if (!vocabulary.AddBos || !vocabulary.AddSpacePrefix)
            return "llama2.c always puts the begin token and a space before a text, this tokenizer does not";
        for (var id = 0; id < vocabulary.Tokens.Count; id++)
        {
            var text = vocabulary.Tokens.Text(id);
            var expected =
                id == 0 ? TokenType.Unknown
                : id < 3 ? TokenType.Control
                : id < 259 && text.SequenceEqual(Encoding.UTF8.GetBytes($"<0x{id - 3:X2}>")) ? TokenType.Byte
                : TokenType.Normal;
            var spaced = id >= 3 && expected == TokenType.Normal && text.Contains((byte)' ');
            if (vocabulary.Tokens.Type(id) != expected || text.IsEmpty || spaced)
                return $"token {id:N0}, \"{Encoding.UTF8.GetString(text)}\", is of a kind that llama2.c does not know";
        }
        return null;
    }

    private static byte[] Replaced(ReadOnlySpan<byte> text, ReadOnlySpan<byte> old, ReadOnlySpan<byte> by)
    {
        var result = new List<byte>(text.Length);
        while (text.Length > 0)
        {
            var found = text.StartsWith(old);
            result.AddRange(found ? by : text[..1]);
            text = text[(found ? old.Length : 1)..];
        }
        return [.. result];
    }
}
