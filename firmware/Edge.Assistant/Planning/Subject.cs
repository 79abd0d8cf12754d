using System.Text;
using Edge.Assistant.Text;
using Edge.Notes;

namespace Edge.Assistant.Planning;

/// <summary>What a question says was done: each content word with the words that may stand for it.</summary>
internal sealed class Subject
{
    private readonly List<HashSet<string>> stems = [];

    /// <summary>First letters of every form: stems may end otherwise than words.</summary>
    private readonly List<string> starts = [];

    /// <summary>Folded words that say the subject's verb was done; regular ones are told by their ending.</summary>
    private readonly HashSet<string> pasts = new(StringComparer.Ordinal);

    /// <summary>The verb says nothing ("have a haircut") and was left out: the noun is enough.</summary>
    private readonly bool isNoun;

    private Subject(string words)
    {
        foreach (var word in Words.Of(words))
        {
            var plain = Words.Fold(word);
            isNoun |= Empty.Contains(plain);
            if (Words.IsStopWord(plain) || Empty.Contains(plain))
                continue;
            if (Forms.TryGetValue(plain, out var verb))
                pasts.UnionWith(verb.Length > 1 ? verb.Skip(1) : verb);
            var forms = Forms.GetValueOrDefault(plain, [plain]);
            var stem = Words.Stem(plain);
            var all = forms.Select(Words.Stem).Append(stem).ToHashSet(StringComparer.Ordinal);
            stems.Add(all);
            starts.AddRange(forms.Append(plain).Select(form => form[..Math.Min(form.Length, 3)]));
            Groups.Add(string.Join(' ', forms.Append(plain).Distinct(StringComparer.Ordinal)));
        }
    }

    /// <summary>For <see cref="Edge.Notes.NoteIndex.NotesWith"/>: one for each content word.</summary>
    public List<string> Groups { get; } = [];

    /// <summary>Null when the words say nothing to look for.</summary>
    public static Subject? Read(string words)
    {
        var subject = new Subject(words);
        return subject.stems.Count > 0 ? subject : null;
    }

    /// <summary>False when the text cannot hold any of the words, without looking at each of its own.</summary>
    public bool MayBeIn(string text) =>
        !Ascii.IsValid(text) || starts.Exists(start => text.Contains(start, StringComparison.OrdinalIgnoreCase));

    /// <summary>Every word is in the text or what stands above it; at least one in the text itself, unless what stands
    /// above is enough.</summary>
    public bool IsIn(IReadOnlySet<string> text, IReadOnlySet<string> above, bool aboveIsEnough) =>
        (aboveIsEnough || stems.Exists(text.Overlaps))
        && stems.TrueForAll(word => text.Overlaps(word) || above.Overlaps(word));

    /// <summary>Whether the text tells rather than instructs: "watered the beds", not "water the beds".</summary>
    public bool IsTold(string text)
    {
        if (isNoun)
            return true;
        foreach (var word in Words.Of(text))
        {
            var plain = Words.Fold(word);
            if (pasts.Contains(plain))
                return true;
            // "Bled" is told, "bleed" is not: the ending must be one.
            var isRegular = plain.EndsWith("ed", StringComparison.Ordinal) && !Forms.ContainsKey(plain);
            if (isRegular && Words.Stem(plain) is var stem && stem != plain && stems.Exists(one => one.Contains(stem)))
                return true;
        }
        return false;
    }

    /// <summary>Words that carry nothing beside a noun: "have a haircut", "do the laundry".</summary>
    private static readonly HashSet<string> Empty = new([
        "ever",
        "have",
        "had",
        "do",
        "did",
        "get",
        "got",
        "time",
        "any",
    ]);

    /// <summary>Verbs whose past looks like the rest of them, and those that a diary says by another: of "see the dentist",
    /// "visited the dentist".</summary>
    private static readonly string[] SaidInstead =
    [
        "be was were been",
        "bake baked",
        "cut",
        "put",
        "set",
        "hit",
        "shut",
        "read",
        "go went gone visit visited",
        "meet met",
        "see saw seen met visited",
        "speak spoke spoken talked",
        "talk talked spoke",
        "visit visited went",
    ];

    private static readonly Dictionary<string, string[]> Forms = Build([.. SaidInstead, .. IrregularForms.Groups]);

    private static Dictionary<string, string[]> Build(IReadOnlyList<string> verbs)
    {
        var table = new Dictionary<string, string[]>(StringComparer.Ordinal);
        var words = verbs.Select(verb => verb.Split(' ')).ToList();
        foreach (var forms in words)
            table.TryAdd(forms[0], forms);
        // The first meaning of a form wins: "met" is of "meet" before it is of "see".
        foreach (var forms in words)
        foreach (var form in forms.Skip(1))
            table.TryAdd(form, forms);
        return table;
    }
}
