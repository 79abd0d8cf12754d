using System.Globalization;
using Edge.Device.Panel;
using Edge.Link;
using Edge.Link.Messages;

namespace Edge.Device.Services;

/// <summary>Asking, summarising, capturing, the feed.</summary>
internal sealed class AssistantRequests(Appliance device)
{
    private const int PageSizeMax = 100;

    private readonly OpinionRequests opinions = new(device);

    public async Task AskAsync(LinkChannel channel, CancellationToken cancellation)
    {
        var request = await channel.ReceiveAsync(LinkJson.Default.AskRequest, cancellation).ConfigureAwait(false);
        await using var events = new EventSender(channel, device.Board, cancellation);
        if (request.As is not null)
        {
            await opinions.AskAsync(request, events, cancellation).ConfigureAwait(false);
            return;
        }
        using var turn = await EnterAsync("an answer", events, cancellation).ConfigureAwait(false);
        device.Show(new PanelEvent.Asked(request.Question));
        try
        {
            var answer = await Task.Run(
                    () =>
                        device.Assistant.Ask(
                            request.Question,
                            piece =>
                            {
                                events.Text(piece);
                                device.Show(new PanelEvent.AnswerGrew(piece));
                            },
                            cancellation
                        ),
                    CancellationToken.None
                )
                .ConfigureAwait(false);
            cancellation.ThrowIfCancellationRequested();
            device.Models.Confirm();
            device.Show(
                new PanelEvent.Answered(
                    answer.Text,
                    [.. answer.Citations.Select(c => $"{c.Note}:{Lines(c.FirstLine, c.LastLine)}")]
                )
            );
            var reply = new AskReply(
                answer.Text,
                answer.Refused,
                [.. answer.Citations.Select(c => new Link.Messages.Citation(c.Note, c.FirstLine, c.LastLine, c.Quote))],
                answer.Confidence,
                answer.Ms,
                answer.WrittenBy
            )
            {
                Hidden = Replies.Of(answer.Hidden),
            };
            await events.FinishAsync(new DeviceEvent { Ask = reply }).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            device.Show(new PanelEvent.Answered("(stopped: the computer left)", []));
            throw;
        }
        catch (Exception e) when (e is not LinkException)
        {
            device.Show(new PanelEvent.Answered("(no answer: " + e.Message + ")", []));
            throw;
        }
    }

    public async Task SummarizeAsync(LinkChannel channel, CancellationToken cancellation)
    {
        var request = await channel.ReceiveAsync(LinkJson.Default.SummarizeRequest, cancellation).ConfigureAwait(false);
        if (request.Note is null == request.Text is null)
            throw new RefusedException("a summary needs either a note or a text");
        if (request.As is not null && (request.As != SummarizeRequest.Actions || request.Note is null))
            throw new RefusedException($"\"{request.As}\" of a note is not something this device knows: update it");
        await using var events = new EventSender(channel, device.Board, cancellation);
        using var turn = await EnterAsync("a summary", events, cancellation).ConfigureAwait(false);
        var summary = await Task.Run(
                () =>
                    request is { Note: { } listed, As: SummarizeRequest.Actions } ? device.Assistant.FindActions(listed)
                    : request.Note is { } note ? device.Assistant.Summarize(note, events.Text, cancellation)
                    : device.Assistant.SummarizeText(request.Text!, events.Text, cancellation),
                CancellationToken.None
            )
            .ConfigureAwait(false);
        cancellation.ThrowIfCancellationRequested();
        device.Models.ConfirmIfWrittenBy(summary.WrittenBy);
        device.ShowNotes();
        var reply = new SummaryReply(request.Note, summary.Headline, summary.Text, summary.WrittenBy)
        {
            Sources = Replies.Of(summary.Sources),
            Hidden = Replies.Of(summary.Hidden),
        };
        await events.FinishAsync(new DeviceEvent { Summary = reply }).ConfigureAwait(false);
    }

    public async Task CaptureAsync(LinkChannel channel, CancellationToken cancellation)
    {
        var request = await channel.ReceiveAsync(LinkJson.Default.CaptureRequest, cancellation).ConfigureAwait(false);
        if (string.IsNullOrWhiteSpace(request.Text))
            throw new RefusedException("there is nothing to capture: the text is empty");
        var note = device.Assistant.Capture(request.Text);
        // Stored: a host that leaves now takes nothing with it, so the index is brought up to date all the same.
        await device.UpdateIndexAsync(null, CancellationToken.None).ConfigureAwait(false);
        var title = device.Index.Find(note)?.Title ?? device.Vault.Read(note).Title;
        await channel
            .SendAsync(new CaptureReply(note, title), LinkJson.Default.CaptureReply, cancellation)
            .ConfigureAwait(false);
    }

    public async Task FeedAsync(LinkChannel channel, CancellationToken cancellation)
    {
        var request = await channel.ReceiveAsync(LinkJson.Default.FeedRequest, cancellation).ConfigureAwait(false);
        if (request.Page < 1 || request.PageSize is < 1 or > PageSizeMax)
            throw new RefusedException(
                $"the page must be 1 or more and its size 1 to {PageSizeMax}, got {request.Page} and {request.PageSize}"
            );
        using var turn = await device.Engine.EnterAsync("the feed", cancellation).ConfigureAwait(false);
        var page = await Task.Run(
                () => device.Assistant.Feed(request.Page, request.PageSize, cancellation),
                CancellationToken.None
            )
            .ConfigureAwait(false);
        var reply = new FeedReply(
            [
                .. page.Entries.Select(entry => new Link.Messages.FeedEntry(
                    entry.Note,
                    entry.Date?.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture),
                    entry.Summary.Headline,
                    entry.Summary.Text,
                    entry.Summary.WrittenBy
                )),
            ],
            page.Page,
            page.PageSize,
            page.Total
        );
        await channel.SendAsync(reply, LinkJson.Default.FeedReply, cancellation).ConfigureAwait(false);
    }

    private async Task<IDisposable> EnterAsync(string what, EventSender events, CancellationToken cancellation)
    {
        if (device.Engine.BusyWith is { } other)
            events.Progress($"waiting: busy with {other}", 0, 0);
        return await device.Engine.EnterAsync(what, cancellation).ConfigureAwait(false);
    }

    private static string Lines(int first, int last) => first == last ? $"{first}" : $"{first}-{last}";
}
