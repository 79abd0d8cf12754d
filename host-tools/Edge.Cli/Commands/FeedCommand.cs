using System.CommandLine;
using Edge.Assistant.Summaries;
using Edge.Cli.CommandLine;
using Edge.Cli.NotePlaces;
using Edge.Cli.Output;
using Edge.Link.Messages;

namespace Edge.Cli.Commands;

/// <summary>edge feed: everything captured, newest first, a headline and a short summary each.</summary>
internal static class FeedCommand
{
    public static Command Create(Terminal terminal)
    {
        var page = Options.Whole("--page", "which page; 1 is the newest", 1, 1, int.MaxValue);
        var size = Options.Whole("--page-size", "entries on a page", 10, 1, 100);
        var place = new PlaceOptions();
        var json = Options.Json();
        var markdown = new Option<bool>("--markdown")
        {
            Description = "as a markdown page; its links lead from the folder of the notes",
        };

        return new EdgeCommand(
            "feed",
            "Everything captured, newest first: a headline and a short summary each.",
            "edge feed --page 2"
        )
            .With([page, size, markdown, json, .. place.All])
            .Runs(
                terminal,
                async (parsed, cancellation) =>
                {
                    if (parsed.GetValue(json) && parsed.GetValue(markdown))
                        throw new ArgumentException("--json and --markdown are two forms of the feed: give one");
                    var notes = await place.OpenAsync(terminal, parsed, cancellation).ConfigureAwait(false);
                    await using (notes.ConfigureAwait(false))
                    {
                        var feed = await notes
                            .FeedAsync(parsed.GetValue(page), parsed.GetValue(size), cancellation)
                            .ConfigureAwait(false);
                        if (parsed.GetValue(json))
                            terminal.PrintJson(ToResult(feed), Json.Types.FeedResult);
                        else if (parsed.GetValue(markdown))
                            terminal.PrintPiece(ToMarkdown(feed));
                        else
                            Print(terminal, feed);
                        return ExitCode.Done;
                    }
                }
            );
    }

    public static void Print(Terminal terminal, FeedReply feed)
    {
        foreach (var entry in feed.Entries)
        {
            terminal.Print($"{entry.Date ?? "----------"}  {entry.Headline}");
            if (entry.Text.Length > 0)
                terminal.Print($"            {entry.Text.ReplaceLineEndings(" ")}");
            terminal.Print($"            {entry.Note}");
        }
        terminal.Say(
            feed.Total == 0
                ? "there are no notes yet: edge capture or edge sync brings some"
                : $"page {feed.Page} of {Pages(feed)}, {feed.Total} notes"
        );
    }

    private static string ToMarkdown(FeedReply feed) =>
        FeedMarkdown.Page(
            feed.Entries.Select(e => new FeedMarkdownEntry(e.Note, e.Date, e.Headline, e.Text)),
            feed.Page,
            Pages(feed),
            feed.Total
        );

    private static int Pages(FeedReply feed) => (int)(((long)feed.Total + feed.PageSize - 1) / feed.PageSize);

    private static FeedResult ToResult(FeedReply feed) =>
        new(
            [.. feed.Entries.Select(e => new FeedItem(e.Note, e.Date, e.Headline, e.Text, e.WrittenBy))],
            feed.Page,
            feed.PageSize,
            feed.Total
        );
}
