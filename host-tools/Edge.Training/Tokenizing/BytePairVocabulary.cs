using Edge.Inference.Gguf;
using Edge.Inference.Tokenizers;

namespace Edge.Training.Tokenizing;

/// <summary>A token of a byte-pair vocabulary.</summary>
/// <param name="Text">As the vocabulary writes it: one character a byte in GPT-2's alphabet, or a special token's name.</param>
/// <param name="Type">GGUF's number.</param>
/// <param name="Left">Id of the left half, -1 for a token that is not merged of two.</param>
/// <param name="Right">Id of the right half, or -1.</param>
/// <param name="Times">How often the pair stood in the training text when it was merged; 0 where not known.</param>
internal readonly record struct BytePairToken(
    string Text,
    TokenType Type,
    int Left = -1,
    int Right = -1,
    long Times = 0
);

/// <summary>A byte-level BPE vocabulary as it is trained or imported, ready to be written into a GGUF.</summary>
public sealed class BytePairVocabulary
{
    private const string Prefix = "tokenizer.ggml.";

    private readonly List<int> mergeOrder; // Ids of merged tokens, earliest merge first.

    /// <param name="tokens">By id; merges are made in the order of the ids.</param>
    internal BytePairVocabulary(SplitPattern pattern, IReadOnlyList<BytePairToken> tokens)
    {
        Pattern = pattern;
        Tokens = tokens;
        mergeOrder = [.. Enumerable.Range(0, tokens.Count).Where(id => tokens[id].Left >= 0)];
        Whole = tokens.Count(token => token is { Type: TokenType.Normal, Left: < 0, Text.Length: > 1 });
        BosId = Find(SpecialTokenNames.EndOfText);
        EosId = Find(SpecialTokenNames.EndOfTurn) ?? BosId;
        AddBos = BosId is not null;
    }

    public SplitPattern Pattern { get; }

    /// <summary>As files name it: gpt-2, llama-bpe (the expression of GPT-4) or none.</summary>
    public string PatternName => Pattern.PreName();

    /// <summary>Tokens in all.</summary>
    public int Count => Tokens.Count;

    public int Merges => mergeOrder.Count;

    /// <summary>Tokens that no merge makes; found only where a word is taken whole. None in a trained vocabulary.</summary>
    public int Whole { get; }

    /// <summary>&lt;|endoftext|&gt;, where that is one of the special tokens.</summary>
    public int? BosId { get; }

    /// <summary>&lt;|im_end|&gt;, else &lt;|endoftext|&gt;, where there is one.</summary>
    public int? EosId { get; }

    /// <summary>Whether a text starts with <see cref="BosId"/>: true for a trained vocabulary that has it.</summary>
    public bool AddBos { get; init; }

    internal IReadOnlyList<BytePairToken> Tokens { get; }

    /// <summary>Adds the keys tokenizer.ggml.* that describe this vocabulary.</summary>
    public GgufWriter WriteTo(GgufWriter writer)
    {
        writer
            .Set(Prefix + "model", "gpt2")
            .Set(Prefix + "pre", Pattern.PreName())
            .Set(Prefix + "tokens", [.. Tokens.Select(token => token.Text)])
            .Set(Prefix + "token_type", [.. Tokens.Select(token => (int)token.Type)])
            .Set(
                Prefix + "merges",
                [.. mergeOrder.Select(id => $"{Tokens[Tokens[id].Left].Text} {Tokens[Tokens[id].Right].Text}")]
            );
        if (BosId is { } bos)
            writer.Set(Prefix + "bos_token_id", (uint)bos);
        if (EosId is { } eos)
            writer.Set(Prefix + "eos_token_id", (uint)eos);
        return writer.Set(Prefix + "add_bos_token", AddBos);
    }

    /// <summary>Special tokens first, then the bytes by their value, then the merges.</summary>
    internal static BytePairVocabulary FromMerges(BytePairOptions options, IReadOnlyList<Merge> merges)
    {
        var first = options.Special.Count;
        var tokens = new List<BytePairToken>(first + 256 + merges.Count);
        foreach (var name in options.Special)
            tokens.Add(new BytePairToken(name, TokenType.Control));
        for (var value = 0; value < 256; value++)
            tokens.Add(new BytePairToken(ByteAlphabet.CharOf((byte)value).ToString(), TokenType.Normal));
        foreach (var merge in merges)
        {
            var (left, right) = (first + merge.Left, first + merge.Right);
            var text = tokens[left].Text + tokens[right].Text;
            tokens.Add(new BytePairToken(text, TokenType.Normal, left, right, merge.Times));
        }
        return new BytePairVocabulary(options.Pattern, tokens);
    }

    private int? Find(string special)
    {
        for (var id = 0; id < Tokens.Count; id++)
        {
            if (Tokens[id].Type == TokenType.Control && Tokens[id].Text == special)
                return id;
        }
        return null;
    }
}
