using Edge.Cli.CommandLine;
using Edge.Cli.Devices;
using Edge.Cli.Output;
using Edge.Host;
using Edge.Link.Messages;

namespace Edge.Cli.NotePlaces;

/// <summary>The notes on an attached device, and its assistant.</summary>
internal sealed class DeviceNotes(Terminal terminal, DeviceClient client) : INotePlace
{
    /// <exception cref="NoDeviceException">None is attached, or none answers.</exception>
    public static async Task<INotePlace> ConnectAsync(
        Terminal terminal,
        string? link,
        CancellationToken cancellation
    ) => new DeviceNotes(terminal, await Attached.ConnectAsync(terminal, link, cancellation).ConfigureAwait(false));

    public async Task<AskReply> AskAsync(string question, Action<string>? onText, CancellationToken cancellation)
    {
        using var line = new ProgressLine(terminal, "device:");
        return await client
            .AskAsync(question, Clearing(line, onText), Attached.ShownOn(line), cancellation)
            .ConfigureAwait(false);
    }

    public async Task<SidesReply> AskBothSidesAsync(string claim, CancellationToken cancellation)
    {
        using var line = new ProgressLine(terminal, "device:");
        return await client.AskBothSidesAsync(claim, null, Attached.ShownOn(line), cancellation).ConfigureAwait(false);
    }

    public async Task<CouncilReply> AskCouncilAsync(
        string question,
        Action<string>? onText,
        CancellationToken cancellation
    )
    {
        using var line = new ProgressLine(terminal, "device:");
        return await client
            .AskCouncilAsync(question, Clearing(line, onText), Attached.ShownOn(line), cancellation)
            .ConfigureAwait(false);
    }

    public Task<SummaryReply> SummarizeAsync(string note, CancellationToken cancellation) =>
        SummarizeAsync(new SummarizeRequest(note, null), cancellation);

    public Task<SummaryReply> FindActionsAsync(string note, CancellationToken cancellation) =>
        SummarizeAsync(new SummarizeRequest(note, null, SummarizeRequest.Actions), cancellation);

    public Task<SummaryReply> SummarizeTextAsync(string text, CancellationToken cancellation) =>
        SummarizeAsync(new SummarizeRequest(null, text), cancellation);

    public Task<FeedReply> FeedAsync(int page, int pageSize, CancellationToken cancellation) =>
        client.FeedAsync(page, pageSize, cancellation);

    public async Task<string> CaptureAsync(string text, CancellationToken cancellation) =>
        (await client.CaptureAsync(text, cancellation).ConfigureAwait(false)).Note;

    public ValueTask DisposeAsync() => client.DisposeAsync();

    private async Task<SummaryReply> SummarizeAsync(SummarizeRequest request, CancellationToken cancellation)
    {
        using var line = new ProgressLine(terminal, "device:");
        return await client.SummarizeAsync(request, null, Attached.ShownOn(line), cancellation).ConfigureAwait(false);
    }

    /// <summary>Text and progress share a terminal: the line goes before text comes.</summary>
    private static Action<string>? Clearing(ProgressLine line, Action<string>? onText) =>
        onText is null
            ? null
            : piece =>
            {
                line.Clear();
                onText(piece);
            };
}
