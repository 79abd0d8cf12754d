using Edge.Link;
using Edge.Link.Messages;
using Edge.Notes;

namespace Edge.Host;

/// <summary>
/// One sync of one folder with one device, both ways, planned by content against the last common state. Nothing is ever
/// deleted; of two texts both stay. Cut at any moment, the next sync goes on where this one stopped.
/// </summary>
internal sealed class FolderSync(
    DeviceClient client,
    string folder,
    SyncOptions options,
    IProgress<ProgressEvent>? progress
)
{
    private readonly string vaultId = client.Host.VaultIdOf(folder);
    private readonly string vaultName = Path.GetFileName(Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder)));
    private readonly List<string> problems = [];

    public async Task<SyncReport> RunAsync(CancellationToken cancellation)
    {
        var started = client.Clock.GetTimestamp();
        var vault = new Vault(folder);
        var (here, unreadable) = ListHere(vault, cancellation);
        var (there, lastCommon) = await ListThereAsync(cancellation).ConfigureAwait(false);
        if (here.Count == 0 && lastCommon.Count > 0 && !options.Force)
            throw new NoteException(
                $"{folder} has no notes, {lastCommon.Count:N0} were there at the last sync: was it moved or not mounted? --force brings them back from the device"
            );
        var common = options.Force ? new Dictionary<string, string>(StringComparer.Ordinal) : lastCommon;
        var steps = SyncPlanner.Plan(Without(common, unreadable), here, Without(there, unreadable));
        var unchanged = here.Count(note => there.GetValueOrDefault(note.Key) == note.Value);
        if (options.DryRun)
            return Report([], null, 0);

        var moves = new SyncMoves(client, vault, progress, problems);
        await moves.RunAsync(steps, here, there, cancellation).ConfigureAwait(false);
        var index = moves.WroteThere ? await IndexAsync(cancellation).ConfigureAwait(false) : null;
        var nowCommon = CommonAfter(lastCommon, here, there);
        if (!Same(nowCommon, lastCommon))
            await CommitAsync(nowCommon, cancellation).ConfigureAwait(false);
        return Report(moves.Done, index, moves.Bytes);

        SyncReport Report(IReadOnlyList<SyncStep> moved, IndexedReply? index, long bytes) =>
            new(
                options.DryRun,
                steps,
                moved,
                unchanged,
                bytes,
                problems,
                index,
                client.Clock.GetElapsedTime(started).TotalMilliseconds
            );
    }

    private (Dictionary<string, string> Hashes, HashSet<string> Unreadable) ListHere(
        Vault vault,
        CancellationToken cancellation
    )
    {
        var listing = vault.List(cancellation);
        var unreadable = new HashSet<string>(StringComparer.Ordinal);
        foreach (var problem in listing.Problems)
        {
            problems.Add($"{problem.Path}: {problem.Message}");
            unreadable.Add(problem.Path);
        }
        var hashes = new Dictionary<string, string>(listing.Notes.Count, StringComparer.Ordinal);
        foreach (var note in listing.Notes)
        {
            cancellation.ThrowIfCancellationRequested();
            try
            {
                hashes[note.Path] = ContentHash.Of(vault.ReadBytes(note.Path));
            }
            catch (NoteException e)
            {
                problems.Add(e.Message);
                unreadable.Add(note.Path);
            }
            if (hashes.Count % 100 == 0)
                progress?.Report(new ProgressEvent("reading the folder", hashes.Count, listing.Notes.Count));
        }
        return (hashes, unreadable);
    }

    private async Task<(Dictionary<string, string> There, Dictionary<string, string> Common)> ListThereAsync(
        CancellationToken cancellation
    )
    {
        progress?.Report(new ProgressEvent("listing the device", 0, 0));
        var channel = await client.OpenAsync(Operations.SyncList, cancellation).ConfigureAwait(false);
        await using var use = channel.ConfigureAwait(false);
        var request = new SyncListRequest(vaultId, vaultName);
        await channel.SendAsync(request, LinkJson.Default.SyncListRequest, cancellation).ConfigureAwait(false);
        var there = await BatchesAsync(channel, SyncListBatch.Device, cancellation).ConfigureAwait(false);
        var common = await BatchesAsync(channel, SyncListBatch.Common, cancellation).ConfigureAwait(false);
        return (there, common);
    }

    private static async Task<Dictionary<string, string>> BatchesAsync(
        LinkChannel channel,
        string kind,
        CancellationToken cancellation
    )
    {
        var entries = new Dictionary<string, string>(StringComparer.Ordinal);
        SyncListBatch batch;
        do
        {
            batch = await channel.ReceiveAsync(LinkJson.Default.SyncListBatch, cancellation).ConfigureAwait(false);
            if (batch.Kind != kind)
                throw new LinkException($"sync-list: expected a batch of kind '{kind}', got '{batch.Kind}'");
            foreach (var entry in batch.Entries)
            {
                // Paths become files here: the device's word is not taken for it.
                if (NotePath.Problem(entry.Path) is { } problem)
                    throw new LinkException($"sync-list: the device names a note that cannot be one: {problem}");
                entries[entry.Path] = entry.Hash;
            }
        } while (!batch.Last);
        return entries;
    }

    private async Task<IndexedReply> IndexAsync(CancellationToken cancellation)
    {
        var channel = await client.OpenAsync(Operations.SyncIndex, cancellation).ConfigureAwait(false);
        await using var use = channel.ConfigureAwait(false);
        await channel.SendAsync(new EmptyRequest(), LinkJson.Default.EmptyRequest, cancellation).ConfigureAwait(false);
        return await DeviceClient
            .EventsAsync(channel, e => e.Indexed, null, progress, cancellation)
            .ConfigureAwait(false);
    }

    /// <summary>
    /// What is the same on both sides now; where they differ or one is missing, what was common before stays, so that the
    /// next sync still knows who changed it.
    /// </summary>
    private static Dictionary<string, string> CommonAfter(
        Dictionary<string, string> before,
        Dictionary<string, string> here,
        Dictionary<string, string> there
    )
    {
        var common = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var path in here.Keys.Union(there.Keys))
        {
            if (here.TryGetValue(path, out var hash) && there.GetValueOrDefault(path) == hash)
                common[path] = hash;
            else if (before.TryGetValue(path, out var old))
                common[path] = old;
        }
        return common;
    }

    private async Task CommitAsync(Dictionary<string, string> common, CancellationToken cancellation)
    {
        var channel = await client.OpenAsync(Operations.SyncCommit, cancellation).ConfigureAwait(false);
        await using var use = channel.ConfigureAwait(false);
        var request = new SyncCommitRequest(vaultId, vaultName);
        await channel.SendAsync(request, LinkJson.Default.SyncCommitRequest, cancellation).ConfigureAwait(false);
        var entries = common.Select(e => new SyncEntry(e.Key, e.Value, 0)).ToArray();
        var at = 0;
        do
        {
            var part = entries.Skip(at).Take(SyncListBatch.EntriesMax).ToArray();
            at += part.Length;
            await channel
                .SendAsync(
                    new SyncListBatch(SyncListBatch.Common, part, at >= entries.Length),
                    LinkJson.Default.SyncListBatch,
                    cancellation
                )
                .ConfigureAwait(false);
        } while (at < entries.Length);
        var reply = await channel.ReceiveAsync(LinkJson.Default.SyncCommitted, cancellation).ConfigureAwait(false);
        if (reply.Count != common.Count)
            throw new LinkException(
                $"sync-commit: sent {common.Count} entries, the device kept {reply.Count}: sync again"
            );
    }

    private static Dictionary<string, string> Without(Dictionary<string, string> all, HashSet<string> left) =>
        left.Count == 0
            ? all
            : all.Where(e => !left.Contains(e.Key)).ToDictionary(e => e.Key, e => e.Value, StringComparer.Ordinal);

    private static bool Same(Dictionary<string, string> a, Dictionary<string, string> b) =>
        a.Count == b.Count && a.All(entry => b.GetValueOrDefault(entry.Key) == entry.Value);
}
