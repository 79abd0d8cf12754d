using Edge.Assistant.Asking;
using Edge.Assistant.Text;
using Edge.Assistant.Wiki;

namespace Edge.Assistant.Sides;

/// <summary>What a claim turns on.</summary>
internal enum ClaimForm
{
    /// <summary>"Jens serviced the boiler": that it is so.</summary>
    Plain,

    /// <summary>"Coffee is good before bed", "Should we use Helm?": that it is a good thing.</summary>
    Judgement,

    /// <summary>"Helm is better than Kustomize": that one is ahead of the other.</summary>
    Comparison,
}

/// <summary>A term of the claim: a note must have each of them.</summary>
/// <param name="Stems">The word's own, then others that mean the same.</param>
/// <param name="IsHead">What the claim is about; the others say where, when or for what.</param>
internal sealed record ClaimTerm(string Word, IReadOnlyList<string> Stems, bool IsHead);

/// <summary>A claim or yes/no question as its notes are read.</summary>
/// <param name="Sign">1, or -1 where the claim denies: "Helm is not worth it".</param>
/// <param name="Left">Of a comparison: terms before <paramref name="Comparative"/>; 0 otherwise.</param>
/// <param name="Comparative">Stem of "better" in "better than"; "" in other forms.</param>
/// <param name="Value">Its only number or date; null with none or several.</param>
internal sealed record StanceClaim(
    ClaimForm Form,
    int Sign,
    IReadOnlyList<ClaimTerm> Terms,
    int Left,
    string Comparative,
    ClaimToken? Value,
    IReadOnlySet<string> Modals
)
{
    /// <summary>Other words for going to bed; the table of synonyms is about questions.</summary>
    private static readonly string[] Bedtime = ["bed", "bedtime", "sleep"];

    public IEnumerable<ClaimTerm> Heads => Terms.Where(term => term.IsHead);

    /// <summary>Index of the term that a stem is, or -1.</summary>
    public int TermOf(string stem)
    {
        for (var i = 0; i < Terms.Count; i++)
        {
            if (Terms[i].Stems.Contains(stem))
                return i;
        }
        return -1;
    }

    /// <summary>What the index is searched for: the terms, what else they are called, and what denies them.</summary>
    public string SearchText() =>
        string.Join(
            ' ',
            Terms.SelectMany(term => term.Stems.Skip(1).Prepend(term.Word)).Distinct(StringComparer.Ordinal)
        );

    /// <returns>Null when the text names nothing that notes could be about.</returns>
    public static StanceClaim? Read(string text)
    {
        var tokens = ClaimTokens.Of(text.Trim().TrimEnd('?', '!', '.', ' '));
        var isQuestion = text.Contains('?', StringComparison.Ordinal);
        // "Isn't coffee bad?" asks whether it is.
        if (isQuestion && tokens.Count > 2 && tokens[1].Word == "not")
            tokens.RemoveAt(1);
        var than = tokens.FindIndex(token => token.Word == "than");
        if (than > 0)
            return Comparison(tokens, than);
        var sign = 1;
        var judges = false;
        foreach (var token in tokens)
        {
            if (StanceWords.Negations.Contains(token.Word))
                sign = -sign;
            if (!Judges(token.Word, tokens[0].Word == token.Word))
                continue;
            judges = true;
            sign *= StanceWords.Judgements.GetValueOrDefault(
                token.Word,
                StanceWords.Advice.GetValueOrDefault(token.Word, 1)
            );
        }
        // "Never" is advice and a negation; it counts once.
        if (tokens.Count > 0 && tokens[0].Word == "never")
            sign = -sign;
        var terms = TermsOf(tokens, 0, tokens.Count, judges);
        if (terms.Count == 0)
            return null;
        var values = tokens.Where(token => token.IsValue).ToList();
        return new StanceClaim(
            judges ? ClaimForm.Judgement : ClaimForm.Plain,
            sign,
            terms,
            0,
            "",
            values.Count == 1 && !judges ? values[0] : null,
            tokens.Select(token => token.Word).Where(StanceWords.Modal.Contains).ToHashSet(StringComparer.Ordinal)
        );
    }

    private static bool Judges(string word, bool isFirst) =>
        StanceWords.Judgements.ContainsKey(word)
        || StanceWords.Modals.Contains(word)
        || isFirst && StanceWords.Advice.ContainsKey(word);

    private static StanceClaim? Comparison(List<ClaimToken> tokens, int than)
    {
        var at = than - 1;
        var left = TermsOf(tokens, 0, at, judges: false);
        var right = TermsOf(tokens, than + 1, tokens.Count, judges: false);
        // "More reliable than": the word before "more" is still the thing.
        left.RemoveAll(term => term.Word is "more" or "less");
        if (left.Count == 0 || right.Count == 0 || tokens[at].Word.Length == 0)
            return null;
        var less = at > 0 && tokens[at - 1].Word == "less";
        var denied = tokens.Take(than).Count(token => StanceWords.Negations.Contains(token.Word)) % 2 == 1;
        return new StanceClaim(
            ClaimForm.Comparison,
            less != denied ? -1 : 1,
            [.. left, .. right],
            left.Count,
            tokens[at].Word,
            null,
            new HashSet<string>()
        );
    }

    private static List<ClaimTerm> TermsOf(List<ClaimToken> tokens, int from, int to, bool judges)
    {
        var terms = new List<ClaimTerm>();
        var isHead = true;
        for (var i = from; i < to; i++)
        {
            var token = tokens[i];
            if (terms.Count > 0 && StanceWords.Prepositions.Contains(token.Word))
                isHead = false;
            if (!token.IsValue && !IsTerm(token.Word, judges))
                continue;
            var stem = token.IsValue ? StanceToken.ValueStem(token) : StanceToken.StemOf(token.Word);
            if (!terms.Exists(term => term.Stems[0] == stem))
                terms.Add(new ClaimTerm(token.IsValue ? token.Value : token.Word, StemsOf(stem), isHead));
        }
        return terms;
    }

    private static bool IsTerm(string word, bool judges) =>
        word.Length > 0
        && !Words.IsStopWord(word)
        && !ClaimWords.Empty.Contains(word)
        && !ClaimWords.Auxiliaries.Contains(word)
        && !StanceWords.Negations.Contains(word)
        && !(judges ? StanceWords.Generic.Contains(word) || StanceWords.IsCue(word) : word is "used" or "use" or "we");

    /// <summary>Words that take a side are never another word for something.</summary>
    private static List<string> StemsOf(string stem)
    {
        var stems = new List<string> { stem };
        if (Array.IndexOf(Bedtime, stem) >= 0)
            stems.AddRange(Bedtime.Where(other => other != stem));
        else if (!StanceWords.IsCue(stem) && StanceWords.OppositesOf(stem).Count == 0)
            stems.AddRange(Synonyms.Of(stem).Where(other => !StanceWords.IsCue(other)));
        return stems;
    }
}
