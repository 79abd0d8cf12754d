using Edge.Assistant.Text;

namespace Edge.Training.Data;

/// <summary>Shortens passages to a number of tokens, by whole sentences where that is possible.</summary>
internal static class ContextWindow
{
    /// <summary>Sentences in a row that hold a place and as many around it as fit, more before or after by chance.</summary>
    /// <param name="keep">What must stay; null for anywhere.</param>
    /// <returns>Null when not even what must stay fits.</returns>
    public static string? Around(string text, Range? keep, int tokensMax, CachedEncoder encoder, ref Draw draw)
    {
        var sentences = SentenceSplitter.Split(text);
        if (sentences.Count == 0)
            return null;
        var (first, last) = keep is { } place ? Covering(sentences, place) : (draw.Below(sentences.Count), -1);
        if (last < 0)
            last = first;
        var room = tokensMax - Cost(text, sentences, first, last, encoder);
        if (room < 0)
            return Words(text, keep ?? sentences[first], tokensMax, encoder);
        for (bool left = true, right = true; left || right; )
        {
            var before = left && (!right || draw.Below(2) == 0);
            var next = before ? first - 1 : last + 1;
            var cost = next >= 0 && next < sentences.Count ? Cost(text, sentences, next, next, encoder) : int.MaxValue;
            if (cost > room)
            {
                (left, right) = before ? (false, right) : (left, false);
                continue;
            }
            room -= cost;
            (first, last) = before ? (next, last) : (first, next);
        }
        return text[sentences[first].Start..sentences[last].End];
    }

    /// <summary>The beginning, cut between words.</summary>
    /// <returns>Null when nothing fits.</returns>
    public static string? Beginning(string text, int tokensMax, CachedEncoder encoder)
    {
        if (tokensMax < 1)
            return null;
        // No vocabulary here has tokens of more than 16 characters on average.
        var ids = encoder.Encode(text.AsSpan(0, (int)Math.Min(text.Length, tokensMax * 16L)));
        if (ids.Count <= tokensMax && text.Length <= tokensMax * 16L)
            return text;
        var kept = encoder.Tokenizer.Decode(ids.Take(tokensMax).ToArray());
        var cut = Math.Min(kept.Length, text.Length);
        while (cut > 0 && !char.IsWhiteSpace(text[cut - 1]))
            cut--;
        var beginning = text[..cut].TrimEnd();
        return beginning.Length > 0 ? beginning : null;
    }

    private static (int First, int Last) Covering(IReadOnlyList<Range> sentences, Range place)
    {
        var first = 0;
        while (first + 1 < sentences.Count && sentences[first + 1].Start.Value <= place.Start.Value)
            first++;
        var last = first;
        while (last + 1 < sentences.Count && sentences[last + 1].Start.Value < place.End.Value)
            last++;
        return (first, last);
    }

    /// <summary>Tokens of sentences with the white space before the next one.</summary>
    private static int Cost(string text, IReadOnlyList<Range> sentences, int first, int last, CachedEncoder encoder)
    {
        var end = last + 1 < sentences.Count ? sentences[last + 1].Start.Value : text.Length;
        return encoder.Encode(text.AsSpan()[sentences[first].Start.Value..end]).Count + 1;
    }

    /// <summary>The words of one long sentence around a place: about as many characters as fit.</summary>
    private static string? Words(string text, Range place, int tokensMax, CachedEncoder encoder)
    {
        var (start, end) = (place.Start.Value, place.End.Value);
        var least = encoder.Encode(text.AsSpan()[place]).Count + 2;
        if (least > tokensMax)
            return null;
        for (var chars = 3 * (tokensMax - least); chars > 8; chars /= 2)
        {
            var from = Math.Max(0, start - (chars / 2));
            var to = Math.Min(text.Length, end + (chars / 2));
            while (from > 0 && from < start && !char.IsWhiteSpace(text[from - 1]))
                from++;
            while (to < text.Length && to > end && !char.IsWhiteSpace(text[to]))
                to--;
            var window = text[from..to].Trim();
            if (encoder.Encode(window).Count + 1 <= tokensMax)
                return window;
        }
        return text[place];
    }
}
