using Edge.Link;
using Edge.Link.Messages;
using Edge.Notes;

namespace Edge.Host;

/// <summary>
/// Carries a sync plan out: many notes on one channel, each acknowledged when it is on disk. A note that changed since it
/// was listed, or cannot be read or stored, is reported and left alone.
/// </summary>
internal sealed class SyncMoves(
    DeviceClient client,
    Vault vault,
    IProgress<ProgressEvent>? progress,
    List<string> problems
)
{
    /// <summary>Notes asked for before the first has arrived.</summary>
    private const int AheadMax = 64;

    private readonly List<SyncStep> done = [];

    public IReadOnlyList<SyncStep> Done => done;

    public bool WroteThere { get; private set; }

    public long Bytes { get; private set; }

    /// <param name="here">Kept true: what this side has after each move.</param>
    /// <param name="there">As above, of the device.</param>
    public async Task RunAsync(
        IReadOnlyList<SyncStep> steps,
        Dictionary<string, string> here,
        Dictionary<string, string> there,
        CancellationToken cancellation
    )
    {
        var toThere = steps.Where(step => step.Action == SyncAction.CopyToThere).ToArray();
        await PutAsync(
                [.. toThere.Select(step => new Put(step.Path, step.Path, step.HereHash!, step.ThereHash))],
                (i, put) =>
                {
                    there[put.Target] = put.Hash;
                    done.Add(toThere[i]);
                },
                cancellation
            )
            .ConfigureAwait(false);

        var toHere = steps.Where(step => step.Action == SyncAction.CopyToHere).ToArray();
        await GetAsync(
                [.. toHere.Select(step => new Get(step.Path, step.Path, step.ThereHash!, step.HereHash))],
                (i, get) =>
                {
                    here[get.Target] = get.Hash;
                    done.Add(toHere[i]);
                },
                cancellation
            )
            .ConfigureAwait(false);

        await KeepBothAsync([.. steps.Where(step => step.Action == SyncAction.KeepBoth)], here, there, cancellation)
            .ConfigureAwait(false);
    }

    /// <summary>
    /// The device's text goes first to the folder, then back to the device under its new name, and only then does the
    /// folder's text take the old name on the device: at every moment both texts are on disk somewhere.
    /// </summary>
    private async Task KeepBothAsync(
        SyncStep[] conflicts,
        Dictionary<string, string> here,
        Dictionary<string, string> there,
        CancellationToken cancellation
    )
    {
        var saved = new List<SyncStep>();
        await GetAsync(
                [.. conflicts.Select(step => new Get(step.Path, step.ConflictPath!, step.ThereHash!, null))],
                (i, get) =>
                {
                    here[get.Target] = get.Hash;
                    saved.Add(conflicts[i]);
                },
                cancellation
            )
            .ConfigureAwait(false);
        var doubled = new List<SyncStep>();
        await PutAsync(
                [.. saved.Select(step => new Put(step.ConflictPath!, step.ConflictPath!, step.ThereHash!, null))],
                (i, put) =>
                {
                    there[put.Target] = put.Hash;
                    doubled.Add(saved[i]);
                },
                cancellation
            )
            .ConfigureAwait(false);
        await PutAsync(
                [.. doubled.Select(step => new Put(step.Path, step.Path, step.HereHash!, step.ThereHash))],
                (i, put) =>
                {
                    there[put.Target] = put.Hash;
                    done.Add(doubled[i]);
                },
                cancellation
            )
            .ConfigureAwait(false);
    }

    /// <summary>Sends while the acknowledgements come back.</summary>
    private async Task PutAsync(Put[] puts, Action<int, Put> stored, CancellationToken cancellation)
    {
        if (puts.Length == 0)
            return;
        var channel = await client.OpenAsync(Operations.SyncPut, cancellation).ConfigureAwait(false);
        await using var use = channel.ConfigureAwait(false);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        using var ahead = new SemaphoreSlim(AheadMax);
        var sent = System.Threading.Channels.Channel.CreateUnbounded<int>();
        var sending = SendAllAsync(channel, puts, sent.Writer, ahead, stop.Token);
        try
        {
            await foreach (var i in sent.Reader.ReadAllAsync(cancellation).ConfigureAwait(false))
            {
                var ack = await channel.ReceiveAsync(LinkJson.Default.SyncAck, cancellation).ConfigureAwait(false);
                ahead.Release();
                if (ack.Path != puts[i].Target)
                    throw new LinkException($"sync-put: expected word of {puts[i].Target}, got {ack.Path}: sync again");
                if (ack.Stored)
                {
                    WroteThere = true;
                    stored(i, puts[i]);
                }
                else
                    Report(OnDevice(ack.Path, ack.Message));
                progress?.Report(new ProgressEvent("copying to the device", i + 1, puts.Length));
            }
            await sending.ConfigureAwait(false);
        }
        finally
        {
            await stop.CancelAsync().ConfigureAwait(false);
            await IgnoreAsync(sending).ConfigureAwait(false);
        }
    }

    private async Task SendAllAsync(
        LinkChannel channel,
        Put[] puts,
        System.Threading.Channels.ChannelWriter<int> sent,
        SemaphoreSlim ahead,
        CancellationToken cancellation
    )
    {
        try
        {
            for (var i = 0; i < puts.Length; i++)
            {
                var put = puts[i];
                if (Read(put) is not { } content)
                    continue;
                await ahead.WaitAsync(cancellation).ConfigureAwait(false);
                await channel
                    .SendAsync(
                        new SyncPut(put.Target, content.Length, put.Hash, put.Replaces),
                        LinkJson.Default.SyncPut,
                        cancellation
                    )
                    .ConfigureAwait(false);
                // Announced before its bytes: a refusal meanwhile must find somebody who waits.
                sent.TryWrite(i);
                await channel.SendContentAsync(content, cancellation).ConfigureAwait(false);
                Bytes += content.Length;
            }
        }
        finally
        {
            sent.TryComplete();
        }
    }

    private byte[]? Read(Put put)
    {
        try
        {
            var content = vault.ReadBytes(put.Source);
            if (ContentHash.Of(content) == put.Hash)
                return content;
            Report($"{put.Source}: changed while it was synced: sync again");
        }
        catch (NoteException e)
        {
            Report(e.Message);
        }
        return null;
    }

    /// <summary>A refusal ends a channel: the note it was about is reported, the rest goes on over another one.</summary>
    private async Task GetAsync(Get[] gets, Action<int, Get> stored, CancellationToken cancellation)
    {
        for (var next = 0; next < gets.Length; )
        {
            var channel = await client.OpenAsync(Operations.SyncGet, cancellation).ConfigureAwait(false);
            await using var use = channel.ConfigureAwait(false);
            using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
            using var ahead = new SemaphoreSlim(AheadMax);
            var asking = AskAllAsync(channel, gets, next, ahead, stop.Token);
            try
            {
                for (; next < gets.Length; next++)
                {
                    var content = await ReceiveAsync(channel, gets[next], cancellation).ConfigureAwait(false);
                    ahead.Release();
                    if (Store(gets[next], content))
                        stored(next, gets[next]);
                    progress?.Report(new ProgressEvent("copying from the device", next + 1, gets.Length));
                }
            }
            catch (RefusedException e)
            {
                Report(OnDevice(gets[next].Source, e.Message));
                next++;
            }
            finally
            {
                await stop.CancelAsync().ConfigureAwait(false);
                await IgnoreAsync(asking).ConfigureAwait(false);
            }
        }
    }

    private static async Task AskAllAsync(
        LinkChannel channel,
        Get[] gets,
        int first,
        SemaphoreSlim ahead,
        CancellationToken cancellation
    )
    {
        for (var i = first; i < gets.Length; i++)
        {
            await ahead.WaitAsync(cancellation).ConfigureAwait(false);
            await channel
                .SendAsync(new SyncGet(gets[i].Source), LinkJson.Default.SyncGet, cancellation)
                .ConfigureAwait(false);
        }
    }

    private static async Task<byte[]> ReceiveAsync(LinkChannel channel, Get get, CancellationToken cancellation)
    {
        var file = await channel.ReceiveAsync(LinkJson.Default.SyncFile, cancellation).ConfigureAwait(false);
        if (file.Path != get.Source || file.Size is < 0 or > Vault.NoteBytesMax)
            throw new LinkException(
                $"sync-get: expected {get.Source} with {Vault.NoteBytesMax:N0} bytes at most, got {file.Path} with {file.Size:N0}"
            );
        return await channel.ReceiveContentAsync(get.Source, file.Size, cancellation).ConfigureAwait(false);
    }

    private bool Store(Get get, byte[] content)
    {
        try
        {
            if (ContentHash.Of(content) != get.Hash)
            {
                Report($"{get.Source}: changed on the device while it was synced: sync again");
                return false;
            }
            vault.Write(get.Target, content, get.Replaces);
            Bytes += content.Length;
            return true;
        }
        catch (Exception e) when (e is NoteException or IOException or UnauthorizedAccessException)
        {
            Report(e is NoteException ? e.Message : $"{get.Target}: cannot be stored ({e.Message})");
            return false;
        }
    }

    private void Report(string problem)
    {
        lock (problems)
            problems.Add(problem);
    }

    private static string OnDevice(string path, string? message) =>
        message?.Contains(path, StringComparison.Ordinal) == true
            ? "on the device: " + message
            : $"on the device: {path}: {message}";

    private static async Task IgnoreAsync(Task work)
    {
        try
        {
            await work.ConfigureAwait(false);
        }
        catch (Exception e)
            when (e is OperationCanceledException or LinkException or RefusedException or InvalidOperationException)
        {
            // What ended it is thrown where the answers are read.
        }
    }

    /// <param name="Source">Note here.</param>
    /// <param name="Target">Its name on the device.</param>
    /// <param name="Hash">Content it had when it was listed.</param>
    /// <param name="Replaces">Content that the device has under that name, or null.</param>
    private sealed record Put(string Source, string Target, string Hash, string? Replaces);

    /// <param name="Source">Note on the device.</param>
    /// <param name="Target">Its name here.</param>
    private sealed record Get(string Source, string Target, string Hash, string? Replaces);
}
