using System.Text;

namespace Edge.Inference.Tokenizers;

/// <summary>The tokens with a job in a vocabulary.</summary>
internal sealed record SpecialIds
{
    public int? Unknown { get; init; }

    public int? Bos { get; init; }

    public int? Eos { get; init; }

    /// <summary>All that end generation, <see cref="Eos"/> among them.</summary>
    public required IReadOnlySet<int> Ends { get; init; }

    public required bool AddBos { get; init; }
}

/// <summary>What both kinds of tokenizers share: ids, special tokens in a text, bytes of tokens.</summary>
internal abstract class VocabularyTokenizer : Tokenizer
{
    /// <summary>Longer texts are refused rather than overflow an offset.</summary>
    private const int TextCharsMax = 256 * 1024 * 1024;

    private readonly SpecialIds special;
    private readonly SpecialTokens userDefined;
    private readonly SpecialTokens allSpecial;
    private readonly ByteList tokenBytes = new();

    protected VocabularyTokenizer(Vocabulary vocabulary, SpecialIds special)
    {
        Vocabulary = vocabulary;
        this.special = special;
        if (
            special.Unknown is { } unknown
            && vocabulary.Type(unknown) != TokenType.Control
            && !special.Ends.Contains(unknown)
        )
            UnknownId = unknown;
        userDefined = new SpecialTokens(vocabulary, TokenType.UserDefined);
        allSpecial = new SpecialTokens(vocabulary, TokenType.UserDefined, TokenType.Control);
    }

    public override int VocabSize => Vocabulary.Count;

    public override int? BosId => special.Bos;

    public override int? EosId => special.Eos;

    public override bool AddBos => special.AddBos && special.Bos is not null;

    protected Vocabulary Vocabulary { get; }

    /// <summary>Stands for what has no token; null when that token steers the model, which no text may do.</summary>
    protected int? UnknownId { get; }

    public override bool IsEnd(int id) => special.Ends.Contains(id);

    public override int[] Encode(string text, bool? addBos = null, bool parseSpecial = false) =>
        Encode([new PromptPart(text, parseSpecial)], addBos);

    public override int[] Encode(IReadOnlyList<PromptPart> parts, bool? addBos = null)
    {
        if (parts.Sum(part => (long)part.Text.Length) > TextCharsMax)
            throw new ArgumentException(
                $"a text to encode must have at most {TextCharsMax:N0} characters",
                nameof(parts)
            );

        var found = new List<(int Start, int Length, int Id)>();
        var offset = 0;
        foreach (var part in parts)
        {
            (part.ParseSpecial ? allSpecial : userDefined).FindAll(part.Text, offset, found);
            offset += part.Text.Length;
        }

        var text = parts.Count == 1 ? parts[0].Text : string.Concat(parts.Select(part => part.Text));
        var ids = new List<int>((text.Length / 3) + 2);
        if ((addBos ?? AddBos) && BosId is { } bos)
            ids.Add(bos);
        var position = 0;
        foreach (var (start, length, id) in found)
        {
            if (start > position)
                EncodeText(text.AsSpan(position, start - position), ids);
            ids.Add(id);
            position = start + length;
        }
        if (position < text.Length)
            EncodeText(text.AsSpan(position), ids);
        return [.. ids];
    }

    public override ReadOnlySpan<byte> TokenBytes(int id)
    {
        CheckId(id);
        return tokenBytes[id];
    }

    public override string Piece(int id)
    {
        CheckId(id);
        return Encoding.UTF8.GetString(Vocabulary.Text(id));
    }

    /// <summary>Adds the ids of a stretch of text that has no special tokens in it; at the start or after a special one.</summary>
    protected abstract void EncodeText(ReadOnlySpan<char> text, List<int> ids);

    /// <summary>Called once for each id, in order, by the constructor of the derived class.</summary>
    protected void AddTokenBytes(ReadOnlySpan<byte> bytes) => tokenBytes.Add(bytes);

    private void CheckId(int id)
    {
        if ((uint)id >= (uint)VocabSize)
            throw new ArgumentOutOfRangeException(nameof(id), id, $"token ids are 0 to {VocabSize - 1:N0}");
    }
}
