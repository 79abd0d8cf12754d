using System.Text;
using Edge.Conversion.Vocabularies;
using Edge.Inference;
using Edge.Inference.Tokenizers;

namespace Edge.Conversion.HuggingFace;

// A tokenizer.model is a protobuf message; of its fields these matter:
//  1  a piece, once for each, in the order of their ids: 1 text, 2 fp32 score, 3 type (1 normal, 2 unknown, 3 control,
//     4 user-defined, 5 unused, 6 byte; as in a GGUF)
//  2  how it was trained: 3 kind (1 unigram, 2 BPE), 24 spaces at the end of words, 40 to 43 ids of unknown, begin, end,
//     padding
//  3  how text is changed first: 2 a table of replacements, 3 add a space before, 4 remove extra spaces, 5 spaces as "▁"

/// <summary>Reads tokenizer.model, a SentencePiece model of the kind BPE.</summary>
internal sealed class SentencePieceModel
{
    private const int KindBpe = 2;

    private readonly string name;
    private readonly List<(string Text, float Score, TokenType Type)> pieces = [];
    private int kind = 1;
    private bool spacesAtEnd;
    private int unknown;
    private int bos = 1;
    private int eos = 2;
    private int padding = -1;
    private bool hasReplacements;
    private bool addSpacePrefix = true;
    private bool removesSpaces = true;
    private bool escapesSpaces = true;

    private SentencePieceModel(string name) => this.name = name;

    /// <param name="vocabSize">Rows of the model's embedding.</param>
    /// <exception cref="ModelFormatException">It is no tokenizer that Edge knows, or it does not fit.</exception>
    public static ModelVocabulary Read(string path, int vocabSize)
    {
        using var file = MappedFile.Open(path);
        if (file.Length > HuggingFaceLimits.VocabularyBytesMax)
            throw file.Bad($"has {file.Length:N0} bytes; at most {HuggingFaceLimits.VocabularyBytesMax:N0} are read.");
        var model = new SentencePieceModel(file.Name);
        model.ReadModel(file.Span(0, (int)file.Length));
        model.RefuseWhatEdgeCannotDo();
        return model.Build(vocabSize, TokenizerSettings.Read(Path.GetDirectoryName(path) ?? ""));
    }

    private void ReadModel(ReadOnlySpan<byte> bytes)
    {
        var reader = new ProtobufReader(bytes, name);
        while (reader.Next())
        {
            switch (reader.Field)
            {
                case 1:
                    ReadPiece(reader.Bytes());
                    break;
                case 2:
                    ReadTraining(reader.Bytes());
                    break;
                case 3:
                    ReadNormalizer(reader.Bytes());
                    break;
                default:
                    reader.Skip();
                    break;
            }
        }
        if (pieces.Count == 0)
            throw Bad("is not a SentencePiece model: it has no pieces.");
    }

    private void ReadPiece(ReadOnlySpan<byte> bytes)
    {
        if (pieces.Count == ModelLimits.VocabMax)
            throw Bad($"has more than {ModelLimits.VocabMax:N0} pieces.");
        var (text, score, type) = ("", 0f, 1UL);
        var reader = new ProtobufReader(bytes, name);
        while (reader.Next())
        {
            switch (reader.Field)
            {
                case 1:
                    text = Text(reader.Bytes());
                    break;
                case 2:
                    score = reader.Float();
                    break;
                case 3:
                    type = reader.Varint();
                    break;
                default:
                    reader.Skip();
                    break;
            }
        }
        if (!float.IsFinite(score))
            throw Bad($"piece {pieces.Count:N0} has the score {score}, not a finite number: the file is damaged.");
        if (type is < 1 or > 6)
            throw Bad($"piece {pieces.Count:N0} has the type {type:N0}; 1 to 6 are defined.");
        pieces.Add((text, score, (TokenType)type));
    }

    private void ReadTraining(ReadOnlySpan<byte> bytes)
    {
        var reader = new ProtobufReader(bytes, name);
        while (reader.Next())
        {
            switch (reader.Field)
            {
                case 3:
                    kind = (int)Math.Min(reader.Varint(), int.MaxValue);
                    break;
                case 24:
                    spacesAtEnd = reader.Varint() != 0;
                    break;
                case 40:
                    unknown = Id(reader.Varint());
                    break;
                case 41:
                    bos = Id(reader.Varint());
                    break;
                case 42:
                    eos = Id(reader.Varint());
                    break;
                case 43:
                    padding = Id(reader.Varint());
                    break;
                default:
                    reader.Skip();
                    break;
            }
        }
    }

    private void ReadNormalizer(ReadOnlySpan<byte> bytes)
    {
        var reader = new ProtobufReader(bytes, name);
        while (reader.Next())
        {
            switch (reader.Field)
            {
                case 2:
                    hasReplacements = !reader.Bytes().IsEmpty;
                    break;
                case 3:
                    addSpacePrefix = reader.Varint() != 0;
                    break;
                case 4:
                    removesSpaces = reader.Varint() != 0;
                    break;
                case 5:
                    escapesSpaces = reader.Varint() != 0;
                    break;
                default:
                    reader.Skip();
                    break;
            }
        }
    }

    private void RefuseWhatEdgeCannotDo()
    {
        if (kind != KindBpe)
            throw Bad(
                $"is a SentencePiece model of kind {kind} ({(kind == 1 ? "unigram" : "not BPE")}); Edge knows BPE (2)."
            );
        if (hasReplacements)
            throw Bad("replaces letters in the text first (a normalizer table); Edge does not.");
        if (removesSpaces)
            throw Bad("removes extra spaces from the text first; Edge does not.");
        if (!escapesSpaces || spacesAtEnd)
            throw Bad("does not write spaces as \"▁\" at the start of words; Edge knows only that.");
    }

    private ModelVocabulary Build(int vocabSize, TokenizerSettings settings)
    {
        var builder = new VocabularyBuilder(name, vocabSize);
        for (var id = 0; id < pieces.Count; id++)
        {
            var (text, score, type) = pieces[id];
            if (type == TokenType.Byte && !SentencePieceTokenizer.TryParseByte(Encoding.UTF8.GetBytes(text), out _))
                throw Bad($"piece {id:N0} stands for a byte, but is not written like <0x0A>.");
            builder.Add(id, text, type, score);
        }
        foreach (var token in settings.Added)
        {
            // What the settings say about the pieces of the model itself, they only repeat.
            if (token.Id >= pieces.Count)
                builder.AddOrMark(token, token.Special ? TokenType.Control : TokenType.UserDefined);
        }
        // The model's own special tokens count where the settings have none.
        var known = settings with
        {
            BosId = settings.BosId ?? Known(bos),
            EosIds = settings.EosIds.Count > 0 || Known(eos) is not { } end ? settings.EosIds : [end],
        };
        var vocabulary = builder.Build(VocabularyKind.SentencePiece, known, Known(unknown));
        return vocabulary with
        {
            Padding = vocabulary.Padding ?? Known(padding),
            AddBos = settings.AddBos ?? true,
            AddSpacePrefix = addSpacePrefix,
        };
    }

    private int? Known(int id) => id >= 0 && id < pieces.Count ? id : null;

    private string Text(ReadOnlySpan<byte> utf8)
    {
        try
        {
            return new UTF8Encoding(false, throwOnInvalidBytes: true).GetString(utf8);
        }
        catch (DecoderFallbackException exception)
        {
            throw new ModelFormatException(
                $"{name}: piece {pieces.Count:N0} is not valid UTF-8: the file is damaged. Copy it again.",
                exception
            );
        }
    }

    /// <summary>Ids are 32 bits with a sign, written with 64; -1 is none.</summary>
    private static int Id(ulong number) => unchecked((int)number);

    private ModelFormatException Bad(string message) => new($"{name}: {message}");
}
