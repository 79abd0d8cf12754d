using System.Runtime.InteropServices;
using Edge.Inference.Tokenizers;

namespace Edge.Training.Data;

/// <summary>
/// Encodes as the tokenizer does, remembering words: text repeats itself, and looking a word up is many times faster than
/// merging it. Not for two threads at once.
/// </summary>
/// <remarks>
/// A text is cut before a space that a letter follows, and between an ASCII letter and a mark such as a comma. No way of
/// splitting text that the engine knows lets a word go on there, none looks back over such a place, and
/// <see cref="CanCut"/> makes sure that no token does: so the tokens of the pieces are the tokens of the text.
/// </remarks>
internal sealed class CachedEncoder(Tokenizer tokenizer)
{
    /// <summary>Words kept; later new ones are encoded each time.</summary>
    private const int WordsMax = 400_000;

    private const int WordCharsMax = 40;

    private const string Marks = ",.;:!?)\"\n";

    private readonly bool canCut = CanCut(tokenizer);
    private readonly Dictionary<string, (int Start, int Length)> words = [];
    private readonly List<int> wordIds = [];

    public Tokenizer Tokenizer => tokenizer;

    /// <summary>The tokens of a text, without BOS; control tokens are not recognised in it.</summary>
    public List<int> Encode(ReadOnlySpan<char> text)
    {
        var ids = new List<int>((text.Length / 3) + 2);
        Encode(text, ids);
        return ids;
    }

    /// <summary>Adds the tokens of a text.</summary>
    public void Encode(ReadOnlySpan<char> text, List<int> ids)
    {
        if (!canCut)
        {
            ids.AddRange(tokenizer.Encode(text.ToString(), addBos: false));
            return;
        }
        var start = 0;
        for (var at = 1; at < text.Length; at++)
        {
            if (!IsCut(text, at))
                continue;
            EncodeWord(text[start..at], ids);
            start = at;
        }
        if (start < text.Length)
            EncodeWord(text[start..], ids);
    }

    private void EncodeWord(ReadOnlySpan<char> word, List<int> ids)
    {
        var known = words.GetAlternateLookup<ReadOnlySpan<char>>();
        if (known.TryGetValue(word, out var range))
        {
            ids.AddRange(CollectionsMarshal.AsSpan(wordIds).Slice(range.Start, range.Length));
            return;
        }
        var text = word.ToString();
        var encoded = tokenizer.Encode(text, addBos: false);
        ids.AddRange(encoded);
        if (words.Count >= WordsMax || text.Length > WordCharsMax)
            return;
        words.Add(text, (wordIds.Count, encoded.Length));
        wordIds.AddRange(encoded);
    }

    /// <summary>Whether a word ends before <paramref name="at"/>, 1 to length - 1.</summary>
    private static bool IsCut(ReadOnlySpan<char> text, int at)
    {
        var c = text[at];
        if (c > '?')
            return false;
        var before = text[at - 1];
        return c == ' '
            ? at + 1 < text.Length && char.IsLetter(text[at + 1]) && !char.IsWhiteSpace(before)
            : char.IsAsciiLetter(before) && Marks.Contains(c);
    }

    /// <summary>Whether no token of the vocabulary spans a place where texts are cut.</summary>
    private static bool CanCut(Tokenizer tokenizer)
    {
        if (tokenizer.AddsSpacePrefix)
            return false;
        for (var id = 0; id < tokenizer.VocabSize; id++)
        {
            var bytes = tokenizer.TokenBytes(id);
            for (var at = 1; at < bytes.Length; at++)
            {
                var before = bytes[at - 1];
                if (bytes[at] == (byte)' ' && before > (byte)' ')
                    return false;
                if (bytes[at] < 0x80 && char.IsAsciiLetter((char)before) && Marks.Contains((char)bytes[at]))
                    return false;
            }
        }
        return true;
    }
}
