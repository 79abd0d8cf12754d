using Edge.Conversion.Vocabularies;
using Edge.Inference;
using Edge.Inference.Tokenizers;

namespace Edge.Conversion.HuggingFace;

/// <summary>
/// Reads tokenizer.json: byte-level BPE, or BPE that writes spaces as "▁" and unknown characters as bytes, as SentencePiece
/// does. What our tokenizers would do in another way is refused: any other would give wrong tokens.
/// </summary>
internal static class TokenizerJson
{
    /// <param name="vocabSize">Rows of the model's embedding.</param>
    /// <exception cref="ModelFormatException">It is no tokenizer that Edge knows, or it does not fit.</exception>
    public static ModelVocabulary Read(string path, int vocabSize)
    {
        using var json = JsonFile.Open(path, HuggingFaceLimits.VocabularyBytesMax);
        var settings = TokenizerSettings.Read(Path.GetDirectoryName(path) ?? "");
        var root = json.Root;
        var model = root.Require("model");
        CheckModel(model);

        var builder = new VocabularyBuilder(Path.GetFileName(path), vocabSize);
        var vocab = model.Require("vocab");
        foreach (var (text, id) in vocab.Members())
            builder.Add(id.Int(0, ModelLimits.VocabMax - 1), text, TokenType.Normal);
        var unknown = builder.Find(model.Find("unk_token")?.Text());
        var byteLevel = PreTokenizers(root).Any(part => part.Require("type").Text() == "ByteLevel");
        // Bytes leave nothing unknown: the token of that name in byte-level files is one that ends a text.
        AddTokens(root, builder, byteLevel ? null : unknown);
        var merges = ReadMerges(model, builder);

        var vocabulary = byteLevel
            ? BytePair(root, builder, merges, settings, unknown)
            : SentencePieceJson.Build(root, builder, merges, settings, unknown);
        var addBos = settings.AddBos ?? AddsBos(root, vocabulary, settings);
        return vocabulary with { AddBos = addBos && vocabulary.Bos is not null };
    }

    /// <summary>The pre-tokenizers in their order, those of a sequence one by one.</summary>
    public static IEnumerable<JsonPart> PreTokenizers(JsonPart root) => Steps(root, "pre_tokenizer", "pretokenizers");

    /// <summary>The steps of a member that is absent, one step, or a sequence of them.</summary>
    public static IEnumerable<JsonPart> Steps(JsonPart root, string name, string listName)
    {
        if (root.Find(name) is not { } part)
            return [];
        return part.Require("type").Text() == "Sequence" ? part.Require(listName).Items() : [part];
    }

    private static void CheckModel(JsonPart model)
    {
        var type = model.Find("type")?.Text() ?? "BPE";
        if (type != "BPE")
            throw model.Bad($"is of type {Printable.Show(type)}; Edge knows BPE.");
        if (
            model.Find("dropout") is { } dropout
            && !(dropout.Element.ValueKind == System.Text.Json.JsonValueKind.Number && dropout.Element.GetDouble() == 0)
        )
            throw dropout.Bad("is set; a tokenizer that drops merges by chance is of no use for running a model.");
        foreach (var affix in (string[])["continuing_subword_prefix", "end_of_word_suffix"])
        {
            if (model.Find(affix)?.Text() is { Length: > 0 } text)
                throw model.Bad($"has the {affix} {Printable.Show(text)}; Edge knows none.");
        }
    }

    private static void AddTokens(JsonPart root, VocabularyBuilder builder, int? unknown)
    {
        if (root.Find("added_tokens") is not { } list)
            return;
        foreach (var item in list.Items())
        {
            var id = item.Require("id").Int(0, ModelLimits.VocabMax - 1);
            var special = item.Find("special")?.Flag() ?? false;
            var token = new AddedToken(id, item.Require("content").Text(), special);
            builder.AddOrMark(
                token,
                id == unknown ? TokenType.Unknown
                    : special ? TokenType.Control
                    : TokenType.UserDefined
            );
        }
    }

    /// <summary>The merges, best first, as (left, right). Both, and the two together, are tokens.</summary>
    private static List<(string Left, string Right)> ReadMerges(JsonPart model, VocabularyBuilder builder)
    {
        var list = model.Require("merges");
        if (list.Count() > ModelLimits.MergesMax)
            throw list.Bad($"has {list.Count():N0} entries; at most {ModelLimits.MergesMax:N0} are read.");
        var merges = new List<(string, string)>(list.Count());
        foreach (var item in list.Items())
        {
            // "a b", or in newer files ["a", "b"].
            string[] pair =
                item.Kind == System.Text.Json.JsonValueKind.String
                    ? item.Text().Split(' ')
                    : [.. item.Items().Take(3).Select(part => part.Text())];
            if (pair.Length != 2 || pair[0].Length == 0 || pair[1].Length == 0)
                throw item.Bad("is not two tokens.");
            foreach (var token in (string[])[pair[0], pair[1], pair[0] + pair[1]])
            {
                if (builder.Find(token) is null)
                    throw item.Bad($"needs the token {Printable.Show(token)}, which is not in the vocabulary.");
            }
            merges.Add((pair[0], pair[1]));
        }
        return merges;
    }

    private static ModelVocabulary BytePair(
        JsonPart root,
        VocabularyBuilder builder,
        List<(string Left, string Right)> merges,
        TokenizerSettings settings,
        int? unknown
    )
    {
        if (root.Find("normalizer") is { } normalizer)
            throw normalizer.Bad(
                $"changes the text first ({Printable.Show(normalizer.Require("type").Text())}); Edge does not."
            );
        var words = WordSplitting.NameOf(root);
        var list = new ByteList();
        foreach (var (left, right) in merges)
        {
            if (left.Contains(' ') || right.Contains(' '))
                throw builder.Bad(
                    $"the merge of {Printable.Show(left)} and {Printable.Show(right)} has a space in it."
                );
            list.Add(System.Text.Encoding.UTF8.GetBytes($"{left} {right}"));
        }
        var wholeWordsFirst = root.Require("model").Find("ignore_merges")?.Flag() ?? false;
        if (wholeWordsFirst != WordSplitting.TakesWholeWordsFirst(words))
            MergeCheck.NeedAllTokensMadeByMerges(builder, merges, wholeWordsFirst);
        return builder.Build(VocabularyKind.BytePair, settings, unknown) with { Words = words, Merges = list };
    }

    /// <summary>Whether the post-processor puts the begin token first; without one, what the kind of vocabulary does.</summary>
    private static bool AddsBos(JsonPart root, ModelVocabulary vocabulary, TokenizerSettings settings)
    {
        foreach (var step in Steps(root, "post_processor", "processors"))
        {
            if (step.Require("type").Text() != "TemplateProcessing")
                continue;
            var first = step.Require("single").Items().FirstOrDefault();
            return first.Kind == System.Text.Json.JsonValueKind.Object
                && first.Find("SpecialToken") is { } token
                && vocabulary.Bos is { } bos
                && (
                    settings.Bos is { } text
                        ? token.Require("id").Text() == text
                        : token.Require("id").Text() == System.Text.Encoding.UTF8.GetString(vocabulary.Tokens.Text(bos))
                );
        }
        return vocabulary.Kind == VocabularyKind.SentencePiece && root.Find("post_processor") is null;
    }
}
