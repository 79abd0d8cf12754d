namespace Edge.Assistant.Evaluation;

/// <summary>
/// Porter's stemmer of 1980 with the changes that the NLTK makes to it, because published ROUGE figures are computed with
/// that one. For searching notes there is a better one (<see cref="Text.Words.Stem"/>).
/// </summary>
internal static class PorterStemmer
{
    private static readonly Dictionary<string, string> Irregular = new(StringComparer.Ordinal)
    {
        ["sky"] = "sky",
        ["skies"] = "sky",
        ["dying"] = "die",
        ["lying"] = "lie",
        ["tying"] = "tie",
        ["news"] = "news",
        ["innings"] = "inning",
        ["inning"] = "inning",
        ["outings"] = "outing",
        ["outing"] = "outing",
        ["cannings"] = "canning",
        ["canning"] = "canning",
        ["howe"] = "howe",
        ["proceed"] = "proceed",
        ["exceed"] = "exceed",
        ["succeed"] = "succeed",
    };

    // The first suffix that a word has is the only one that is tried.
    private static readonly (string Suffix, string Replacement)[] Step2 =
    [
        ("ational", "ate"),
        ("tional", "tion"),
        ("enci", "ence"),
        ("anci", "ance"),
        ("izer", "ize"),
        ("bli", "ble"),
        ("alli", "al"),
        ("entli", "ent"),
        ("eli", "e"),
        ("ousli", "ous"),
        ("ization", "ize"),
        ("ation", "ate"),
        ("ator", "ate"),
        ("alism", "al"),
        ("iveness", "ive"),
        ("fulness", "ful"),
        ("ousness", "ous"),
        ("aliti", "al"),
        ("iviti", "ive"),
        ("biliti", "ble"),
        ("fulli", "ful"),
    ];

    private static readonly (string Suffix, string Replacement)[] Step3 =
    [
        ("icate", "ic"),
        ("ative", ""),
        ("alize", "al"),
        ("iciti", "ic"),
        ("ical", "ic"),
        ("ful", ""),
        ("ness", ""),
    ];

    private static readonly string[] Step4 =
    [
        "al",
        "ance",
        "ence",
        "er",
        "ic",
        "able",
        "ible",
        "ant",
        "ement",
        "ment",
        "ent",
        "ion",
        "ou",
        "ism",
        "ate",
        "iti",
        "ous",
        "ive",
        "ize",
    ];

    /// <param name="word">Lower case.</param>
    public static string Stem(string word)
    {
        if (Irregular.TryGetValue(word, out var known))
            return known;
        if (word.Length <= 2)
            return word;
        word = PastAndGerund(Plural(word));
        if (word.EndsWith('y') && word.Length > 2 && IsConsonant(word, word.Length - 2))
            word = word[..^1] + "i";
        word = Derivations(word);
        word = Replace(word, Step3);
        return FinalEAndL(LastSuffix(word));
    }

    private static string Plural(string word)
    {
        if (Ends(word, "ies") && word.Length == 4)
            return word[..^1];
        if (Ends(word, "sses") || Ends(word, "ies"))
            return word[..^2];
        return Ends(word, "s") && !Ends(word, "ss") ? word[..^1] : word;
    }

    private static string PastAndGerund(string word)
    {
        if (Ends(word, "ied"))
            return word[..^(word.Length == 4 ? 1 : 2)];
        if (Ends(word, "eed"))
            return Measure(word[..^3]) > 0 ? word[..^1] : word;
        string stem;
        if (Ends(word, "ed") && HasVowel(word[..^2]))
            stem = word[..^2];
        else if (Ends(word, "ing") && HasVowel(word[..^3]))
            stem = word[..^3];
        else
            return word;
        if (Ends(stem, "at") || Ends(stem, "bl") || Ends(stem, "iz"))
            return stem + "e";
        if (stem.Length >= 2 && stem[^1] == stem[^2] && IsConsonant(stem, stem.Length - 1))
            return stem[^1] is 'l' or 's' or 'z' ? stem : stem[..^1];
        return Measure(stem) == 1 && EndsShort(stem) ? stem + "e" : stem;
    }

    private static string Derivations(string word)
    {
        if (Ends(word, "alli") && Measure(word[..^4]) > 0)
            return Derivations(word[..^2]);
        // Of "logi" only the last letter goes, and the measure is that of what stands before "ogi".
        if (Ends(word, "logi"))
            return Measure(word[..^3]) > 0 ? word[..^1] : word;
        return Replace(word, Step2);
    }

    private static string Replace(string word, (string Suffix, string Replacement)[] rules)
    {
        foreach (var (suffix, replacement) in rules)
        {
            if (Ends(word, suffix))
                return Measure(word[..^suffix.Length]) > 0 ? word[..^suffix.Length] + replacement : word;
        }
        return word;
    }

    private static string LastSuffix(string word)
    {
        foreach (var suffix in Step4)
        {
            if (!Ends(word, suffix))
                continue;
            var stem = word[..^suffix.Length];
            return Measure(stem) > 1 && (suffix != "ion" || stem[^1] is 's' or 't') ? stem : word;
        }
        return word;
    }

    private static string FinalEAndL(string word)
    {
        if (Ends(word, "e"))
        {
            var stem = word[..^1];
            if (Measure(stem) > 1 || (Measure(stem) == 1 && !EndsShort(stem)))
                word = stem;
        }
        return Ends(word, "ll") && Measure(word[..^1]) > 1 ? word[..^1] : word;
    }

    private static bool Ends(string word, string suffix) => word.EndsWith(suffix, StringComparison.Ordinal);

    private static bool IsConsonant(string word, int i)
    {
        if (word[i] is 'a' or 'e' or 'i' or 'o' or 'u')
            return false;
        var consonant = true;
        // A y after a consonant is a vowel; a run of them takes turns.
        for (; word[i] == 'y' && i > 0; i--)
        {
            if (word[i - 1] is 'a' or 'e' or 'i' or 'o' or 'u')
                return consonant;
            consonant = !consonant;
        }
        return consonant;
    }

    /// <summary>How often a vowel is followed by a consonant.</summary>
    private static int Measure(string stem)
    {
        var count = 0;
        for (var i = 1; i < stem.Length; i++)
            count += !IsConsonant(stem, i - 1) && IsConsonant(stem, i) ? 1 : 0;
        return count;
    }

    private static bool HasVowel(string stem)
    {
        for (var i = 0; i < stem.Length; i++)
        {
            if (!IsConsonant(stem, i))
                return true;
        }
        return false;
    }

    /// <summary>Consonant, vowel, consonant other than w, x, y; or a vowel and a consonant alone.</summary>
    private static bool EndsShort(string stem)
    {
        if (stem.Length == 2)
            return !IsConsonant(stem, 0) && IsConsonant(stem, 1);
        return stem.Length > 2
            && IsConsonant(stem, stem.Length - 3)
            && !IsConsonant(stem, stem.Length - 2)
            && IsConsonant(stem, stem.Length - 1)
            && stem[^1] is not ('w' or 'x' or 'y');
    }
}
