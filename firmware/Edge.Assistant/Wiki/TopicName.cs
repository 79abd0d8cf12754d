using System.Globalization;
using System.Text;
using Edge.Assistant.Text;
using Edge.Notes;

namespace Edge.Assistant.Wiki;

/// <summary>What a topic is called on disk and on a page. Names come out of notes: any text is turned into something safe.</summary>
internal static class TopicName
{
    private const int StemCharsMax = 60;
    private const int StemBytesMax = 120;
    private const int HashChars = 8;
    private const int ShownCharsMax = 120;

    /// <summary>Names that the wiki itself or an operating system keeps.</summary>
    private static readonly HashSet<string> Reserved = new(
        (
            "index log con prn aux nul com1 com2 com3 com4 com5 com6 com7 com8 com9 "
            + "lpt1 lpt2 lpt3 lpt4 lpt5 lpt6 lpt7 lpt8 lpt9"
        ).Split(' '),
        StringComparer.Ordinal
    );

    /// <summary>
    /// The topic's identity and its page's file name without ".md": lower-case letters and digits of any script, dashes
    /// between words; never empty, never with a dot or slash. "../Seed List" gives "seed-list"; a name without letters,
    /// or one that is cut, ends in a hash of the name.
    /// </summary>
    public static string Stem(string name)
    {
        var words = Words(name);
        if (words.Length == 0)
            return $"topic-{Hash(name)}";
        if (Reserved.Contains(words))
            return $"{words}-{Hash(words)}";
        if (words.Length <= StemCharsMax && Encoding.UTF8.GetByteCount(words) <= StemBytesMax)
            return words;
        return $"{Cut(words)}-{Hash(words)}";
    }

    /// <summary>One line without control characters and what a reader does not see, at most 120 characters.</summary>
    public static string Shown(string name)
    {
        var plain = new StringBuilder();
        foreach (var c in Hidden.Remove(name))
        {
            if (!char.IsWhiteSpace(c) && !char.IsControl(c))
                plain.Append(c);
            else if (plain.Length > 0 && plain[^1] != ' ')
                plain.Append(' ');
        }
        var shown = plain.ToString().Trim();
        if (shown.Length > ShownCharsMax)
            shown =
                shown[..(char.IsHighSurrogate(shown[ShownCharsMax - 2]) ? ShownCharsMax - 2 : ShownCharsMax - 1)] + "…";
        return shown.Length > 0 ? shown : "(no name)";
    }

    private static string Words(string name)
    {
        var words = new StringBuilder();
        var gap = false;
        foreach (var rune in name.EnumerateRunes())
        {
            switch (Rune.GetUnicodeCategory(rune))
            {
                case UnicodeCategory.UppercaseLetter
                or UnicodeCategory.LowercaseLetter
                or UnicodeCategory.TitlecaseLetter
                or UnicodeCategory.ModifierLetter
                or UnicodeCategory.OtherLetter
                or UnicodeCategory.DecimalDigitNumber:
                    words.Append(gap && words.Length > 0 ? "-" : "").Append(Rune.ToLowerInvariant(rune).ToString());
                    gap = false;
                    break;
                // Vowel signs belong to the word before them; accents of Latin letters are folded away.
                case UnicodeCategory.NonSpacingMark or UnicodeCategory.SpacingCombiningMark:
                    if (!gap && words.Length > 0 && rune.Value is not (>= 0x300 and <= 0x36F))
                        words.Append(rune.ToString());
                    break;
                case UnicodeCategory.Format:
                    break;
                default:
                    // "C", "C++" and "C#" are three topics.
                    if (!gap && words.Length > 0 && rune.Value is '+' or '#')
                        words.Append(rune.Value == '+' ? "plus" : "sharp");
                    else if (rune.Value is not ('\'' or '’'))
                        gap = true;
                    break;
            }
        }
        return Text.Words.Fold(words.ToString());
    }

    private static string Cut(string words)
    {
        var end = Math.Min(words.Length, StemCharsMax);
        while (Encoding.UTF8.GetByteCount(words.AsSpan(0, end)) > StemBytesMax || char.IsHighSurrogate(words[end - 1]))
            end--;
        return words[..end].TrimEnd('-');
    }

    private static string Hash(string text) => ContentHash.Of(Encoding.UTF8.GetBytes(text))[..HashChars];
}
