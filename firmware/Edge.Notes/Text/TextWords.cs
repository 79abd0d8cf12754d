using System.Text;

namespace Edge.Notes;

/// <summary>A word of a text: where it stands, and its folded form (lower case, no accents).</summary>
public readonly record struct TextWord(int Start, int Length, string Folded);

/// <summary>How the index sees text: words, stop words and stems. Whoever scores sentences the way the index scores
/// passages uses the same three.</summary>
public static class TextWords
{
    /// <summary>Longer runs (hashes, base64) are cut here.</summary>
    private const int WordCharsMax = 40;

    // Accented Latin letters from U+00C0 and U+0100 without their marks; '_' is no letter.
    private const string Latin1 = "aaaaaaaceeeeiiiidnooooo_ouuuuytsaaaaaaaceeeeiiiidnooooo_ouuuuyty";

    private const string LatinExtended =
        "aaaaaaccccccccddddeeeeeeeeeegggggggghhhhiiiiiiiiiiiijjkkkllllllllllnnnnnnnnnoooooooorrrrrrssssssss"
        + "ttttttuuuuuuuuuuuuwwyyyzzzzzzs";

    private static readonly HashSet<string> StopWords = new(
        (
            "a about after all also am an and any are as at be because been before being between both but by can could "
            + "did do does doing done during each either else ever for from further get gets got had has have having he "
            + "her here hers him his how i if in into is it its itself just let may me might mine more most much must my "
            + "myself no nor not now of off on once one only or other our ours out over own rather same shall she should "
            + "so some still such than that the their theirs them themselves then there these they this those through to "
            + "too under until up upon us very was we were what whatever when where whether which while who whom whose "
            + "why will with within without would yes yet you your yours yourself "
            + "don't doesn't didn't isn't aren't wasn't weren't can't couldn't won't wouldn't shouldn't haven't hasn't "
            + "hadn't i'm i've i'll i'd you're you've you'll he's she's it's we're we've they're they've that's what's "
            + "who's where's when's how's there's here's let's many tell please"
        ).Split(' '),
        StringComparer.Ordinal
    );

    /// <summary>Words are runs of letters and digits, with apostrophes inside; each Chinese or Japanese character is a
    /// word of its own.</summary>
    public static IEnumerable<TextWord> Split(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var folded = new StringBuilder();
        var start = -1;
        for (var i = 0; i < text.Length; i++)
        {
            var c = text[i];
            if (IsWordCharacter(text, i) && !IsIdeograph(c))
            {
                if (start < 0)
                    start = i;
                Fold(c, folded);
                continue;
            }
            if (start >= 0 && Finish(start, i, folded) is { } word)
                yield return word;
            start = -1;
            if (IsIdeograph(c))
                yield return new TextWord(i, 1, c.ToString());
        }
        if (start >= 0 && Finish(start, text.Length, folded) is { } last)
            yield return last;
    }

    /// <summary>The stems of all words in order, stop words included: what the index stores.</summary>
    public static IReadOnlyList<string> Stems(string text)
    {
        var stems = new List<string>();
        foreach (var word in Split(text))
            stems.Add(Stem(word.Folded));
        return stems;
    }

    /// <summary>"Connections" and "connecting" are "connect", "took" is "take".</summary>
    /// <param name="folded">As <see cref="Split"/> gives it.</param>
    public static string Stem(string folded)
    {
        var stem = EnglishStemmer.Stem(IrregularForms.BaseOf(folded));
        return stem.Contains('\'') ? stem.Replace("'", "", StringComparison.Ordinal) : stem;
    }

    /// <summary>True for words that carry grammar rather than content, in any case.</summary>
    public static bool IsStopWord(string word)
    {
        ArgumentNullException.ThrowIfNull(word);
        return StopWords.Contains(word) || StopWords.Contains(word.ToLowerInvariant().Replace('’', '\''));
    }

    /// <summary>Null for a run of nothing but combining marks.</summary>
    private static TextWord? Finish(int start, int end, StringBuilder folded)
    {
        if (folded.Length > WordCharsMax)
            folded.Length = WordCharsMax;
        TextWord? word = folded.Length == 0 ? null : new TextWord(start, end - start, folded.ToString());
        folded.Clear();
        return word;
    }

    private static bool IsWordCharacter(string text, int i)
    {
        var c = text[i];
        if (char.IsAscii(c))
        {
            return char.IsAsciiLetterOrDigit(c) || (c == '\'' && IsBetweenLetters(text, i));
        }
        if (c == '’')
            return IsBetweenLetters(text, i);
        if (char.IsSurrogate(c))
            return IsLetterPair(text, i);
        // Combining marks continue a word, wherever they stand; they are folded away.
        return char.IsLetterOrDigit(c) || IsMark(c);
    }

    private static bool IsBetweenLetters(string text, int i) =>
        i > 0 && i + 1 < text.Length && char.IsLetter(text[i - 1]) && char.IsLetter(text[i + 1]);

    private static bool IsLetterPair(string text, int i)
    {
        var first = char.IsHighSurrogate(text[i]) ? i : i - 1;
        return first >= 0
            && first + 1 < text.Length
            && char.IsSurrogatePair(text[first], text[first + 1])
            && Rune.IsLetterOrDigit(new Rune(text[first], text[first + 1]));
    }

    private static bool IsMark(char c) => c is >= '\u0300' and <= '\u036F';

    private static bool IsIdeograph(char c) =>
        c is (>= '\u3040' and <= '\u30FF') or (>= '\u3400' and <= '\u9FFF') or (>= '\uF900' and <= '\uFAFF');

    private static void Fold(char c, StringBuilder folded)
    {
        if (char.IsAscii(c))
        {
            folded.Append(char.ToLowerInvariant(c));
            return;
        }
        switch (c)
        {
            case '’':
                folded.Append('\'');
                break;
            case 'Æ' or 'æ':
                folded.Append("ae");
                break;
            case 'Œ' or 'œ':
                folded.Append("oe");
                break;
            case 'ß' or 'ẞ':
                folded.Append("ss");
                break;
            case 'Þ' or 'þ':
                folded.Append("th");
                break;
            case >= '\u00C0' and <= '\u00FF':
                folded.Append(Latin1[c - '\u00C0']);
                break;
            case >= '\u0100' and <= '\u017F':
                folded.Append(LatinExtended[c - '\u0100']);
                break;
            default:
                if (!IsMark(c))
                    folded.Append(char.ToLowerInvariant(c));
                break;
        }
    }
}
