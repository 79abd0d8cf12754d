using System.Text;

namespace Edge.Assistant.Text;

/// <summary>
/// Text that a reader of the note does not see: HTML comments, zero-width and bidirectional control characters, tag
/// characters. It is left out of everything that is shown or given to a model.
/// </summary>
public static class Hidden
{
    internal static readonly System.Buffers.SearchValues<char> Suspects = System.Buffers.SearchValues.Create(
        "\u00AD\u061C\u180E\u200B\u200C\u200D\u200E\u200F\u202A\u202B\u202C\u202D\u202E\u2060\u2061\u2062\u2063\u2064\u2066\u2067\u2068\u2069\uFEFF\uDB40<"
    );

    /// <summary>The text without what is hidden. Line feeds inside a comment stay, so lines keep their numbers. A comment
    /// that is never closed hides everything after it.</summary>
    public static string Remove(string text)
    {
        if (text.AsSpan().IndexOfAny(Suspects) < 0)
            return text;
        var kept = new StringBuilder(text.Length);
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] == '<' && string.CompareOrdinal(text, i, "<!--", 0, 4) == 0)
            {
                var close = text.IndexOf("-->", i + 4, StringComparison.Ordinal);
                var end = close < 0 ? text.Length : close + 3;
                kept.Append('\n', text.AsSpan(i, end - i).Count('\n'));
                i = end - 1;
            }
            else if (text[i] == '\uDB40' && i + 1 < text.Length)
            {
                i++;
            }
            else if (text[i] == '<' || !Suspects.Contains(text[i]))
            {
                kept.Append(text[i]);
            }
        }
        return kept.ToString();
    }
}
