using System.Globalization;
using System.Text;
using Edge.Assistant.Wiki;

namespace Edge.Assistant.Summaries;

/// <param name="Note">Vault path.</param>
/// <param name="Date">yyyy-MM-dd, or null.</param>
public sealed record FeedMarkdownEntry(string Note, string? Date, string Headline, string Text);

/// <summary>
/// A page of the feed as markdown, to lie beside the notes: links lead from the vault's folder to each note. What comes
/// out of notes shows as it is written and never as a link, an image or a heading of its own.
/// </summary>
public static class FeedMarkdown
{
    /// <param name="page">From 1.</param>
    /// <param name="pages">0 when there are no notes.</param>
    /// <param name="total">Notes on all pages.</param>
    public static string Page(IEnumerable<FeedMarkdownEntry> entries, int page, int pages, int total)
    {
        var text = new StringBuilder("# Feed\n\n");
        text.Append(
            total == 0
                ? "There are no notes yet.\n"
                : string.Create(CultureInfo.InvariantCulture, $"Page {page} of {pages}, {total} notes.\n")
        );
        foreach (var entry in entries)
        {
            text.Append("\n## ").Append(OneLine(entry.Headline)).Append("\n\n");
            if (entry.Text.Length > 0)
                text.Append(OneLine(entry.Text)).Append("\n\n");
            text.Append(entry.Date ?? "no date").Append(" · ");
            text.Append(WikiMarkdown.Link(entry.Note, entry.Note)).Append('\n');
        }
        return text.ToString();
    }

    /// <summary>A line cannot begin a list: "1. " and "- " are marks only where a paragraph begins.</summary>
    private static string OneLine(string text)
    {
        var escaped = WikiMarkdown.Escape(text.ReplaceLineEndings(" ").Trim());
        var digits = escaped.AsSpan().IndexOfAnyExceptInRange('0', '9');
        if (digits == 0 && escaped[0] is '-' or '+' or '=')
            return "\\" + escaped;
        return digits > 0 && escaped[digits] is '.' or ')' ? escaped.Insert(digits, "\\") : escaped;
    }
}
