using System.Buffers.Binary;
using System.Text;
using Edge.Inference.Tokenizers;

namespace Edge.Inference.Llama2c;

// A llama2.c tokenizer.bin, little endian, is:
//  1. i32 bytes of the longest token
//  2. for each token: f32 score, i32 bytes, the bytes. Spaces are spaces, not "▁".
// It does not say how many tokens it has: the model knows, or the end of the file tells.

/// <summary>Reads the tokenizer files of llama2.c.</summary>
internal static class TokenizerBin
{
    /// <param name="vocabSize">Of the model it is for; null takes what the file has.</param>
    public static Tokenizer Read(MappedFile file, int? vocabSize)
    {
        var (vocabulary, scores) = ReadVocabulary(file, vocabSize);
        return new SentencePieceTokenizer(
            vocabulary,
            scores,
            new SpecialIds
            {
                Unknown = 0,
                Bos = 1,
                Eos = 2,
                Ends = new HashSet<int> { 1, 2 },
                AddBos = true,
            },
            new SentencePieceOptions(Space: " ", AddSpacePrefix: true)
        );
    }

    /// <summary>The tokens as the file spells them, with their types, and a score for each.</summary>
    public static (Vocabulary Vocabulary, float[] Scores) ReadVocabulary(MappedFile file, int? vocabSize)
    {
        file.Need("the header of a llama2.c tokenizer", 0, 4);
        var longest = BinaryPrimitives.ReadInt32LittleEndian(file.Span(0, 4));
        if (longest is < 1 or > ModelLimits.TokenBytesMax)
            throw file.Bad(
                $"is neither a GGUF nor a llama2.c tokenizer: a longest token of {longest:N0} bytes is not 1 to {ModelLimits.TokenBytesMax:N0}."
            );

        var vocabulary = new Vocabulary();
        var scores = new List<float>();
        for (var position = 4L; position < file.Length; )
        {
            var what = $"token {scores.Count:N0}";
            file.Need(what, position, 8);
            var score = BinaryPrimitives.ReadSingleLittleEndian(file.Span(position, 4));
            var length = BinaryPrimitives.ReadInt32LittleEndian(file.Span(position + 4, 4));
            if (length < 1 || length > longest)
                throw file.Bad($"{what} must have 1 to {longest:N0} bytes, found {length:N0}: the file is damaged.");
            if (!float.IsFinite(score))
                throw file.Bad($"{what} has the score {score}, not a finite number: the file is damaged.");
            file.Need(what, position + 8, length);
            if (scores.Count == ModelLimits.VocabMax)
                throw file.Bad($"has more than {ModelLimits.VocabMax:N0} tokens.");
            vocabulary.Add(file.Span(position + 8, length), TypeOf(scores.Count));
            scores.Add(score);
            position += 8 + length;
        }

        if (vocabSize is { } expected && expected != scores.Count)
            throw file.Bad(
                $"has {scores.Count:N0} tokens, the model {expected:N0}: this tokenizer does not fit its model. Name the right one with --tokenizer."
            );
        if (scores.Count < 3)
            throw file.Bad($"has {scores.Count:N0} tokens; unknown, begin and end are the least a tokenizer needs.");
        MarkBytes(vocabulary);
        return (vocabulary, [.. scores]);
    }

    // llama2.c fixes the first three tokens; its generation ends at either of 1 and 2.
    private static TokenType TypeOf(int id) =>
        id switch
        {
            0 => TokenType.Unknown,
            1 or 2 => TokenType.Control,
            _ => TokenType.Normal,
        };

    /// <summary>Tokens 3 to 258 stand for single bytes where they are spelled so.</summary>
    private static void MarkBytes(Vocabulary vocabulary)
    {
        for (var id = 3; id < Math.Min(vocabulary.Count, 259); id++)
        {
            if (Encoding.UTF8.GetString(vocabulary.Text(id)) == $"<0x{id - 3:X2}>")
                vocabulary.SetType(id, TokenType.Byte);
        }
    }
}
