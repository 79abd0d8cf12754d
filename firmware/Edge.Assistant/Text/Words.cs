using System.Text;

namespace Edge.Assistant.Text;

/// <summary>
/// The words of a text and their stems, for comparing a question with a note. The stems are this class's own: they are
/// only ever compared with each other.
/// </summary>
public static class Words
{
    /// <summary>Longest word that is looked at; the rest of a longer one is ignored.</summary>
    public const int WordCharsMax = 40;

    /// <summary>Stems in order, with repeats. "Kube-Lego's PetSets" gives kube, lego, petset, pet, set.</summary>
    public static IEnumerable<string> Stems(string text)
    {
        foreach (var word in Of(text))
        {
            yield return Stem(word);
            foreach (var part in HumpsOf(word))
                yield return Stem(part);
        }
    }

    /// <summary>Runs of letters and digits as written; "'s" is dropped, "1.3" and "1,000" stay whole.</summary>
    public static IEnumerable<string> Of(string text)
    {
        for (var i = 0; i < text.Length; )
        {
            if (!char.IsLetterOrDigit(text[i]))
            {
                i++;
                continue;
            }
            var start = i;
            while (i < text.Length && (char.IsLetterOrDigit(text[i]) || Joins(text, i)))
                i++;
            yield return text.Substring(start, Math.Min(i - start, WordCharsMax));
            if (i + 1 < text.Length && text[i] is '\'' or '’' && text[i + 1] is 's' or 'S')
                i += i + 2 >= text.Length || !char.IsLetterOrDigit(text[i + 2]) ? 2 : 1;
        }
    }

    /// <summary>Lower case, accents off, numbers as digits, and common English endings off.</summary>
    public static string Stem(string word)
    {
        var plain = Fold(word);
        if (NumberWords.TryGetValue(plain, out var digits))
            return digits;
        if (plain.Length < 4 || !char.IsAsciiLetter(plain[^1]))
            return plain;
        return Suffixes(plain);
    }

    private static bool Joins(string text, int i) =>
        text[i] is '.' or ','
        && i > 0
        && char.IsAsciiDigit(text[i - 1])
        && i + 1 < text.Length
        && char.IsAsciiDigit(text[i + 1]);

    /// <summary>"PetSets" gives Pet and Sets; nothing for words without humps.</summary>
    private static IEnumerable<string> HumpsOf(string word)
    {
        var start = 0;
        for (var i = 1; i < word.Length; i++)
        {
            if (!char.IsUpper(word[i]) || !char.IsLower(word[i - 1]))
                continue;
            yield return word[start..i];
            start = i;
        }
        if (start > 0)
            yield return word[start..];
    }

    /// <summary>Lower case with the accents of European letters off.</summary>
    public static string Fold(string word)
    {
        var lower = word.ToLowerInvariant();
        if (System.Text.Ascii.IsValid(lower))
            return lower;
        var kept = new StringBuilder(lower.Length);
        foreach (var c in lower)
        {
            var at = Accented.IndexOf(c);
            kept.Append(at >= 0 ? Bare[at] : c);
        }
        return kept.ToString();
    }

    private const string Accented = "àáâãäåçèéêëìíîïñòóôõöøùúûüýÿčďěńňřšťůžłßœæ";
    private const string Bare = "aaaaaaceeeeiiiinoooooouuuuyycdennrstuzlsoa";

    private static readonly Dictionary<string, string> NumberWords = new(StringComparer.Ordinal)
    {
        ["one"] = "1",
        ["two"] = "2",
        ["three"] = "3",
        ["four"] = "4",
        ["five"] = "5",
        ["six"] = "6",
        ["seven"] = "7",
        ["eight"] = "8",
        ["nine"] = "9",
        ["ten"] = "10",
        ["eleven"] = "11",
        ["twelve"] = "12",
        ["fifteen"] = "15",
        ["twenty"] = "20",
        ["thirty"] = "30",
        ["forty"] = "40",
        ["fifty"] = "50",
        ["sixty"] = "60",
        ["hundred"] = "100",
    };

    private static string Suffixes(string word)
    {
        word = Plural(word);
        if (Cut(word, "ational", 3) is { } national)
            return national + "ate";
        foreach (var (ending, instead) in Endings)
        {
            if (Cut(word, ending, 3) is { } stem && HasVowel(stem))
                return Finish(stem + instead);
        }
        return Finish(word);
    }

    /// <summary>Longest first; what is left must have three letters and a vowel.</summary>
    private static readonly (string Ending, string Instead)[] Endings =
    [
        ("ization", "ize"),
        ("isation", "ize"),
        ("fulness", "ful"),
        ("iveness", "ive"),
        ("ication", "ic"),
        ("ation", "ate"),
        ("ingly", ""),
        ("ment", ""),
        ("ness", ""),
        ("edly", ""),
        ("tion", "t"),
        ("sion", "s"),
        ("ally", "al"),
        ("ying", "y"),
        ("ing", ""),
        ("ied", "y"),
        ("ity", ""),
        ("ers", ""),
        ("ed", ""),
        ("er", ""),
        ("or", ""),
        ("ly", ""),
    ];

    private static string Plural(string word)
    {
        if (word.EndsWith("sses", StringComparison.Ordinal))
            return word[..^2];
        if (word.EndsWith("ies", StringComparison.Ordinal) && word.Length > 4)
            return word[..^3] + "y";
        if (
            word.Length > 4
            && (
                word.EndsWith("ches", StringComparison.Ordinal)
                || word.EndsWith("shes", StringComparison.Ordinal)
                || word.EndsWith("xes", StringComparison.Ordinal)
                || word.EndsWith("oes", StringComparison.Ordinal)
            )
        )
            return word[..^2];
        var isPlural = word[^1] == 's' && word[^2] is not ('s' or 'u' or 'i');
        return isPlural ? word[..^1] : word;
    }

    private static string? Cut(string word, string ending, int leastLeft) =>
        word.Length - ending.Length >= leastLeft && word.EndsWith(ending, StringComparison.Ordinal)
            ? word[..^ending.Length]
            : null;

    private static readonly System.Buffers.SearchValues<char> Vowels = System.Buffers.SearchValues.Create("aeiouy");

    private static bool HasVowel(string stem) => stem.AsSpan().ContainsAny(Vowels);

    /// <summary>Makes "stop" of "stopp", "activat" of "activate", "appli" of "apply", so that forms of a word meet.</summary>
    private static string Finish(string stem)
    {
        if (stem.Length > 3 && stem[^1] == stem[^2] && stem[^1] is not ('l' or 's' or 'z' or 'e' or 'o'))
            return stem[..^1];
        if (stem.Length > 3 && stem[^1] == 'e')
            return stem[..^1];
        return stem.Length > 3 && stem[^1] == 'y' ? stem[..^1] + "i" : stem;
    }
}
