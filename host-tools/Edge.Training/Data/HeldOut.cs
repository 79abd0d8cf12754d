namespace Edge.Training.Data;

/// <summary>Which documents are kept for validation: those whose hash comes first, whatever else changes.</summary>
internal static class HeldOut
{
    /// <summary>Splits documents so that about a share of their tokens is held out, at most <paramref name="tokensMax"/>. Where
    /// no document is short enough, the end of the longest is.</summary>
    /// <param name="share">0 to 0.5.</param>
    public static (DocumentSlice[] Train, DocumentSlice[] Held) Split(TokenStore[] stores, double share, long tokensMax)
    {
        var all = new List<(DocumentSlice Slice, ulong Hash)>();
        foreach (var store in stores)
        {
            for (var i = 0; i < store.Documents.Length; i++)
            {
                if (store.LengthOf(i) > 0)
                    all.Add((new DocumentSlice(store, store.StartOf(i), store.LengthOf(i)), store.Documents[i].Hash));
            }
        }
        var budget = Math.Min(tokensMax, (long)(share * all.Sum(document => (long)document.Slice.Length)));
        if (budget < 1)
            return ([.. all.Select(document => document.Slice)], []);
        var held = new HashSet<ulong>();
        var tokens = 0L;
        foreach (var (slice, hash) in all.OrderBy(document => document.Hash))
        {
            if (tokens >= budget)
                break;
            if (held.Contains(hash) || slice.Length <= Math.Max(2 * (budget - tokens), budget / 4))
            {
                held.Add(hash);
                tokens += slice.Length;
            }
        }
        if (held.Count > 0)
        {
            return (
                [.. all.Where(document => !held.Contains(document.Hash)).Select(document => document.Slice)],
                [.. all.Where(document => held.Contains(document.Hash)).OrderBy(d => d.Hash).Select(d => d.Slice)]
            );
        }
        var longest = all.MaxBy(document => document.Slice.Length).Slice;
        var cut = (int)Math.Min(budget, longest.Length / 2);
        var start = longest with { Length = longest.Length - cut };
        return (
            [.. all.Select(document => document.Slice == longest ? start : document.Slice)],
            [longest with { From = longest.From + start.Length, Length = cut }]
        );
    }

    /// <summary>Whether a task is held out, by the hash of its passage: all questions about a passage are, or none.</summary>
    public static bool Holds(string passage, double share) => share > 0 && TextHash.Share(TextHash.Of(passage)) < share;
}
