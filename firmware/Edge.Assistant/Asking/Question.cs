using Edge.Assistant.Text;
using Edge.Notes;

namespace Edge.Assistant.Asking;

/// <summary>A word of the question that notes are searched for.</summary>
/// <param name="Word">As written.</param>
/// <param name="Stem">By <see cref="Words.Stem"/>.</param>
/// <param name="Weight">How much finding it says: rarer in the vault is more; the words that frame a question are less.</param>
/// <param name="Alternatives">Stems that mean much the same.</param>
/// <param name="Missing">The notes never use it, nor an alternative.</param>
/// <param name="Names">Written like a name: capital inside the question, or digits in it.</param>
/// <param name="Frames">Says what kind of answer is asked for rather than what it is about.</param>
internal sealed record QuestionWord(
    string Word,
    string Stem,
    double Weight,
    IReadOnlyList<string> Alternatives,
    bool Missing,
    bool Names,
    bool Frames
);

/// <summary>A question as the search reads it.</summary>
internal sealed record Question(string Text, IReadOnlyList<QuestionWord> Terms, AnswerKind Kind)
{
    /// <summary>Above 1, a rare word says more than several common ones together.</summary>
    private const double RarityPower = 1.3;

    /// <summary>Sum of all weights; 0 when the question has no word to look for.</summary>
    public double TotalWeight { get; } = Terms.Sum(word => word.Weight);

    public static Question Read(string text, NoteIndex index)
    {
        var kind = AnswerKinds.Of(text);
        var framing = FramingWords(text);
        var terms = new List<QuestionWord>();
        foreach (var (word, first) in ContentWords(text))
        {
            var stem = Words.Stem(word);
            if (terms.Exists(term => term.Stem == stem))
                continue;
            var alternatives = Synonyms.Of(stem);
            var passages = PassagesWith(word, index);
            var frames = framing.Contains(word) || FrameStems.Contains(stem);
            var otherwise =
                passages > 0 || alternatives.Count == 0 ? 0 : alternatives.Max(other => PassagesWith(other, index));
            var seen = Math.Max(passages, otherwise);
            var weight = Math.Pow(Math.Log((index.PassageCount + 2.0) / (seen + 1.0)) + 0.2, RarityPower);
            if (frames)
                weight *= 0.3;
            else if (word.EndsWith("ly", StringComparison.Ordinal))
                weight *= 0.5;
            var names = !first && (char.IsUpper(word[0]) || word.Any(char.IsAsciiDigit));
            terms.Add(new QuestionWord(word, stem, weight, alternatives, seen == 0, names, frames));
        }
        return new Question(text, terms, kind);
    }

    /// <summary>The question and what its words may be called instead, for the index.</summary>
    public string SearchText() =>
        string.Join(' ', Terms.Select(term => term.Word)) is { Length: > 0 } words ? words : Text;

    /// <summary>Whether a word asks rather than says what it is about.</summary>
    public static bool Frames(string word) => FrameStems.Contains(Words.Stem(word));

    private static int PassagesWith(string word, NoteIndex index)
    {
        var most = 0;
        foreach (var term in index.Terms(word))
            most = Math.Max(most, term.Passages);
        return most;
    }

    private static IEnumerable<(string Word, bool First)> ContentWords(string text)
    {
        var first = true;
        foreach (var word in Words.Of(text))
        {
            if (!Words.IsStopWord(word))
                yield return (word, first);
            first = false;
        }
    }

    /// <summary>The noun after "which" or "what" ("which animal", "what file name"): up to the next verb-like stop word,
    /// two words at most.</summary>
    private static HashSet<string> FramingWords(string text)
    {
        var framing = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        var words = Words.Of(text).ToList();
        for (var i = 0; i + 1 < words.Count; i++)
        {
            if (words[i].ToLowerInvariant() is not ("which" or "what"))
                continue;
            var next = words[i + 1];
            if (!Words.IsStopWord(next) && !char.IsUpper(next[0]))
                framing.Add(next);
        }
        return framing;
    }

    /// <summary>Stems that ask rather than say.</summary>
    private static readonly HashSet<string> FrameStems =
    [
        .. new[]
        {
            "long",
            "much",
            "many",
            "often",
            "far",
            "big",
            "old",
            "kind",
            "type",
            "sort",
            "size",
            "percentage",
            "percent",
            "share",
            "temperature",
            "degrees",
            "ratio",
            "amount",
            "number",
            "quantity",
            "year",
            "date",
            "day",
            "time",
            "word",
            "mean",
            "meaning",
            "call",
            "called",
            "name",
            "say",
            "write",
            "written",
            "tell",
            "know",
            "go",
            "goes",
            "come",
            "came",
            "comes",
            "put",
            "take",
            "took",
            "happen",
            "roughly",
            "about",
            "exactly",
            "instead",
            "someone",
            "people",
            "person",
            "thing",
            "things",
            "way",
            "best",
            "good",
            "whether",
            "need",
            "want",
            "use",
            "used",
            "set",
            "strength",
            "check",
            "find",
            "get",
            "give",
            "gives",
            "keep",
            "like",
            "first",
            "least",
            "most",
            "maximum",
            "minimum",
            "supposed",
            "extra",
            "before",
            "after",
            "turn",
            "seen",
            "recommended",
            "reason",
            "purpose",
            "difference",
            "kept",
            "start",
            "stop",
            "stops",
            "work",
            "works",
        }.Select(Words.Stem),
    ];
}
