using Edge.Assistant.Text;
using Edge.Assistant.Wiki;

namespace Edge.Assistant.Sides;

/// <summary>A word of a note beside a claim.</summary>
/// <param name="Word">Lower case; "" for a value.</param>
/// <param name="Stem">Of a value, what it is in one canonical form with its unit.</param>
/// <param name="Term">Index of the claim's term that it is, or -1.</param>
internal readonly record struct StanceToken(string Word, string Stem, int Term, bool IsValue, bool Stops)
{
    /// <summary>Says something of its own: neither grammar nor a word that fits everything, nor a term of the claim.</summary>
    public bool IsForeign =>
        Term < 0
        && (
            IsValue
            || !Words.IsStopWord(Word)
                && !StanceWords.Generic.Contains(Word)
                && !StanceWords.Negations.Contains(Word)
                && !StanceWords.Copulas.Contains(Word)
        );

    /// <summary>Words of a text; of "isn't", "is" and "not".</summary>
    public static List<StanceToken> Read(string text, Func<string, int> termOf)
    {
        var tokens = new List<StanceToken>();
        foreach (var token in ClaimTokens.Of(text))
        {
            var stem = token.IsValue ? ValueStem(token) : StemOf(token.Word);
            tokens.Add(new StanceToken(token.Word, stem, termOf(stem), token.IsValue, token.Stops));
        }
        return tokens;
    }

    public static string ValueStem(ClaimToken value) => "#" + value.Value + value.Unit;

    /// <summary>"Anna's" is Anna.</summary>
    public static string StemOf(string word) =>
        Words.Stem(word.EndsWith("'s", StringComparison.Ordinal) ? word[..^2] : ClaimTokens.UnitName(word));
}
