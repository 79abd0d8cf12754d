using System.Threading.Channels;
using Edge.Device.Panel;
using Edge.Notes;

namespace Edge.Device.Services;

/// <summary>
/// Makes missing summaries in the background, newest notes first, and gives way to every request. A note that cannot be
/// summarised is logged once and left alone until it changes; nothing that goes wrong here ends the device.
/// </summary>
internal sealed class SummaryWork(Appliance device, Action<PanelEvent> panel, Action<string> log) : IAsyncDisposable
{
    /// <summary>Notes looked at after one change; the next change goes on with the rest.</summary>
    internal const int NotesPerPassMax = 2000;

    private const int PageSize = 100;
    private const int FailuresMax = 1000;

    private readonly Channel<bool> wakes = Channel.CreateBounded<bool>(
        new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite }
    );
    private readonly HashSet<string> failed = [];
    private readonly CancellationTokenSource stop = new();
    private Task loop = Task.CompletedTask;

    /// <summary>Begins with an update of the index: notes may have come while the device was off.</summary>
    public void Start() => loop = Task.Run(RunAsync);

    public void Wake() => wakes.Writer.TryWrite(true);

    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync().ConfigureAwait(false);
        await loop.ConfigureAwait(false);
        stop.Dispose();
    }

    private async Task RunAsync()
    {
        try
        {
            await GuardAsync(() => device.UpdateIndexOnlyAsync(null, stop.Token)).ConfigureAwait(false);
            Wake();
            while (await wakes.Reader.WaitToReadAsync(stop.Token).ConfigureAwait(false))
            {
                wakes.Reader.TryRead(out _);
                await GuardAsync(PassAsync).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException)
        {
            // The device goes down.
        }
    }

    private async Task GuardAsync(Func<Task> work)
    {
        try
        {
            await work().ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            throw;
        }
        // A full disk, a damaged index: the device must go on serving.
        catch (Exception e)
        {
            log($"work in the background failed: {e.Message}");
            panel(new PanelEvent.TroubleChanged(e.Message));
        }
    }

    private async Task PassAsync()
    {
        var made = 0;
        for (var skip = 0; skip < NotesPerPassMax; skip += PageSize)
        {
            var page = device.Index.Newest(skip, PageSize);
            foreach (var note in page)
                if (!failed.Contains(note.Path + note.Hash) && device.Summaries.Find(note.Path, note.Hash) is null)
                {
                    await SummariseAsync(note).ConfigureAwait(false);
                    if (++made % 20 == 0)
                        device.ShowNotes();
                }
            if (page.Count < PageSize)
                break;
        }
        if (made > 0)
            device.ShowNotes();
    }

    /// <summary>Tries again after each request that it gave way to.</summary>
    private async Task SummariseAsync(IndexedNote note)
    {
        while (true)
        {
            using var turn = await device.Engine.EnterBackgroundAsync("summaries", stop.Token).ConfigureAwait(false);
            try
            {
                var summary = device.Assistant.Summarize(note.Path, null, turn.Cancellation);
                if (!turn.Cancellation.IsCancellationRequested)
                {
                    device.Models.ConfirmIfWrittenBy(summary.WrittenBy);
                    return;
                }
            }
            catch (OperationCanceledException) when (!stop.IsCancellationRequested)
            {
                // Gave way.
            }
            catch (Exception e) when (e is not OperationCanceledException)
            {
                if (failed.Count >= FailuresMax)
                    failed.Clear();
                failed.Add(note.Path + note.Hash);
                log($"{note.Path} has no summary: {e.Message}");
                return;
            }
            stop.Token.ThrowIfCancellationRequested();
        }
    }
}
