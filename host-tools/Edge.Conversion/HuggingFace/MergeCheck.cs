using Edge.Inference;
using Edge.Inference.Tokenizers;

namespace Edge.Conversion.HuggingFace;

/// <summary>
/// A word that is a token may be taken whole, or be made by merges. Where the file says one and the engine does the other,
/// the result is the same if the merges make every token out of its letters; that is what is checked here.
/// </summary>
internal static class MergeCheck
{
    public static void NeedAllTokensMadeByMerges(
        VocabularyBuilder builder,
        List<(string Left, string Right)> merges,
        bool wholeWordsFirst
    )
    {
        var ranks = new Dictionary<(string, string), int>();
        foreach (var merge in merges)
            ranks.TryAdd(merge, ranks.Count);
        foreach (var id in builder.Ids())
        {
            var text = builder.TextOf(id);
            if (builder.TypeOf(id) != TokenType.Normal)
                continue;
            builder.NeedFollowable(text);
            if (Merge(text, ranks) == 1)
                continue;
            throw builder.Bad(
                $"ignore_merges is {(wholeWordsFirst ? "true" : "false")}, and the merges do not make token {Printable.Show(text)}: Edge would split it in another way than this file says."
            );
        }
    }

    /// <summary>How many tokens the merges leave of a word.</summary>
    private static int Merge(string text, Dictionary<(string, string), int> ranks)
    {
        var parts = text.EnumerateRunes().Select(rune => rune.ToString()).ToList();
        while (true)
        {
            var (best, at) = (int.MaxValue, -1);
            for (var i = 0; i + 1 < parts.Count; i++)
            {
                if (ranks.TryGetValue((parts[i], parts[i + 1]), out var rank) && rank < best)
                    (best, at) = (rank, i);
            }
            if (at < 0)
                return parts.Count;
            parts[at] += parts[at + 1];
            parts.RemoveAt(at + 1);
        }
    }
}
