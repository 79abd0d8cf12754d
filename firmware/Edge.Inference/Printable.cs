using System.Text;

namespace Edge.Inference;

/// <summary>Text from a file, made safe to show: no control characters that could steer a terminal, not too long.</summary>
internal static class Printable
{
    public static string Show(string text, int charsMax = 80)
    {
        var shown = new StringBuilder(Math.Min(text.Length, charsMax) + 1);
        foreach (var rune in text.EnumerateRunes())
        {
            if (shown.Length >= charsMax)
                return shown.Append('…').ToString();
            var category = Rune.GetUnicodeCategory(rune);
            var hidden =
                category
                is System.Globalization.UnicodeCategory.Control
                    or System.Globalization.UnicodeCategory.Format
                    or System.Globalization.UnicodeCategory.LineSeparator
                    or System.Globalization.UnicodeCategory.ParagraphSeparator;
            if (rune.Value == '\n')
                shown.Append("\\n");
            else if (rune.Value == '\t')
                shown.Append("\\t");
            else if (hidden)
                shown.Append($"\\u{rune.Value:X4}");
            else
                shown.Append(rune.ToString());
        }
        return shown.ToString();
    }
}
