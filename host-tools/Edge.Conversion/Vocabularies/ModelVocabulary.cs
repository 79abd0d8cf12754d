using Edge.Inference.Gguf;
using Edge.Inference.Tokenizers;

namespace Edge.Conversion.Vocabularies;

internal enum VocabularyKind
{
    /// <summary>Joins by score; written "llama" in a GGUF.</summary>
    SentencePiece = 1,

    /// <summary>Joins bytes by a list of merges; written "gpt2" in a GGUF.</summary>
    BytePair,
}

/// <summary>A vocabulary as a GGUF describes it, whatever file it comes from: a space is "▁" in a SentencePiece token and
/// "Ġ" in a byte-level one.</summary>
internal sealed record ModelVocabulary
{
    public required VocabularyKind Kind { get; init; }

    public required Vocabulary Tokens { get; init; }

    /// <summary>SentencePiece: one for each token.</summary>
    public float[] Scores { get; init; } = [];

    /// <summary>Byte-level: the way of splitting text into words, by GGUF's name.</summary>
    public string? Words { get; init; }

    /// <summary>Byte-level: two tokens with a space between, best first.</summary>
    public ByteList Merges { get; init; } = new();

    public int? Unknown { get; init; }

    public int? Bos { get; init; }

    public int? Eos { get; init; }

    public int? Padding { get; init; }

    /// <summary>Also ends generation.</summary>
    public int? EndOfTurn { get; init; }

    /// <summary>Also ends generation.</summary>
    public int? EndOfMessage { get; init; }

    public bool AddBos { get; init; }

    /// <summary>SentencePiece: a space goes before a text.</summary>
    public bool AddSpacePrefix { get; init; }

    /// <summary>Sets the tokenizer.ggml keys.</summary>
    public void WriteTo(GgufWriter writer)
    {
        const string prefix = "tokenizer.ggml.";
        writer.Set(prefix + "model", Kind == VocabularyKind.SentencePiece ? "llama" : "gpt2");
        if (Words is not null)
            writer.Set(prefix + "pre", Words);
        writer.Set(prefix + "tokens", Tokens.Count, id => Tokens.Text(id));
        if (Kind == VocabularyKind.SentencePiece)
            writer.Set(prefix + "scores", Scores);
        writer.Set(prefix + "token_type", [.. Enumerable.Range(0, Tokens.Count).Select(id => (int)Tokens.Type(id))]);
        if (Kind == VocabularyKind.BytePair)
            writer.Set(prefix + "merges", Merges.Count, index => Merges[index]);
        Id("bos_token_id", Bos);
        Id("eos_token_id", Eos);
        Id("unknown_token_id", Unknown);
        Id("padding_token_id", Padding);
        Id("eot_token_id", EndOfTurn);
        Id("eom_token_id", EndOfMessage);
        writer.Set(prefix + "add_bos_token", AddBos);
        writer.Set(prefix + "add_eos_token", false);
        if (Kind == VocabularyKind.SentencePiece)
            writer.Set(prefix + "add_space_prefix", AddSpacePrefix);

        void Id(string key, int? id)
        {
            if (id is { } value)
                writer.Set(prefix + key, (uint)value);
        }
    }

    /// <summary>The first thing in which two vocabularies differ; null when every text becomes the same tokens with both.</summary>
    public string? DifferenceFrom(ModelVocabulary other)
    {
        if ((Kind, Tokens.Count) != (other.Kind, other.Tokens.Count))
            return $"{Tokens.Count:N0} tokens of kind {Kind}, {other.Tokens.Count:N0} of kind {other.Kind}";
        for (var id = 0; id < Tokens.Count; id++)
        {
            if (!Tokens.Text(id).SequenceEqual(other.Tokens.Text(id)) || Tokens.Type(id) != other.Tokens.Type(id))
                return $"token {id:N0}";
        }
        if (!Scores.AsSpan().SequenceEqual(other.Scores))
            return "the scores";
        if ((Words, Merges.Count) != (other.Words, other.Merges.Count))
            return "the merges";
        for (var i = 0; i < Merges.Count; i++)
        {
            if (!Merges[i].SequenceEqual(other.Merges[i]))
                return $"merge {i:N0}";
        }
        return
            (Unknown, Bos, Eos, AddBos, AddSpacePrefix)
            == (other.Unknown, other.Bos, other.Eos, other.AddBos, other.AddSpacePrefix)
            ? null
            : "the special tokens";
    }
}
