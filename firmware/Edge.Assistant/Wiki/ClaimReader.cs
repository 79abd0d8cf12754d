using Edge.Assistant.Text;

namespace Edge.Assistant.Wiki;

/// <summary>
/// Reads claims out of plain statements: "SUBJECT is VALUE ...", "key: value", "X is Y" and "X is not Y". Careful rather
/// than complete: a question, a condition, an approximation, a range or a subject such as "it" gives none.
/// </summary>
internal static class ClaimReader
{
    private const int ClaimsMax = 400;
    private const int TextCharsMax = 240;
    private const int TokensMax = 25;
    private const int SubjectTokensMax = 10;
    private const int RestTokensMax = 8;
    private const int BetweenTokensMax = 6;
    private const int IndirectContentMin = 3;
    private const int KeyWordsMax = 6;
    private const int FieldRestMax = 4;

    /// <summary>Sentences that are compared for yes and no.</summary>
    private const int YesNoTokensMin = 3;
    private const int YesNoTokensMax = 14;

    /// <summary>Without a verb that can take a "not": "The shop opens on Sunday".</summary>
    private const int PlainTokensMax = 8;

    /// <summary>Of such a sentence, the tokens among which its subject stands.</summary>
    private const int PlainSubjectTokens = 3;

    private static readonly System.Buffers.SearchValues<char> NotInKeys = System.Buffers.SearchValues.Create(
        ".!?;,()[]\"“=`"
    );

    private static readonly HashSet<string> GenericStems = [.. ClaimWords.Generic.Select(Words.Stem)];

    public static IReadOnlyList<Claim> Of(IReadOnlyList<Unit> units)
    {
        var claims = new List<Claim>();
        foreach (var unit in units)
        {
            if (unit.Kind is not (UnitKind.Sentence or UnitKind.ListItem) || unit.Text.Length > TextCharsMax)
                continue;
            if (claims.Count >= ClaimsMax)
                break;
            claims.AddRange(OfUnit(unit));
        }
        return claims;
    }

    private static IEnumerable<Claim> OfUnit(Unit unit)
    {
        var text = unit.Text;
        if (text[^1] is '?' or ':' || text[0] is '"' or '“' or '\'' || text.Contains("://", StringComparison.Ordinal))
            return [];
        return Field(unit) is { } field ? [field] : Sentence(unit);
    }

    /// <summary>"Budget for seeds: 300 euros".</summary>
    private static Claim? Field(Unit unit)
    {
        var colon = unit.Text.IndexOf(": ", StringComparison.Ordinal);
        if (colon <= 0 || unit.Text.AsSpan(0, colon).IndexOfAny(NotInKeys) >= 0)
            return null;
        var key = ClaimTokens.Of(unit.Text[..colon]);
        var value = ClaimTokens.Of(unit.Text[(colon + 2)..]);
        if (key.Count is 0 or > KeyWordsMax || value.Count == 0 || value.Count > FieldRestMax + 1 || key[0].IsValue)
            return null;
        if (key.Exists(token => ClaimWords.Pointers.Contains(token.Word)) || IsOpen(value, 0))
            return null;
        var yes = value.Count == 1 ? YesOrNo(value[0].Word) : null;
        if (!value[0].IsValue && yes is null)
            return null;
        var subject = new Subject();
        subject.Add(key, 0, key.Count);
        subject.AddMark(yes is null ? value[0] : new ClaimToken("", ValueKind.None, "", "", false), counts: false);
        subject.Add(value, 1, value.Count, counts: false);
        var kind = yes is not null ? ClaimKind.YesNo : KindOf(value[0].Kind);
        return subject.Claim(unit, kind, yes ?? value[0].Value, isField: true);
    }

    private static IEnumerable<Claim> Sentence(Unit unit)
    {
        var tokens = ClaimTokens.Of(unit.Text);
        if (tokens.Count is < YesNoTokensMin or > TokensMax || tokens[0].IsValue)
            return [];
        // "Opens on Sunday" has no subject; "Do not" and "Never" are advice.
        if (ClaimWords.Auxiliaries.Contains(tokens[0].Word) || tokens[0].Word is "not" or "never" or "let" or "let's")
            return [];
        return new[] { Valued(unit, tokens), YesNo(unit, tokens) }.OfType<Claim>();
    }

    /// <summary>
    /// "The budget is fixed at 300 euros". With more words between verb and value ("The boiler was serviced on 3 May") it
    /// must hold no other value and say more of its subject.
    /// </summary>
    private static Claim? Valued(Unit unit, List<ClaimToken> tokens)
    {
        var verb = tokens.FindIndex(1, token => ClaimWords.Verbs.Contains(token.Word));
        if (verb is < 1 or > SubjectTokensMax || !IsSubject(tokens, verb))
            return null;
        var at = tokens.FindIndex(verb, token => token.IsValue);
        if (at < 0 || at - verb > BetweenTokensMax || tokens.Count - at - 1 > RestTokensMax || IsOpen(tokens, at))
            return null;
        var isDirect = true;
        for (var i = 0; i < tokens.Count; i++)
        {
            var isFiller = i > verb && i < at && ClaimWords.Fillers.Contains(tokens[i].Word);
            if (!isFiller && (IsHedge(tokens[i]) || tokens[i].Word is "not" or "never"))
                return null;
            isDirect &= isFiller || i <= verb || i >= at;
        }
        if (!isDirect && (tokens.Count(token => token.IsValue) > 1 || tokens[at].Kind == ValueKind.Weekday))
            return null;
        var subject = new Subject();
        subject.Add(tokens, 0, at);
        subject.AddMark(tokens[at]);
        subject.Add(tokens, at + 1, tokens.Count);
        return isDirect || subject.Content >= IndirectContentMin && IsTold(tokens, verb, at)
            ? subject.Claim(unit, KindOf(tokens[at].Kind), tokens[at].Value, isField: false)
            : null;
    }

    /// <summary>Nothing between verb and value points at something in this note alone.</summary>
    private static bool IsTold(List<ClaimToken> tokens, int verb, int at) =>
        !tokens.Skip(verb).Take(at - verb).Any(token => token.Stops || ClaimWords.Pointers.Contains(token.Word));

    private static bool IsHedge(ClaimToken token) => ClaimWords.Hedges.Contains(token.Word);

    /// <summary>A yes, and the same sentence with "not" or "no longer" as a no.</summary>
    private static Claim? YesNo(Unit unit, List<ClaimToken> tokens)
    {
        if (tokens.Count > YesNoTokensMax || tokens.Exists(token => token.Stops))
            return null;
        var longer = tokens.FindIndex(token => token.Word == "longer");
        if (longer > 0 && tokens[longer - 1].Word == "no")
        {
            tokens.RemoveAt(longer);
            tokens[longer - 1] = tokens[longer - 1] with { Word = "not" };
        }
        var verb = tokens.FindIndex(1, token => ClaimWords.Auxiliaries.Contains(token.Word));
        if (verb < 0 && tokens.Count > PlainTokensMax)
            return null;
        var nots = tokens.Count(token => token.Word is "not" or "never");
        if (nots > 1 || !IsSubject(tokens, verb < 0 ? PlainSubjectTokens : verb) || tokens.Exists(IsHedge))
            return null;
        var not = tokens.FindIndex(token => token.Word is "not" or "never");
        if (not >= 0)
        {
            if (verb < 0 || not != verb + 1)
                return null;
            tokens.RemoveAt(not);
            if (tokens[verb].Word is "do" or "does" or "did")
                tokens.RemoveAt(verb);
        }
        var subject = new Subject();
        subject.Add(tokens, 0, tokens.Count);
        return subject.Content < 2
            ? null
            : subject.Claim(unit, ClaimKind.YesNo, not >= 0 ? "no" : "yes", isField: false);
    }

    /// <summary>Tokens [0, end) name something by themselves.</summary>
    private static bool IsSubject(List<ClaimToken> tokens, int end)
    {
        var names = false;
        for (var i = 0; i < end; i++)
        {
            if (tokens[i].Stops || ClaimWords.Pointers.Contains(tokens[i].Word))
                return false;
            names |= tokens[i].IsValue || !Words.IsStopWord(tokens[i].Word);
        }
        return names;
    }

    /// <summary>Ranges and shares: "3 to 5", "3 or 4", "3 - 5", "2 of the", "3 times".</summary>
    private static bool IsOpen(List<ClaimToken> tokens, int at)
    {
        if (at > 0 && tokens[at - 1].Word is "least" or "most" or "than" or "to" or "between")
            return true;
        return at + 1 < tokens.Count
            && (
                tokens[at + 1].Word
                    is "to"
                        or "or"
                        or "of"
                        or "and"
                        or "-"
                        or "–"
                        or "—"
                        or "x"
                        or "times"
                        or "more"
                        or "+"
                || tokens[at + 1].IsValue
            );
    }

    private static string? YesOrNo(string word) =>
        word switch
        {
            "yes" or "true" or "on" => "yes",
            "no" or "false" or "off" => "no",
            _ => null,
        };

    private static ClaimKind KindOf(ValueKind kind) => kind == ValueKind.Number ? ClaimKind.Number : ClaimKind.Date;

    /// <summary>Everything a statement says but its value.</summary>
    private sealed class Subject
    {
        private readonly List<string> parts = [];
        private readonly HashSet<string> content = new(StringComparer.Ordinal);

        public int Content => content.Count;

        /// <param name="counts">False for what stands behind a field's value: "4 servings" does not tell one dish from
        /// another.</param>
        public void Add(List<ClaimToken> tokens, int from, int to, bool counts = true)
        {
            for (var i = from; i < to; i++)
            {
                var token = tokens[i];
                if (token.IsValue)
                    parts.Add(token.Value + token.Unit);
                else if (!ClaimWords.Empty.Contains(token.Word))
                    AddWord(token.Word, counts);
            }
        }

        public void AddMark(ClaimToken value, bool counts = true)
        {
            parts.Add(
                "#"
                    + value.Kind switch
                    {
                        ValueKind.Weekday => "weekday",
                        ValueKind.Time => "time",
                        ValueKind.Date => "date",
                        _ => "",
                    }
            );
            if (value.Unit.Length > 0)
                AddWord(value.Unit, counts);
        }

        public Claim Claim(Unit unit, ClaimKind kind, string value, bool isField) =>
            new(
                string.Join(' ', parts),
                kind,
                value,
                content.Count,
                isField,
                unit.Indent > 0 ? unit.Heading + " >" : unit.Heading,
                unit.FirstLine,
                unit.LastLine
            );

        private void AddWord(string word, bool counts)
        {
            var name = ClaimTokens.UnitName(word);
            var stem =
                name is "are" ? "is"
                : name is "were" ? "was"
                : Words.Stem(name);
            parts.Add(stem);
            if (counts && stem.Length > 1 && !Words.IsStopWord(word) && !GenericStems.Contains(stem))
                content.Add(stem);
        }
    }
}
