using Edge.Assistant.Text;

namespace Edge.Assistant.Writing;

/// <summary>
/// Nothing is made up: a sentence of a model is kept only when every number and every name in it stands in the text that
/// it was written from, and most of its words do. The first word of a sentence may be a name and is taken for one.
/// </summary>
public static class Grounding
{
    /// <summary>Least share of a sentence's content words that the source must have.</summary>
    public const double WordShareMin = 0.6;

    /// <summary>The kept sentences, a space between; null when none is left.</summary>
    public static string? Keep(string written, string source)
    {
        var plain = PlainText.Of(written);
        var stems = Words.Stems(source).ToHashSet(StringComparer.Ordinal);
        var kept = new List<string>();
        foreach (var range in SentenceSplitter.Split(plain))
        {
            var sentence = plain[range];
            if (Stands(sentence, stems))
                kept.Add(sentence.ReplaceLineEndings(" "));
        }
        return kept.Count > 0 ? string.Join(' ', kept) : null;
    }

    /// <summary>Whether a text has a word, stop words left out, that also stands in the other.</summary>
    public static bool Concerns(string text, string other)
    {
        var stems = Words.Stems(other).ToHashSet(StringComparer.Ordinal);
        return Words.Of(text).Any(word => !Words.IsStopWord(word) && stems.Contains(Words.Stem(word)));
    }

    /// <summary>Whether stems have every number and name of a sentence, and most of its words.</summary>
    internal static bool Stands(string sentence, HashSet<string> source)
    {
        var content = 0;
        var found = 0;
        foreach (var word in Words.Of(sentence))
        {
            var known = source.Contains(Words.Stem(word));
            var isNumber = word.Any(char.IsDigit);
            var isName = char.IsUpper(word[0]) && !Words.IsStopWord(word);
            if ((isNumber || isName) && !known)
                return false;
            if (Words.IsStopWord(word))
                continue;
            content++;
            found += known ? 1 : 0;
        }
        return content > 0 && found >= WordShareMin * content;
    }
}
