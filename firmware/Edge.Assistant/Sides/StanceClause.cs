namespace Edge.Assistant.Sides;

/// <summary>A stretch of a sentence without a new thought in it.</summary>
internal sealed class StanceClause(List<StanceToken> tokens)
{
    /// <summary>Longest phrase in front of a clause ("Before bed,") whose terms count for it, words.</summary>
    private const int FrontedMax = 4;

    public IReadOnlyList<StanceToken> Tokens => tokens;

    /// <summary>Terms that do not stand in the clause but in front of it, in the same sentence.</summary>
    public HashSet<int> Carried { get; } = [];

    /// <summary>The clause begins what it says with a pronoun or with nothing, and these terms are meant.</summary>
    public HashSet<int> Meant { get; } = [];

    public bool Has(int term) => tokens.Exists(token => token.Term == term);

    public bool IsRelative => tokens.Count > 0 && StanceWords.Relatives.Contains(tokens[0].Word);

    /// <summary>Tokens [from, to) say nothing of their own besides the claim's terms.</summary>
    public bool IsPlain(int from, int to)
    {
        for (var i = from; i < to; i++)
        {
            if (tokens[i].IsForeign)
                return false;
        }
        return true;
    }

    /// <summary>Where the thing that is talked about begins: after "Jens says that".</summary>
    public int Start => 1 + tokens.FindLastIndex(token => StanceWords.Says.Contains(token.Word));

    public int NegationsIn(int from, int to) =>
        tokens.Skip(from).Take(to - from).Count(token => StanceWords.Negations.Contains(token.Word));

    /// <summary>Of the first word at or after this place that is a term or says something of its own; -1 without any.</summary>
    public int NextContent(int from)
    {
        for (var i = from; i < tokens.Count; i++)
        {
            if (tokens[i].Term >= 0 || tokens[i].IsForeign)
                return i;
        }
        return -1;
    }

    /// <summary>The clauses of a sentence, each with what it takes over from those before it.</summary>
    public static List<StanceClause> Split(List<StanceToken> tokens)
    {
        var clauses = new List<StanceClause>();
        var current = new List<StanceToken>();
        foreach (var token in tokens)
        {
            if (token.Term < 0 && StanceWords.Breaks.Contains(token.Word))
            {
                Close();
                continue;
            }
            current.Add(token);
            if (token.Stops)
                Close();
        }
        Close();
        for (var i = 1; i < clauses.Count; i++)
            clauses[i].TakeOver(clauses[i - 1]);
        return clauses;

        void Close()
        {
            if (current.Count > 0)
                clauses.Add(new StanceClause(current));
            current = [];
        }
    }

    private void TakeOver(StanceClause before)
    {
        var fronted =
            before.Tokens.Count <= FrontedMax
            && StanceWords.Prepositions.Contains(before.Tokens[0].Word)
            && before.IsPlain(0, before.Tokens.Count);
        if (fronted)
            Carried.UnionWith(before.Terms());
        Carried.UnionWith(fronted ? before.Carried : []);
        // "Coffee tastes good, but it ...": what the clause before began with.
        var first = before.NextContent(before.Start);
        if (first >= 0 && before.Tokens[first].Term >= 0)
            Meant.UnionWith(before.Terms());
        Meant.UnionWith(before.Meant);
    }

    private IEnumerable<int> Terms() => tokens.Where(token => token.Term >= 0).Select(token => token.Term);
}
