namespace Edge.Device.Panel;

/// <summary>Breaks text into lines of a fixed number of characters.</summary>
public static class WordWrap
{
    /// <summary>
    /// Breaks at spaces, inside words only where a word is longer than a line: ("one two", 5) gives "one", "two". Line
    /// ends of the text stay; other control characters become spaces.
    /// </summary>
    /// <param name="columns">Characters a line, 1 or more.</param>
    public static IReadOnlyList<string> Lines(string text, int columns)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(columns, 1);
        var lines = new List<string>();
        foreach (var paragraph in text.ReplaceLineEndings("\n").Split('\n'))
            Wrap(paragraph, columns, lines);
        return lines;
    }

    /// <summary>At most that many characters, the last an ellipsis of one dot pair where something was cut.</summary>
    public static string Cut(string text, int columns) =>
        text.Length <= columns ? text
        : columns <= 2 ? text[..columns]
        : string.Concat(text.AsSpan(0, columns - 2), "..");

    private static void Wrap(string paragraph, int columns, List<string> lines)
    {
        var line = "";
        foreach (var word in Words(paragraph))
        {
            var rest = word;
            if (line.Length > 0 && line.Length + 1 + rest.Length <= columns)
            {
                line = $"{line} {rest}";
                continue;
            }
            if (line.Length > 0)
                lines.Add(line);
            while (rest.Length > columns)
            {
                lines.Add(rest[..columns]);
                rest = rest[columns..];
            }
            line = rest;
        }
        lines.Add(line);
    }

    private static string[] Words(string paragraph)
    {
        var plain = string.Create(
            paragraph.Length,
            paragraph,
            static (characters, source) =>
            {
                for (var i = 0; i < source.Length; i++)
                    characters[i] = char.IsControl(source[i]) ? ' ' : source[i];
            }
        );
        return plain.Split(' ', StringSplitOptions.RemoveEmptyEntries);
    }
}
