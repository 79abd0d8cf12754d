using System.Text;
using Edge.Inference.Gguf;

namespace Edge.Inference.Tokenizers;

/// <summary>Makes the tokenizer that the metadata of a GGUF file describes (keys tokenizer.ggml.*).</summary>
internal static class GgufTokenizer
{
    private const string Prefix = "tokenizer.ggml.";

    /// <summary>Tokens that end a turn or a text in some family, by how they are written.</summary>
    private static readonly HashSet<string> EndNames =
    [
        "<|im_end|>",
        "<|eot_id|>",
        "<|eom_id|>",
        "<|end_of_text|>",
        "<|endoftext|>",
        "</s>",
        "<end_of_turn>",
    ];

    public static Tokenizer Read(GgufFile gguf)
    {
        var metadata = gguf.Metadata;
        var model =
            metadata.String(Prefix + "model")
            ?? throw gguf.File.Bad("has no tokenizer inside. Name one with --tokenizer FILE.");
        return model switch
        {
            "llama" => ReadSentencePiece(gguf),
            "gpt2" => ReadBytePair(gguf),
            _ => throw gguf.File.Bad(
                $"{Prefix}model is {Printable.Show(model)}; Edge knows llama (SentencePiece) and gpt2 (byte-level BPE)."
            ),
        };
    }

    private static SentencePieceTokenizer ReadSentencePiece(GgufFile gguf)
    {
        var metadata = gguf.Metadata;
        var vocabulary = ReadVocabulary(gguf);
        var numbers =
            metadata.NumberArray(Prefix + "scores", vocabulary.Count) ?? throw metadata.Missing(Prefix + "scores");
        var scores = Array.ConvertAll(numbers, number => (float)number);
        var odd = Array.FindIndex(scores, score => !float.IsFinite(score));
        if (odd >= 0)
            throw gguf.File.Bad($"{Prefix}scores: element {odd:N0} is not a finite number. Convert the model again.");

        // A vocabulary without types, or with bytes typed as normal tokens, still spells its bytes.
        for (var id = 0; id < vocabulary.Count; id++)
        {
            var spelled = SentencePieceTokenizer.TryParseByte(vocabulary.Text(id), out _);
            if (vocabulary.Type(id) == TokenType.Byte && !spelled)
                throw gguf.File.Bad(
                    $"token {id:N0} is a byte token, but not written like <0x0A>. Convert the model again."
                );
            if (metadata.Find(Prefix + "token_type") is null && spelled)
                vocabulary.SetType(id, TokenType.Byte);
        }
        var special = ReadSpecial(gguf, vocabulary, bos: 1, eos: 2, unknown: 0, addBos: true);
        var options = new SentencePieceOptions("▁", metadata.Bool(Prefix + "add_space_prefix") ?? true);
        return new SentencePieceTokenizer(vocabulary, scores, special, options);
    }

    private static BytePairTokenizer ReadBytePair(GgufFile gguf)
    {
        var metadata = gguf.Metadata;
        var name = metadata.String(Prefix + "pre") ?? "default";
        var words =
            PreTokenizer.Find(name)
            ?? throw gguf.File.Bad(
                $"{Prefix}pre is {Printable.Show(name)}, a way of splitting text that Edge does not know; it knows {PreTokenizer.Names}. Any other would give wrong tokens."
            );
        var llama3 = name is "llama-bpe" or "llama3" or "llama-v3";
        var vocabulary = ReadVocabulary(gguf);
        var special = ReadSpecial(gguf, vocabulary, bos: null, eos: null, unknown: null, addBos: llama3);
        var tokenizer = new BytePairTokenizer(vocabulary, special, words, wholeWordsFirst: llama3);

        var merges = metadata.StringArray(Prefix + "merges") ?? throw metadata.Missing(Prefix + "merges");
        if (merges.Count > ModelLimits.MergesMax)
            throw gguf.File.Bad(
                $"{Prefix}merges has {merges.Count:N0} entries; at most {ModelLimits.MergesMax:N0} are read."
            );
        var strings = merges.Strings();
        for (var i = 0; strings.Next(out var merge); i++)
        {
            if (merge.Length > 2 * ModelLimits.TokenBytesMax || !tokenizer.TryAddMerge(merge))
                throw gguf.File.Bad(
                    $"{Prefix}merges: entry {i:N0} is not two tokens with a space between, found \"{Printable.Show(Encoding.UTF8.GetString(merge))}\"."
                );
        }
        return tokenizer;
    }

    private static Vocabulary ReadVocabulary(GgufFile gguf)
    {
        var tokens = gguf.Metadata.StringArray(Prefix + "tokens") ?? throw gguf.Metadata.Missing(Prefix + "tokens");
        if (tokens.Count is 0 or > ModelLimits.VocabMax)
            throw gguf.File.Bad(
                $"{Prefix}tokens must have 1 to {ModelLimits.VocabMax:N0} entries, found {tokens.Count:N0}."
            );
        var types = gguf.Metadata.NumberArray(Prefix + "token_type", tokens.Count);
        var vocabulary = new Vocabulary();
        var strings = tokens.Strings();
        for (var id = 0; strings.Next(out var text); id++)
        {
            if (text.Length > ModelLimits.TokenBytesMax)
                throw gguf.File.Bad(
                    $"token {id:N0} has {text.Length:N0} bytes; at most {ModelLimits.TokenBytesMax:N0} are read."
                );
            var type = types?[id] ?? 1;
            if (type is not (0 or 1 or 2 or 3 or 4 or 5 or 6))
                throw gguf.File.Bad($"{Prefix}token_type: token {id:N0} has type {type}, which GGUF does not define.");
            vocabulary.Add(text, type == 0 ? TokenType.Normal : (TokenType)(int)type);
        }
        return vocabulary;
    }

    /// <param name="bos">Where the file does not say; likewise the next two.</param>
    private static SpecialIds ReadSpecial(
        GgufFile gguf,
        Vocabulary vocabulary,
        int? bos,
        int? eos,
        int? unknown,
        bool addBos
    )
    {
        var ends = new HashSet<int>();
        for (var id = 0; id < vocabulary.Count; id++)
        {
            if (vocabulary.Text(id).Length > 16)
                continue;
            var text = Encoding.UTF8.GetString(vocabulary.Text(id));
            if (!EndNames.Contains(text))
                continue;
            // Some converters type them as normal; but "</s>" may be a piece of HTML.
            if (vocabulary.Type(id) == TokenType.Normal && text.StartsWith("<|", StringComparison.Ordinal))
                vocabulary.SetType(id, TokenType.Control);
            if (vocabulary.Type(id) is TokenType.Control or TokenType.UserDefined)
                ends.Add(id);
        }

        var bosId = Id("bos_token_id") ?? InVocabulary(bos);
        var eosId = Id("eos_token_id") ?? InVocabulary(eos);
        var unknownId = Id("unknown_token_id") ?? InVocabulary(unknown);
        foreach (var end in new[] { eosId, Id("eot_token_id"), Id("eom_token_id") })
        {
            if (end is { } id)
                ends.Add(id);
        }
        if (gguf.Metadata.Find(Prefix + "token_type") is null)
        {
            foreach (var end in ends.Append(bosId ?? -1).Where(id => id >= 0))
                vocabulary.SetType(end, TokenType.Control);
            if (unknownId is { } id)
                vocabulary.SetType(id, TokenType.Unknown);
        }
        return new SpecialIds
        {
            Unknown = unknownId,
            Bos = bosId,
            Eos = eosId,
            Ends = ends,
            AddBos = gguf.Metadata.Bool(Prefix + "add_bos_token") ?? addBos,
        };

        int? Id(string name) => gguf.Metadata.Int(Prefix + name, 0, vocabulary.Count - 1);

        int? InVocabulary(int? id) => id < vocabulary.Count ? id : null;
    }
}
