using System.Text;

namespace Edge.Assistant.Wiki;

/// <summary>How a page's parts are written. Names come out of notes: they are escaped; quotes stand as they are.</summary>
internal static class WikiMarkdown
{
    /// <summary>Text that shows as it is, whatever marks it holds.</summary>
    public static string Escape(string text)
    {
        var escaped = new StringBuilder(text.Length);
        foreach (var c in text)
        {
            if (
                c
                is '\\'
                    or '`'
                    or '*'
                    or '_'
                    or '['
                    or ']'
                    or '<'
                    or '>'
                    or '#'
                    or '|'
                    or '~'
                    or '!'
                    or '&'
                    or '$'
                    or '^'
            )
                escaped.Append('\\');
            escaped.Append(char.IsControl(c) ? '?' : c);
        }
        return escaped.ToString();
    }

    /// <summary>"../notes/a b.md" as the target of a link: every part percent-encoded.</summary>
    public static string Target(string relative) => string.Join('/', relative.Split('/').Select(Uri.EscapeDataString));

    public static string Link(string text, string relative) => $"[{Escape(text)}]({Target(relative)})";

    /// <summary>The quote, each line behind "> ", and where it stands.</summary>
    /// <param name="toVault">From the wiki's folder to the vault, "" or with '/' at its end.</param>
    public static void AppendQuote(StringBuilder page, Citation quote, string toVault)
    {
        foreach (var line in quote.Quote.Split('\n'))
            page.Append("> ").Append(line).Append('\n');
        var lines =
            quote.FirstLine == quote.LastLine ? $"line {quote.FirstLine}" : $"lines {quote.FirstLine}-{quote.LastLine}";
        page.Append('\n').Append("— ").Append(Link(quote.Note, toVault + quote.Note)).Append(", ").Append(lines);
        page.Append("\n\n");
    }
}
