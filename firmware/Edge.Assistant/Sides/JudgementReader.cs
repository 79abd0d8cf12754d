namespace Edge.Assistant.Sides;

/// <summary>
/// Whether a sentence speaks for or against the thing of a claim. Careful rather than complete: every cue must govern the
/// thing itself, with no other thing between; a sentence that speaks both ways, or under a condition, takes no side.
/// </summary>
internal sealed class JudgementReader(StanceClaim claim)
{
    private const double Whole = 1;
    private const double Property = 0.7;

    /// <summary>Words between a verb and a judgement: "is really not a very good".</summary>
    private const int BetweenMax = 6;

    private StanceClause clause = null!;
    private IReadOnlyList<StanceToken> tokens = [];
    private IReadOnlySet<int> outside = new HashSet<int>();
    private readonly List<double> found = [];

    /// <param name="above">Terms that the title and the headings have.</param>
    /// <returns>Above 0 for the claim's thing, below 0 against it, 0 for no side. At most 1 either way.</returns>
    public double Read(List<StanceToken> sentence, IReadOnlySet<int> above)
    {
        if (sentence.Exists(token => token.Term < 0 && StanceWords.Hedges.Contains(token.Word)))
            return 0;
        found.Clear();
        outside = above;
        foreach (var next in StanceClause.Split(sentence))
        {
            (clause, tokens) = (next, next.Tokens);
            if (!clause.IsRelative && IsCovered())
                ReadClause();
        }
        if (found.Count == 0 || found.Exists(one => one > 0) && found.Exists(one => one < 0))
            return 0;
        return found.MaxBy(Math.Abs);
    }

    /// <summary>Each term stands in the clause, is carried to it, or is what the note is about.</summary>
    private bool IsCovered()
    {
        for (var term = 0; term < claim.Terms.Count; term++)
        {
            if (!clause.Has(term) && !IsMeant(term) && !clause.Carried.Contains(term))
                return false;
        }
        return true;
    }

    private bool IsMeant(int term) => outside.Contains(term) || claim.Terms[term].IsHead && clause.Meant.Contains(term);

    private bool HasHead => claim.Terms.Select((term, i) => (term, i)).All(t => !t.term.IsHead || clause.Has(t.i));

    private void ReadClause()
    {
        for (var i = 0; i < tokens.Count; i++)
        {
            var word = tokens[i].Word;
            if (tokens[i].Term >= 0)
                continue;
            if (StanceWords.Judgements.TryGetValue(word, out var sign))
                Judged(i, sign, Whole);
            if (StanceWords.Properties.TryGetValue(word, out sign))
                Judged(i, sign, Property);
            if (StanceWords.Effects.TryGetValue(word, out sign) && IsSubject(clause.Start, i))
                Add(sign, clause.Start, i, Property);
            if (StanceWords.Advice.TryGetValue(word, out sign))
                Advised(i, sign);
            if (StanceWords.Modals.Contains(word))
                Required(i);
            if (StanceWords.Decisions.Contains(word))
                Decided(i);
            if (word is "against" && i > 0 && StanceWords.Arguments.Contains(tokens[i - 1].Word) && Governs(i + 1))
                Add(-1, i, i, Whole);
            if (StanceWords.Troubles.Contains(word) && Next(i) is "with" or "of" && Governs(i + 2))
                Add(-1, 0, i, Property);
        }
    }

    /// <summary>"X is a bad idea"; "it is a bad idea to X".</summary>
    private void Judged(int at, int sign, double strength)
    {
        var copula = at - 1;
        while (copula >= 0 && at - copula <= BetweenMax && !StanceWords.Copulas.Contains(tokens[copula].Word))
        {
            if (tokens[copula].IsForeign || tokens[copula].Term >= 0)
                return;
            copula--;
        }
        if (copula < 0 || at - copula > BetweenMax)
            return;
        var next = at + 1;
        while (next < tokens.Count && StanceWords.Neutral.Contains(tokens[next].Word))
            next++;
        if (next < tokens.Count && tokens[next].Word is "than" or "enough")
            return;
        var extraposed =
            next < tokens.Count && tokens[next].Word is "to" or "that" && strength == Whole && Governs(next + 1);
        var predicated = IsSubject(clause.Start, copula) && EndsPhrase(next);
        if ((extraposed && clause.IsPlain(clause.Start, copula)) || predicated)
            Add(sign, clause.Start, at, strength);
    }

    /// <summary>No noun follows that the judgement belongs to ("a good way to ruin"), and no other thing it is about ("good
    /// at hiding errors", "easy to break").</summary>
    private bool EndsPhrase(int next)
    {
        if (next >= tokens.Count)
            return true;
        if (tokens[next].Word is "to")
            return false;
        var content = clause.NextContent(next);
        return content < 0
            || tokens[content].Term >= 0
            || StanceWords.Prepositions.Contains(tokens[next].Word) && tokens[next].Word is "for" or "in" or "on";
    }

    /// <summary>"Avoid X", "we should avoid X", "never X", "I recommend X".</summary>
    private void Advised(int at, int sign)
    {
        for (var i = clause.Start; i < at; i++)
        {
            if (tokens[i].Term >= 0 || tokens[i].IsForeign || tokens[i].Word is "to" or "have" or "has" or "had")
                return;
        }
        // "I never drink coffee" is a habit, "never drink coffee" is advice.
        var isBare = at == clause.Start || tokens[at - 1].Word is "please" or "always" or "just" or "then";
        if (tokens[at].Word is "never" ? !isBare : !isBare && !IsSpeaker(at))
            return;
        if (Governs(at + (Next(at) is "of" ? 2 : 1)))
            Add(sign, clause.Start, at, Whole);
    }

    /// <summary>We, you, or a verb that makes it advice.</summary>
    private bool IsSpeaker(int at) =>
        tokens[at - 1].Word is "i" or "we" or "you" or "not" || StanceWords.Modals.Contains(tokens[at - 1].Word);

    /// <summary>"We should (not) use X"; "X should (not) be used"; "X should be avoided".</summary>
    private void Required(int at)
    {
        var next = at + 1;
        var sign = 1;
        for (; next < tokens.Count && (tokens[next].Word is "to" or "also" || IsNegation(next)); next++)
        {
            if (IsNegation(next))
                sign = -sign;
        }
        if (next >= tokens.Count || clause.NegationsIn(next, tokens.Count) > 0)
            return;
        var isPassive = tokens[next].Word is "be";
        var verb = isPassive ? next + 1 : next;
        if (verb >= tokens.Count)
            return;
        var word = tokens[verb].Word;
        if (isPassive)
        {
            if (word is "avoided" or "stopped" or "rejected" or "dropped")
                sign = -sign;
            else if (word is not ("used" or "adopted" or "preferred" or "recommended" or "kept" or "chosen"))
                return;
            if (IsSubject(clause.Start, at))
                found.Add(sign * Whole);
            return;
        }
        if (StanceWords.Advice.ContainsKey(word) || !StanceWords.Generic.Contains(word))
            return;
        if (clause.IsPlain(clause.Start, at) && !TermsIn(clause.Start, at) && Governs(verb + 1))
            found.Add(sign * Whole);
    }

    /// <summary>"We decided to use X", "decided not to use X", "decided against X".</summary>
    private void Decided(int at)
    {
        var next = at + 1;
        var sign = 1;
        if (next < tokens.Count && IsNegation(next))
        {
            sign = -1;
            next++;
        }
        if (next >= tokens.Count || clause.NegationsIn(clause.Start, at) > 0 || TermsIn(clause.Start, at))
            return;
        var word = tokens[next].Word;
        if (word is "to" && next + 1 < tokens.Count)
        {
            var verb = tokens[next + 1].Word;
            if (StanceWords.Advice.TryGetValue(verb, out var advised))
                sign *= advised;
            else if (!StanceWords.Generic.Contains(verb))
                return;
            next++;
        }
        else if (word is not ("on" or "for" or "using" or "adopting"))
            return;
        if (Governs(next + 1))
            found.Add(sign * Whole);
    }

    /// <summary>Tokens [from, to) are the claim's thing and nothing else: "Coffee before bed", or "it" where that is meant.</summary>
    private bool IsSubject(int from, int to)
    {
        if (!clause.IsPlain(from, to))
            return false;
        if (HasHead)
            return claim.Heads.All(head => HeadIn(head, from, to));
        return !tokens
            .Skip(from)
            .Take(to - from)
            .Any(token => token.Word is "i" or "we" or "you" or "he" or "she" or "there");
    }

    private bool HeadIn(ClaimTerm head, int from, int to) =>
        tokens.Skip(from).Take(to - from).Any(token => token.Term >= 0 && claim.Terms[token.Term] == head);

    private bool TermsIn(int from, int to) => tokens.Skip(from).Take(to - from).Any(token => token.Term >= 0);

    /// <summary>What follows is the claim's thing: its first word of content is a term, or a pronoun stands for it.</summary>
    private bool Governs(int from)
    {
        var content = clause.NextContent(from);
        if (content >= 0 && tokens[content].Term < 0 || clause.NegationsIn(from, tokens.Count) > 0)
            return false;
        if (HasHead)
            return content >= 0 && claim.Heads.All(head => HeadIn(head, from, tokens.Count));
        return from < tokens.Count
            ? StanceWords.Pronouns.Contains(tokens[from].Word)
                || StanceWords.Generic.Contains(tokens[from].Word)
                || tokens[from].Term >= 0
                || content >= 0
            : content < 0;
    }

    private void Add(int sign, int from, int to, double strength)
    {
        // A denial behind the cue ("good for nothing") is not understood.
        if (clause.NegationsIn(to + 1, tokens.Count) > 0)
            return;
        found.Add((clause.NegationsIn(from, to) % 2 == 0 ? sign : -sign) * strength);
    }

    private bool IsNegation(int i) => StanceWords.Negations.Contains(tokens[i].Word);

    private string? Next(int i) => i + 1 < tokens.Count ? tokens[i + 1].Word : null;
}
