using System.Globalization;
using System.Text;

namespace Edge.Assistant.Sides;

/// <summary>Both sides as text for people: places and the lines themselves.</summary>
public static class SidesText
{
    /// <summary>Ends without a line end.</summary>
    public static string Of(BothSides sides) => Of(sides.For, sides.Against, sides.Missing);

    public static string Of(IReadOnlyList<Citation> speakFor, IReadOnlyList<Citation> against, string? missing)
    {
        var text = new StringBuilder();
        Side(text, "For:", speakFor);
        Side(text, "Against:", against);
        if (missing is not null)
            text.Append(missing);
        return text.ToString().TrimEnd('\n');
    }

    private static void Side(StringBuilder text, string label, IReadOnlyList<Citation> citations)
    {
        if (citations.Count == 0)
            return;
        text.Append(label).Append('\n');
        foreach (var citation in citations)
        {
            var lines =
                citation.FirstLine == citation.LastLine
                    ? $"{citation.FirstLine}"
                    : $"{citation.FirstLine}-{citation.LastLine}";
            text.Append(CultureInfo.InvariantCulture, $"  {citation.Note}:{lines}\n");
            foreach (var line in citation.Quote.Split('\n'))
                text.Append("    | ").Append(line).Append('\n');
        }
    }
}
