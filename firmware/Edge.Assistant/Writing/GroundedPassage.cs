using System.Globalization;
using System.Text;
using Edge.Inference.Tokenizers;

namespace Edge.Assistant.Writing;

/// <summary>
/// A passage as the bytes that tokens spell, and where in it an answer may begin and end: at the edges of words, never
/// inside a character, a number such as 1,000 or -2.5, or a word such as can't. Scripts without spaces (Chinese,
/// Japanese, Korean, Thai and their like) may be cut between any two characters.
/// </summary>
internal sealed class GroundedPassage
{
    private readonly string text;

    /// <summary>(bytes + 1): where each byte's character begins in the text, UTF-16 units.</summary>
    private readonly int[] chars;

    private readonly bool[] starts;
    private readonly bool[] ends;

    /// <summary>(bytes): the token that the passage's own encoding has there, or -1.</summary>
    private readonly int[] own;

    private readonly int[] ownBytes;

    /// <param name="text">Unpaired surrogates count as U+FFFD, as in every prompt.</param>
    public GroundedPassage(string text, Tokenizer tokenizer)
    {
        this.text = text;
        Bytes = Encoding.UTF8.GetBytes(text);
        chars = new int[Bytes.Length + 1];
        starts = new bool[Bytes.Length + 1];
        ends = new bool[Bytes.Length + 1];
        own = new int[Bytes.Length];
        ownBytes = new int[Bytes.Length];
        Array.Fill(chars, -1);
        Array.Fill(own, -1);
        MarkEdges();
        MarkTokens(tokenizer);
    }

    public byte[] Bytes { get; }

    /// <summary>Where the character at a byte offset that is an edge begins, UTF-16 units.</summary>
    public int CharAt(int offset) => chars[offset];

    public bool CanEnd(int offset) => ends[offset];

    public IEnumerable<int> Starts
    {
        get
        {
            for (var i = 0; i < Bytes.Length; i++)
            {
                if (starts[i])
                    yield return i;
            }
        }
    }

    /// <summary>The text between two byte offsets that are edges, and where it begins, UTF-16 units.</summary>
    public (string Text, int Start) Between(int start, int end) => (text[chars[start]..chars[end]], chars[start]);

    /// <summary>A likely next token of a text that copies the passage up to here: the passage's own where one begins, else
    /// the longest that does not reach over the next. It is only a guess. Null at the end.</summary>
    public (int Token, int Bytes)? Guess(int offset, TokenTrie trie)
    {
        if (offset == Bytes.Length)
            return null;
        if (own[offset] >= 0)
            return (own[offset], ownBytes[offset]);
        var next = offset + 1;
        while (next < Bytes.Length && own[next] < 0)
            next++;
        var found = new List<(int Token, int Bytes)>();
        trie.Match(Bytes.AsSpan(offset, next - offset), found);
        return found.Count > 0 ? found[^1] : null;
    }

    private void MarkEdges()
    {
        var at = 0;
        for (var i = 0; i < text.Length; )
        {
            // Half a surrogate pair is an element of its own.
            var length = StringInfo.GetNextTextElementLength(text.AsSpan(i));
            chars[at] = i;
            var joined = i > 0 && Joins(i);
            starts[at] = !joined && !IsWhite(i) && (IsWord(i) || i == 0 || !IsWord(i - 1));
            ends[at] = i > 0 && !joined && !IsWhite(i - 1);
            at += Encoding.UTF8.GetByteCount(text.AsSpan(i, length));
            i += length;
        }
        chars[at] = text.Length;
        ends[at] = text.Length > 0 && !IsWhite(text.Length - 1);
    }

    /// <summary>Whether what stands on both sides of this place belongs together.</summary>
    private bool Joins(int i)
    {
        var (before, after) = (text[i - 1], text[i]);
        if (IsWord(i - 1) && IsWord(i))
            return !WithoutSpaces(before) && !WithoutSpaces(after);
        if (char.IsAsciiDigit(after))
            return (before is '.' or ',' && i > 1 && char.IsAsciiDigit(text[i - 2]))
                || (before is '-' or '−' && (i == 1 || !IsWord(i - 2)));
        if (after is '.' or ',' && char.IsAsciiDigit(before))
            return i + 1 < text.Length && char.IsAsciiDigit(text[i + 1]);
        // Not "I can" of "I can't", nor the t alone.
        if (after is '\'' or '’')
            return before is 'n' or 'N' && i + 1 < text.Length && text[i + 1] is 't' or 'T';
        return before is '\'' or '’' && after is 't' or 'T' && i > 1 && text[i - 2] is 'n' or 'N';
    }

    private bool IsWhite(int i) => char.IsWhiteSpace(text[i]);

    private bool IsWord(int i) => char.IsLetterOrDigit(text[i]) || char.IsSurrogate(text[i]) || IsMark(text[i]);

    private static bool IsMark(char c) =>
        char.GetUnicodeCategory(c)
            is UnicodeCategory.NonSpacingMark
                or UnicodeCategory.SpacingCombiningMark
                or UnicodeCategory.EnclosingMark;

    private static bool WithoutSpaces(char c) =>
        c
            is (>= '\u0E00' and <= '\u0EFF')
                or (>= '\u1000' and <= '\u109F')
                or (>= '\u1780' and <= '\u17FF')
                or (>= '\u3040' and <= '\u30FF')
                or (>= '\u3400' and <= '\u9FFF')
                or (>= '\uAC00' and <= '\uD7AF')
                or (>= '\uD800' and <= '\uDFFF')
                or (>= '\uF900' and <= '\uFAFF')
                or (>= '\uFF66' and <= '\uFF9F');

    /// <summary>Where a vocabulary puts a space before the text, its first token is one byte longer than what it spells here.</summary>
    private void MarkTokens(Tokenizer tokenizer)
    {
        var at = tokenizer.AddsSpacePrefix ? -1 : 0;
        foreach (var id in tokenizer.Encode(text, addBos: false))
        {
            var bytes = tokenizer.TokenBytes(id);
            if (at >= 0 && (at + bytes.Length > Bytes.Length || !bytes.SequenceEqual(Bytes.AsSpan(at, bytes.Length))))
                return; // A token that does not spell the text: the guesses end here.
            if (at >= 0 && bytes.Length > 0)
                (own[at], ownBytes[at]) = (id, bytes.Length);
            at += bytes.Length;
        }
    }
}
