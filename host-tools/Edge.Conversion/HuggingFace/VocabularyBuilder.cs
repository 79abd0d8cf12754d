using System.Text;
using Edge.Conversion.Vocabularies;
using Edge.Inference;
using Edge.Inference.Tokenizers;

namespace Edge.Conversion.HuggingFace;

/// <summary>
/// Gathers the tokens of a vocabulary by id. A model may have more rows than its vocabulary has tokens, so that their
/// number is a round one: the rest are unused tokens.
/// </summary>
/// <param name="file">Its name, for messages.</param>
/// <param name="size">Rows of the model's embedding.</param>
internal sealed class VocabularyBuilder(string file, int size)
{
    private readonly (byte[]? Text, TokenType Type, float Score)[] slots = new (byte[]?, TokenType, float)[size];
    private readonly Dictionary<string, int> byText = new(StringComparer.Ordinal);

    /// <summary>Null when no token is written so.</summary>
    public int? Find(string? text) => text is not null && byText.TryGetValue(text, out var id) ? id : null;

    public TokenType TypeOf(int id) => slots[id].Type;

    /// <summary>Adds a token.</summary>
    /// <exception cref="ModelFormatException">The id is another's or beyond the model, or the text is too long.</exception>
    public void Add(int id, string text, TokenType type, float score = 0)
    {
        if (id < 0 || id >= size)
            throw Bad(
                $"token {Printable.Show(text)} has the id {id:N0}, but the model has rows for {size:N0} tokens: they do not fit."
            );
        if (slots[id].Text is not null)
            throw Bad($"tokens {Printable.Show(TextOf(id))} and {Printable.Show(text)} have the same id, {id:N0}.");
        var utf8 = Encoding.UTF8.GetBytes(text);
        if (utf8.Length > ModelLimits.TokenBytesMax)
            throw Bad($"token {id:N0} has {utf8.Length:N0} bytes; at most {ModelLimits.TokenBytesMax:N0} are read.");
        if (text.Length > 0 && !byText.TryAdd(text, id))
            throw Bad($"token {Printable.Show(text)} is there twice, as {byText[text]:N0} and {id:N0}.");
        slots[id] = (utf8, type, score);
    }

    /// <summary>Adds a token, or gives the one that is there its type.</summary>
    public void AddOrMark(AddedToken token, TokenType type)
    {
        if (token.Id < size && token.Id >= 0 && slots[token.Id].Text is not null)
        {
            if (TextOf(token.Id) != token.Text)
                throw Bad(
                    $"token {token.Id:N0} is {Printable.Show(TextOf(token.Id))} in one place and {Printable.Show(token.Text)} in another."
                );
            slots[token.Id].Type = type;
            return;
        }
        Add(token.Id, token.Text, type);
    }

    public void SetType(int id, TokenType type) => slots[id].Type = type;

    public void SetScore(int id, float score) => slots[id].Score = score;

    /// <summary>The ids of tokens that were added.</summary>
    public IEnumerable<int> Ids() => Enumerable.Range(0, size).Where(id => slots[id].Text is not null);

    public string TextOf(int id) => Encoding.UTF8.GetString(slots[id].Text!);

    /// <summary>The whole vocabulary, with the special tokens that the settings name.</summary>
    /// <param name="unknown">Where the settings do not say.</param>
    public ModelVocabulary Build(VocabularyKind kind, TokenizerSettings settings, int? unknown)
    {
        var tokens = new Vocabulary();
        for (var id = 0; id < size; id++)
        {
            if (slots[id].Text is { } text)
                tokens.Add(text, slots[id].Type);
            else
                tokens.Add(Encoding.UTF8.GetBytes($"[PAD{id}]"), TokenType.Unused);
        }
        var sentencePiece = kind == VocabularyKind.SentencePiece;
        var eosIds = settings.EosIds.Where(id => id < size).ToList();
        var bos = Find(settings.Bos) ?? (settings.BosId < size ? settings.BosId : null);
        var eos = Find(settings.Eos) ?? (eosIds.Count > 0 ? eosIds[0] : null);
        if (sentencePiece)
        {
            // A reader takes tokens 1 and 2 where a GGUF does not say.
            bos ??= Find("<s>");
            eos ??= Find("</s>");
            if (bos is null || eos is null)
                throw Bad(
                    "does not say which tokens begin and end a text, and there is no tokenizer_config.json that does."
                );
        }
        var otherEnds = eosIds.Where(id => id != eos).Distinct().ToList();
        return new ModelVocabulary
        {
            Kind = kind,
            Tokens = tokens,
            Scores = sentencePiece ? [.. slots.Select(slot => slot.Score)] : [],
            Unknown = Find(settings.Unknown) ?? unknown ?? (sentencePiece ? 0 : null),
            Bos = bos,
            Eos = eos,
            Padding = Find(settings.Padding),
            EndOfTurn = otherEnds.Count > 0 ? otherEnds[0] : null,
            EndOfMessage = otherEnds.Count > 1 ? otherEnds[1] : null,
        };
    }

    /// <summary>Refuses a token whose merges would take too long to follow.</summary>
    public void NeedFollowable(string text)
    {
        if (text.Length > HuggingFaceLimits.FollowedTokenCharsMax)
            throw Bad(
                $"token {Printable.Show(text)} has {text.Length:N0} letters; at most {HuggingFaceLimits.FollowedTokenCharsMax:N0} are read in such a vocabulary."
            );
    }

    public ModelFormatException Bad(string message) => new($"{file}: {message}");
}
