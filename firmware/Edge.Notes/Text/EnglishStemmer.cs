namespace Edge.Notes;

/// <summary>
/// The Snowball project's "English" stemmer (Porter2), written from its published description: "connections" and
/// "connecting" both become "connect". Words are lower-case ASCII letters and apostrophes; anything else comes back as is.
/// </summary>
public static class EnglishStemmer
{
    private const int WordCharsMax = 64;

    private static readonly Dictionary<string, string> Exceptions = new(StringComparer.Ordinal)
    {
        ["skis"] = "ski",
        ["skies"] = "sky",
        ["dying"] = "die",
        ["lying"] = "lie",
        ["tying"] = "tie",
        ["idly"] = "idl",
        ["gently"] = "gentl",
        ["ugly"] = "ugli",
        ["early"] = "earli",
        ["only"] = "onli",
        ["singly"] = "singl",
        ["sky"] = "sky",
        ["news"] = "news",
        ["howe"] = "howe",
        ["atlas"] = "atlas",
        ["cosmos"] = "cosmos",
        ["bias"] = "bias",
        ["andes"] = "andes",
    };

    private static readonly HashSet<string> FixedAfterPlural = new(StringComparer.Ordinal)
    {
        "inning",
        "outing",
        "canning",
        "herring",
        "earring",
        "proceed",
        "exceed",
        "succeed",
    };

    // Each list is ordered so that the longest matching suffix comes first; only that one is tried.
    private static readonly (string Suffix, string Replacement)[] Step2 =
    [
        ("ization", "ize"),
        ("ational", "ate"),
        ("fulness", "ful"),
        ("ousness", "ous"),
        ("iveness", "ive"),
        ("tional", "tion"),
        ("biliti", "ble"),
        ("lessli", "less"),
        ("entli", "ent"),
        ("ation", "ate"),
        ("alism", "al"),
        ("aliti", "al"),
        ("ousli", "ous"),
        ("iviti", "ive"),
        ("fulli", "ful"),
        ("enci", "ence"),
        ("anci", "ance"),
        ("abli", "able"),
        ("izer", "ize"),
        ("ator", "ate"),
        ("alli", "al"),
        ("bli", "ble"),
        ("ogi", "og"),
        ("li", ""),
    ];

    private static readonly (string Suffix, string Replacement)[] Step3 =
    [
        ("ational", "ate"),
        ("tional", "tion"),
        ("alize", "al"),
        ("icate", "ic"),
        ("iciti", "ic"),
        ("ative", ""),
        ("ical", "ic"),
        ("ness", ""),
        ("ful", ""),
    ];

    private static readonly string[] Step4 =
    [
        "ement",
        "ance",
        "ence",
        "able",
        "ible",
        "ment",
        "ant",
        "ent",
        "ism",
        "ate",
        "iti",
        "ous",
        "ive",
        "ize",
        "ion",
        "al",
        "er",
        "ic",
    ];

    private static readonly string[] LongR1 = ["gener", "commun", "arsen"];

    /// <param name="word">Lower case.</param>
    public static string Stem(string word)
    {
        ArgumentNullException.ThrowIfNull(word);
        if (word.Length is <= 2 or > WordCharsMax || !word.All(c => char.IsAsciiLetterLower(c) || c == '\''))
            return word;
        if (Exceptions.TryGetValue(word, out var fixedStem))
            return fixedStem;
        var w = new Work(word, stackalloc char[WordCharsMax + 2]);
        w.Apostrophes();
        if (w.Length <= 2)
            return w.ToString();
        w.MarkConsonantY();
        w.FindRegions();
        w.Plural();
        if (!FixedAfterPlural.Contains(w.ToString()))
        {
            w.PastAndGerund();
            w.FinalY();
            w.DerivationalSuffixes();
            w.AdjectiveSuffixes();
            w.LastSuffixes();
            w.FinalEAndL();
        }
        return w.ToString();
    }

    /// <summary>A word being stemmed. A 'y' that is a consonant is held as 'Y'. R1 and R2 are the indices where the
    /// description's two regions start.</summary>
    private ref struct Work
    {
        private readonly Span<char> text;
        private int r1;
        private int r2;

        public Work(string word, Span<char> buffer)
        {
            text = buffer;
            var start = word[0] == '\'' ? 1 : 0;
            word.AsSpan(start).CopyTo(text);
            Length = word.Length - start;
        }

        public int Length { get; private set; }

        public override readonly string ToString() => new string(text[..Length]).Replace('Y', 'y');

        public void Apostrophes()
        {
            if (Ends("'s'"))
                Length -= 3;
            else if (Ends("'s"))
                Length -= 2;
            else if (Ends("'"))
                Length -= 1;
        }

        public readonly void MarkConsonantY()
        {
            for (var i = 0; i < Length; i++)
            {
                if (text[i] == 'y' && (i == 0 || IsVowel(i - 1)))
                    text[i] = 'Y';
            }
        }

        public void FindRegions()
        {
            r1 = AfterVowelConsonant(0);
            foreach (var prefix in LongR1)
            {
                if (text[..Length].StartsWith(prefix))
                    r1 = prefix.Length;
            }
            r2 = AfterVowelConsonant(r1);
        }

        public void Plural()
        {
            if (Ends("sses"))
                Length -= 2;
            else if (Ends("ied") || Ends("ies"))
                Length -= Length > 4 ? 2 : 1;
            else if (Ends("s") && !Ends("us") && !Ends("ss") && HasVowel(Length - 2))
                Length -= 1;
        }

        public void PastAndGerund()
        {
            foreach (var suffix in (ReadOnlySpan<string>)["eedly", "eed"])
            {
                if (!Ends(suffix))
                    continue;
                if (Length - suffix.Length >= r1)
                    Length -= suffix.Length - 2;
                return;
            }
            foreach (var suffix in (ReadOnlySpan<string>)["ingly", "edly", "ing", "ed"])
            {
                if (!Ends(suffix))
                    continue;
                if (HasVowel(Length - suffix.Length))
                    Mend(Length - suffix.Length);
                return;
            }
        }

        public readonly void FinalY()
        {
            if (Length > 2 && text[Length - 1] is 'y' or 'Y' && !IsVowel(Length - 2))
                text[Length - 1] = 'i';
        }

        public void DerivationalSuffixes()
        {
            foreach (var (suffix, replacement) in Step2)
            {
                if (!Ends(suffix))
                    continue;
                var at = Length - suffix.Length;
                if (at < r1 || (suffix == "ogi" && (at == 0 || text[at - 1] != 'l')))
                    return;
                if (suffix == "li" && (at == 0 || !"cdeghkmnrt".Contains(text[at - 1])))
                    return;
                Replace(at, replacement);
                return;
            }
        }

        public void AdjectiveSuffixes()
        {
            foreach (var (suffix, replacement) in Step3)
            {
                if (!Ends(suffix))
                    continue;
                var at = Length - suffix.Length;
                if (at >= r1 && (suffix != "ative" || at >= r2))
                    Replace(at, replacement);
                return;
            }
        }

        public void LastSuffixes()
        {
            foreach (var suffix in Step4)
            {
                if (!Ends(suffix))
                    continue;
                var at = Length - suffix.Length;
                if (at >= r2 && (suffix != "ion" || (at > 0 && text[at - 1] is 's' or 't')))
                    Length = at;
                return;
            }
        }

        public void FinalEAndL()
        {
            var at = Length - 1;
            if (Ends("e"))
            {
                if (at >= r2 || (at >= r1 && !EndsShort(at)))
                    Length = at;
            }
            else if (Ends("ll") && at >= r2)
            {
                Length = at;
            }
        }

        private readonly bool Ends(string suffix) => text[..Length].EndsWith(suffix);

        private readonly bool IsVowel(int i) => text[i] is 'a' or 'e' or 'i' or 'o' or 'u' or 'y';

        private readonly bool HasVowel(int end)
        {
            for (var i = 0; i < end; i++)
            {
                if (IsVowel(i))
                    return true;
            }
            return false;
        }

        private readonly int AfterVowelConsonant(int start)
        {
            for (var i = start + 1; i < Length; i++)
            {
                if (!IsVowel(i) && IsVowel(i - 1))
                    return i + 1;
            }
            return Length;
        }

        /// <summary>After "ed" or "ing" is gone: hoped is hope, hopping is hop, luxuriated is luxuriate.</summary>
        private void Mend(int length)
        {
            Length = length;
            if (Ends("at") || Ends("bl") || Ends("iz") || (r1 >= Length && EndsShort(Length)))
                text[Length++] = 'e';
            else if (Length > 1 && text[Length - 1] == text[Length - 2] && "bdfgmnprt".Contains(text[Length - 1]))
                Length -= 1;
        }

        /// <summary>The description's short syllable, ending at <paramref name="end"/> (exclusive).</summary>
        private readonly bool EndsShort(int end)
        {
            if (end == 2)
                return IsVowel(0) && !IsVowel(1);
            return end > 2
                && !IsVowel(end - 1)
                && text[end - 1] is not ('w' or 'x' or 'Y')
                && IsVowel(end - 2)
                && !IsVowel(end - 3);
        }

        private void Replace(int at, string replacement)
        {
            replacement.CopyTo(text[at..]);
            Length = at + replacement.Length;
        }
    }
}
