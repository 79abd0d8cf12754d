using System.Text;
using Edge.Notes;

namespace Edge.Assistant.Text;

/// <summary>
/// The words of a text and their stems, for comparing a question with a note: the index's stems, with number words as
/// digits and the parts of PetSets besides.
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
        return TextWords.Stem(plain);
    }

    /// <summary>Words that carry grammar rather than content.</summary>
    public static bool IsStopWord(string word) =>
        TextWords.IsStopWord(word) || word is "s" or "t" or "S" or "T" || Asking.Contains(word.ToLowerInvariant());

    /// <summary>Who, when, where, what, why, how, how much: in Korean, Arabic and Greek.</summary>
    private static readonly HashSet<string> Asking = new(
        "누가 누구 언제 어디 어디서 무엇 무엇을 왜 어떻게 얼마나 얼마 من متى أين ماذا ما لماذا كيف كم ποιος ποια ποιο πότε πού τι γιατί πώς πόσο πόσα".Split(
            ' '
        ),
        StringComparer.Ordinal
    );

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
}
