namespace Edge.Assistant.Sides;

/// <summary>
/// Whether a sentence says what a plain claim says, or denies it: all its words in one clause and in its order, with or
/// without a "not", or with one word in its opposite. Comparisons: which of the two is ahead.
/// </summary>
internal sealed class StatementReader(StanceClaim claim)
{
    /// <summary>Other things that a clause may say beside the claim.</summary>
    private const int ForeignMax = 5;

    /// <returns>1: it says so; -1: it denies it; 0: neither.</returns>
    public int Read(List<StanceToken> sentence, IReadOnlySet<int> above)
    {
        if (sentence.Exists(token => token.Term < 0 && StanceWords.Hedges.Contains(token.Word)))
            return 0;
        var found = new HashSet<int>();
        foreach (var clause in StanceClause.Split(sentence))
        {
            if (!clause.IsRelative)
                found.Add(claim.Form == ClaimForm.Comparison ? Compared(clause) : Said(clause, above));
        }
        found.Remove(0);
        return found.Count == 1 ? found.First() : 0;
    }

    private int Said(StanceClause clause, IReadOnlySet<int> above)
    {
        var tokens = clause.Tokens;
        if (tokens.Any(token => IsOtherModal(token)) || tokens.Count(token => token.IsForeign) > ForeignMax)
            return 0;
        var order = new List<int>();
        var opposites = 0;
        foreach (var token in tokens)
        {
            var term = token.Term;
            if (term < 0 && OppositeOf(token) is >= 0 and var denied && !clause.Has(denied))
            {
                term = denied;
                opposites++;
            }
            if (term >= 0 && !order.Contains(term))
                order.Add(term);
        }
        // Only what the claim is about may stand above; then the clause talks about it and nothing else.
        var missing = Enumerable.Range(0, claim.Terms.Count).Where(term => !order.Contains(term)).ToList();
        if (missing.Count > 0 && !missing.TrueForAll(term => claim.Terms[term].IsHead && IsMeant(clause, term, above)))
            return 0;
        if (missing.Count > 0 && (order.Count == 0 || !BeginsWithoutSubject(tokens)))
            return 0;
        var negations = clause.NegationsIn(0, tokens.Count);
        if (opposites > 1 || negations > 1 || !KeepsOrder(order, tokens))
            return 0;
        return (opposites + negations) % 2 == 0 ? 1 : -1;
    }

    private static bool IsMeant(StanceClause clause, int term, IReadOnlySet<int> above) =>
        above.Contains(term) || clause.Meant.Contains(term);

    /// <summary>"It was serviced by Jens", "Serviced by Jens".</summary>
    private static bool BeginsWithoutSubject(IReadOnlyList<StanceToken> tokens)
    {
        foreach (var token in tokens)
        {
            if (token.Term >= 0 || StanceWords.Copulas.Contains(token.Word))
                return true;
            if (token.IsForeign || token.Word is "i" or "we" or "you" or "he" or "she" or "they" or "there")
                return false;
        }
        return false;
    }

    private bool IsOtherModal(StanceToken token) =>
        token.Term < 0 && StanceWords.Modal.Contains(token.Word) && !claim.Modals.Contains(token.Word);

    /// <summary>The term that a word denies, or -1.</summary>
    private int OppositeOf(StanceToken token)
    {
        for (var i = 0; i < claim.Terms.Count; i++)
        {
            if (StanceWords.AreOpposite(claim.Terms[i].Stems[0], token.Stem))
                return i;
        }
        return -1;
    }

    /// <summary>As in the claim, or turned ("On Sunday the shop is open"), or passive with a "by".</summary>
    private bool KeepsOrder(List<int> order, IReadOnlyList<StanceToken> tokens)
    {
        if (order.Count < 2 || tokens.Any(token => token.Word == "by"))
            return true;
        var turns = 0;
        for (var i = 0; i < order.Count; i++)
            turns += order[(i + 1) % order.Count] < order[i] ? 1 : 0;
        // Two words are always a turn of each other: they must stand as they are.
        return turns <= 1 && (order.Count > 2 || order[0] < order[1] || claim.Terms.Any(term => !term.IsHead));
    }

    /// <summary>"A is better than B", "B is worse than A".</summary>
    private int Compared(StanceClause clause)
    {
        var tokens = clause.Tokens;
        var than = 0;
        while (than < tokens.Count && tokens[than].Word != "than")
            than++;
        if (than == tokens.Count || than == 0 || SignOf(tokens[than - 1].Word) is not (not 0 and var sign))
            return 0;
        if (than > 1 && tokens[than - 2].Word == "less")
            sign = -sign;
        var negations = clause.NegationsIn(0, than);
        if (negations > 1 || clause.NegationsIn(than, tokens.Count) > 0)
            return 0;
        // What is compared, and nothing else, stands on each side.
        for (var i = clause.Start; i < tokens.Count; i++)
        {
            if (i != than - 1 && tokens[i].IsForeign && tokens[i].Word is not ("less" or "much" or "far"))
                return 0;
        }
        var straight =
            Holds(tokens, 0, than, 0, claim.Left) && Holds(tokens, than, tokens.Count, claim.Left, claim.Terms.Count);
        var turned =
            Holds(tokens, 0, than, claim.Left, claim.Terms.Count) && Holds(tokens, than, tokens.Count, 0, claim.Left);
        // That B is not better does not make A better.
        if (straight == turned || turned && negations > 0)
            return 0;
        return (turned ? -sign : sign) * (negations == 1 ? -1 : 1);
    }

    private static bool Holds(IReadOnlyList<StanceToken> tokens, int from, int to, int first, int end)
    {
        for (var term = first; term < end; term++)
        {
            var stands = false;
            for (var i = from; i < to; i++)
                stands |= tokens[i].Term == term;
            if (!stands)
                return false;
        }
        return true;
    }

    /// <summary>1 for the claim's comparative, -1 for its opposite, 0 for another.</summary>
    private int SignOf(string comparative)
    {
        if (comparative == claim.Comparative)
            return 1;
        var (stem, other) = (Text.Words.Stem(claim.Comparative), Text.Words.Stem(comparative));
        return stem == other ? 1
            : StanceWords.AreOpposite(stem, other) ? -1
            : 0;
    }
}
