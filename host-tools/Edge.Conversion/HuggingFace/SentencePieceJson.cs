using Edge.Conversion.Vocabularies;
using Edge.Inference;
using Edge.Inference.Tokenizers;

namespace Edge.Conversion.HuggingFace;

/// <summary>
/// A SentencePiece vocabulary in a tokenizer.json: the scores are gone, but the order of the merges has kept theirs. A
/// SentencePiece joins any two neighbours that make a token, so the list must name every such pair, and all pairs of one
/// token together; then the place of a token in it is its score.
/// </summary>
internal static class SentencePieceJson
{
    private const string Space = "▁";

    public static ModelVocabulary Build(
        JsonPart root,
        VocabularyBuilder builder,
        List<(string Left, string Right)> merges,
        TokenizerSettings settings,
        int? unknown
    )
    {
        if (root.Require("model").Find("byte_fallback")?.Flag() != true)
            throw root.File.Bad(
                "is neither a byte-level vocabulary nor one with byte_fallback; Edge knows these two kinds of BPE."
            );
        var prefix = AddsSpacePrefix(root, builder);
        MarkBytes(builder);
        Score(builder, merges);
        return builder.Build(VocabularyKind.SentencePiece, settings, unknown) with { AddSpacePrefix = prefix };
    }

    /// <summary>Whether a space goes before a text. Spaces must become "▁", and nothing else may change.</summary>
    private static bool AddsSpacePrefix(JsonPart root, VocabularyBuilder builder)
    {
        var prefix = false;
        var replaced = false;
        foreach (var step in TokenizerJson.Steps(root, "normalizer", "normalizers"))
        {
            var type = step.Require("type").Text();
            if (type == "Prepend" && step.Require("prepend").Text() == Space && !replaced)
                prefix = true;
            else if (
                type == "Replace"
                && step.Require("pattern").Find("String")?.Text() == " "
                && step.Require("content").Text() == Space
            )
                replaced = true;
            else
                throw step.Bad($"changes the text first ({Printable.Show(type)}); Edge only writes spaces as {Space}.");
        }
        foreach (var step in TokenizerJson.PreTokenizers(root))
        {
            var type = step.Require("type").Text();
            if (type != "Metaspace" || (step.Find("replacement")?.Text() ?? Space) != Space)
                throw step.Bad($"splits text in a way that Edge does not know ({Printable.Show(type)}).");
            if (step.Find("split")?.Flag() ?? true)
                NeedSpacesFirst(step, builder);
            var scheme = step.Find("prepend_scheme")?.Text();
            prefix = scheme is null ? step.Find("add_prefix_space")?.Flag() ?? true : scheme != "never";
            replaced = true;
        }
        return replaced ? prefix : throw root.File.Bad($"does not write spaces as {Space}; Edge knows only that.");
    }

    /// <summary>Words are split at spaces first, which changes nothing when no token goes on over a space.</summary>
    private static void NeedSpacesFirst(JsonPart step, VocabularyBuilder builder)
    {
        foreach (var id in builder.Ids())
        {
            if (builder.TypeOf(id) == TokenType.Normal && builder.TextOf(id).LastIndexOf('▁') > 0)
                throw step.Bad(
                    $"splits text at spaces, and token {Printable.Show(builder.TextOf(id))} goes over one; Edge does not split so."
                );
        }
    }

    private static void MarkBytes(VocabularyBuilder builder)
    {
        for (var value = 0; value < 256; value++)
        {
            if (builder.Find($"<0x{value:X2}>") is { } id)
                builder.SetType(id, TokenType.Byte);
        }
    }

    private static void Score(VocabularyBuilder builder, List<(string Left, string Right)> merges)
    {
        var place = new Dictionary<string, int>(StringComparer.Ordinal);
        var pairs = new HashSet<(string, string)>();
        var last = "";
        foreach (var (left, right) in merges)
        {
            var joint = left + right;
            if (builder.TypeOf(builder.Find(joint)!.Value) != TokenType.Normal || !pairs.Add((left, right)))
                continue;
            if (joint != last && !place.TryAdd(joint, place.Count))
                throw NotSentencePiece(builder, $"the merges of {Printable.Show(joint)} are not together");
            last = joint;
        }
        foreach (var id in builder.Ids())
        {
            if (builder.TypeOf(id) != TokenType.Normal)
                continue;
            var text = builder.TextOf(id);
            builder.NeedFollowable(text);
            NeedAllPairs(builder, text, pairs);
            builder.SetScore(id, -(float)place.GetValueOrDefault(text, place.Count));
        }
    }

    private static void NeedAllPairs(VocabularyBuilder builder, string text, HashSet<(string, string)> pairs)
    {
        var at = 0;
        foreach (var rune in text.EnumerateRunes())
        {
            at += rune.Utf16SequenceLength;
            if (at == text.Length)
                return;
            var (left, right) = (text[..at], text[at..]);
            if (IsText(left) && IsText(right) && !pairs.Contains((left, right)))
                throw NotSentencePiece(
                    builder,
                    $"no merge joins {Printable.Show(left)} and {Printable.Show(right)}, though {Printable.Show(text)} is a token"
                );
        }

        bool IsText(string part) => builder.Find(part) is { } id && builder.TypeOf(id) == TokenType.Normal;
    }

    private static ModelFormatException NotSentencePiece(VocabularyBuilder builder, string reason) =>
        builder.Bad(
            $"is no SentencePiece vocabulary, whose merges follow from its scores: {reason}. Convert with tokenizer.model if there is one."
        );
}
