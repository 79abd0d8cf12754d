namespace Edge.Training.Data;

/// <summary>Which documents are kept for validation: those whose hash comes first, whatever else changes.</summary>
internal static class HeldOut
{
    /// <summary>Splits documents so that about a share of their tokens is held out, at most <paramref name="tokensMax"/>. Where
    /// no document is short enough, the end of the longest is.</summary>
    /// <param name="share">0 to 0.5.</param>
    /// <param name="byBytes">Counts bytes where it says tokens, so that every vocabulary holds out the same documents; only
    /// a cut through one document is then a matter of tokens.</param>
    public static (DocumentSlice[] Train, DocumentSlice[] Held) Split(
        TokenStore[] stores,
        double share,
        long tokensMax,
        bool byBytes = false
    )
    {
        var all = new List<(DocumentSlice Slice, ulong Hash, long Size)>();
        foreach (var store in stores)
        {
            for (var i = 0; i < store.Documents.Length; i++)
            {
                if (store.LengthOf(i) is > 0 and var length)
                {
                    var size = byBytes ? store.Documents[i].Bytes : length;
                    all.Add((new DocumentSlice(store, store.StartOf(i), length), store.Documents[i].Hash, size));
                }
            }
        }
        var budget = Math.Min(tokensMax, (long)(share * all.Sum(document => document.Size)));
        if (budget < 1)
            return ([.. all.Select(document => document.Slice)], []);
        var held = new HashSet<ulong>();
        var tokens = 0L;
        foreach (var (_, hash, size) in all.OrderBy(document => document.Hash))
        {
            if (tokens >= budget)
                break;
            if (held.Contains(hash) || size <= Math.Max(2 * (budget - tokens), budget / 4))
            {
                held.Add(hash);
                tokens += size;
            }
        }
        if (held.Count > 0)
        {
            return (
                [.. all.Where(document => !held.Contains(document.Hash)).Select(document => document.Slice)],
                [.. all.Where(document => held.Contains(document.Hash)).OrderBy(d => d.Hash).Select(d => d.Slice)]
            );
        }
        var (longest, _, longestSize) = all.MaxBy(document => document.Slice.Length);
        var cut = (int)Math.Min(budget * longest.Length / longestSize, longest.Length / 2);
        var start = longest with { Length = longest.Length - cut };
        return (
            [.. all.Select(document => document.Slice == longest ? start : document.Slice)],
            [longest with { From = longest.From + start.Length, Length = cut }]
        );
    }

    /// <summary>Whether a task is held out, by the hash of its passage: all questions about a passage are, or none.</summary>
    public static bool Holds(string passage, double share) => share > 0 && TextHash.Share(TextHash.Of(passage)) < share;
}
