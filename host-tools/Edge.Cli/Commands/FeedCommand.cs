using System.CommandLine;
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

        return new EdgeCommand(
            "feed",
            "Everything captured, newest first: a headline and a short summary each.",
            "edge feed --page 2"
        )
            .With([page, size, json, .. place.All])
            .Runs(
                terminal,
                async (parsed, cancellation) =>
                {
                    var notes = await place.OpenAsync(terminal, parsed, cancellation).ConfigureAwait(false);
                    await using (notes.ConfigureAwait(false))
                    {
                        var feed = await notes
                            .FeedAsync(parsed.GetValue(page), parsed.GetValue(size), cancellation)
                            .ConfigureAwait(false);
                        if (parsed.GetValue(json))
                            terminal.PrintJson(ToResult(feed), Json.Types.FeedResult);
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
        var pages = (feed.Total + feed.PageSize - 1) / feed.PageSize;
        terminal.Say(
            feed.Total == 0
                ? "there are no notes yet: edge capture or edge sync brings some"
                : $"page {feed.Page} of {pages}, {feed.Total} notes"
        );
    }

    private static FeedResult ToResult(FeedReply feed) =>
        new(
            [.. feed.Entries.Select(e => new FeedItem(e.Note, e.Date, e.Headline, e.Text, e.WrittenBy))],
            feed.Page,
            feed.PageSize,
            feed.Total
        );
}
