using System.Buffers;
using System.Text;

namespace Edge.Inference.Tokenizers;

/// <summary>
/// Finds the written forms of special tokens in a text: leftmost first, the longest of those that start there. The
/// forms are sorted, so that a match narrows a range letter by letter instead of trying them all.
/// </summary>
internal sealed class SpecialTokens
{
    private readonly string[] texts;
    private readonly int[] ids;
    private readonly SearchValues<char> firsts;

    /// <param name="types">Tokens of these types are found.</param>
    public SpecialTokens(Vocabulary vocabulary, params TokenType[] types)
    {
        var found = new SortedDictionary<string, int>(StringComparer.Ordinal);
        for (var id = 0; id < vocabulary.Count; id++)
        {
            if (!types.Contains(vocabulary.Type(id)))
                continue;
            var text = Encoding.UTF8.GetString(vocabulary.Text(id));
            // A replacement character here stands for damaged bytes: they cannot be written in a text.
            if (text.Length > 0 && !text.Contains('\uFFFD'))
                found.TryAdd(text, id);
        }
        texts = [.. found.Keys];
        ids = [.. found.Values];
        firsts = SearchValues.Create([.. texts.Select(text => text[0]).Distinct()]);
    }

    /// <summary>Adds (start, length, id) of each special token in the text, left to right, offsets moved by base.</summary>
    public void FindAll(ReadOnlySpan<char> text, int baseOffset, List<(int Start, int Length, int Id)> found)
    {
        for (var position = 0; position < text.Length; )
        {
            var candidate = text[position..].IndexOfAny(firsts);
            if (candidate < 0)
                return;
            position += candidate;
            var index = Longest(text[position..]);
            if (index < 0)
            {
                position++;
                continue;
            }
            found.Add((baseOffset + position, texts[index].Length, ids[index]));
            position += texts[index].Length;
        }
    }

    /// <summary>Index of the longest form that the text starts with, or -1.</summary>
    private int Longest(ReadOnlySpan<char> text)
    {
        var (low, high, best) = (0, texts.Length, -1);
        for (var depth = 0; low < high; depth++)
        {
            if (texts[low].Length == depth)
                best = low++;
            if (depth == text.Length)
                break;
            var letter = text[depth];
            low = LowerBound(low, high, depth, letter);
            high = letter == char.MaxValue ? high : LowerBound(low, high, depth, (char)(letter + 1));
        }
        return best;
    }

    /// <summary>First index in [low, high) whose letter at depth is at least the given one; all have such a letter.</summary>
    private int LowerBound(int low, int high, int depth, char letter)
    {
        while (low < high)
        {
            var middle = low + ((high - low) / 2);
            if (texts[middle][depth] < letter)
                low = middle + 1;
            else
                high = middle;
        }
        return low;
    }
}
