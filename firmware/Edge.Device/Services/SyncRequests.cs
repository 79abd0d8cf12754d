using Edge.Link;
using Edge.Link.Messages;
using Edge.Notes;

namespace Edge.Device.Services;

/// <summary>The device's half of a sync: it lists, stores, hands out, remembers. The host plans.</summary>
internal sealed class SyncRequests(Appliance device)
{
    private const int ProblemsMax = 100;

    /// <summary>Entries of a common state that a host may send; a vault that large does not fit the device.</summary>
    private const int CommonEntriesMax = 1_000_000;

    public async Task ListAsync(LinkChannel channel, CancellationToken cancellation)
    {
        var request = await channel.ReceiveAsync(LinkJson.Default.SyncListRequest, cancellation).ConfigureAwait(false);
        CheckVaultId(request.VaultId);
        await device.UpdateIndexOnlyAsync(null, cancellation).ConfigureAwait(false);
        var sizes = device.Vault.List(cancellation).Notes.ToDictionary(note => note.Path, note => note.Size);
        var here = device.Index.Hashes().Select(e => new SyncEntry(e.Key, e.Value, sizes.GetValueOrDefault(e.Key)));
        await SendBatchesAsync(channel, SyncListBatch.Device, [.. here], cancellation).ConfigureAwait(false);
        var common = device.CommonStates.Load(request.VaultId).Select(e => new SyncEntry(e.Key, e.Value, 0));
        await SendBatchesAsync(channel, SyncListBatch.Common, [.. common], cancellation).ConfigureAwait(false);
    }

    /// <summary>File after file until the host closes the channel; each is acknowledged when it is on disk.</summary>
    public async Task PutAsync(LinkChannel channel, CancellationToken cancellation)
    {
        while (await NextAsync(channel, LinkJson.Default.SyncPut, cancellation).ConfigureAwait(false) is { } put)
        {
            if (put.Size is < 0 or > Vault.NoteBytesMax)
                throw new RefusedException(
                    $"{put.Path} has {put.Size:N0} bytes, the device takes {Vault.NoteBytesMax:N0} at most"
                );
            var content = await channel.ReceiveContentAsync(put.Path, put.Size, cancellation).ConfigureAwait(false);
            await channel.SendAsync(Store(put, content), LinkJson.Default.SyncAck, cancellation).ConfigureAwait(false);
        }
    }

    public async Task GetAsync(LinkChannel channel, CancellationToken cancellation)
    {
        while (await NextAsync(channel, LinkJson.Default.SyncGet, cancellation).ConfigureAwait(false) is { } get)
        {
            var content = device.Vault.ReadBytes(get.Path);
            var head = new SyncFile(get.Path, content.Length, ContentHash.Of(content));
            await channel.SendAsync(head, LinkJson.Default.SyncFile, cancellation).ConfigureAwait(false);
            await channel.SendContentAsync(content, cancellation).ConfigureAwait(false);
        }
    }

    public async Task CommitAsync(LinkChannel channel, CancellationToken cancellation)
    {
        var request = await channel
            .ReceiveAsync(LinkJson.Default.SyncCommitRequest, cancellation)
            .ConfigureAwait(false);
        CheckVaultId(request.VaultId);
        var common = new Dictionary<string, string>(StringComparer.Ordinal);
        SyncListBatch batch;
        do
        {
            batch = await channel.ReceiveAsync(LinkJson.Default.SyncListBatch, cancellation).ConfigureAwait(false);
            foreach (var entry in batch.Entries)
            {
                NotePath.Check(entry.Path);
                if (entry.Hash.Length != 64 || !entry.Hash.All(char.IsAsciiHexDigitLower))
                    throw new RefusedException($"{entry.Path}: '{entry.Hash}' is no content hash");
                common[entry.Path] = entry.Hash;
            }
            if (common.Count > CommonEntriesMax)
                throw new RefusedException($"a common state has {CommonEntriesMax:N0} entries at most");
        } while (!batch.Last);
        device.CommonStates.Save(request.VaultId, common);
        await channel
            .SendAsync(new SyncCommitted(common.Count), LinkJson.Default.SyncCommitted, cancellation)
            .ConfigureAwait(false);
    }

    public async Task IndexAsync(LinkChannel channel, CancellationToken cancellation)
    {
        await channel.ReceiveAsync(LinkJson.Default.EmptyRequest, cancellation).ConfigureAwait(false);
        await using var events = new EventSender(channel, device.Board, cancellation);
        var report = await device
            .UpdateIndexAsync(
                new DirectProgress<IndexProgress>(p => events.Progress("indexing", p.Done, p.Total)),
                cancellation
            )
            .ConfigureAwait(false);
        var reply = new IndexedReply(
            report.Total,
            report.Added.Count,
            report.Changed.Count,
            report.Removed.Count,
            [.. report.Problems.Take(ProblemsMax).Select(problem => $"{problem.Path}: {problem.Message}")]
        );
        await events.FinishAsync(new DeviceEvent { Indexed = reply }).ConfigureAwait(false);
    }

    private static void CheckVaultId(string id)
    {
        if (!State.CommonStates.IsVaultId(id))
            throw new RefusedException($"a folder's id is 16 to 64 of 0-9 and a-f, got '{id}'");
    }

    private static async Task SendBatchesAsync(
        LinkChannel channel,
        string kind,
        SyncEntry[] entries,
        CancellationToken cancellation
    )
    {
        var at = 0;
        do
        {
            var part = entries.Skip(at).Take(SyncListBatch.EntriesMax).ToArray();
            at += part.Length;
            await channel
                .SendAsync(
                    new SyncListBatch(kind, part, at >= entries.Length),
                    LinkJson.Default.SyncListBatch,
                    cancellation
                )
                .ConfigureAwait(false);
        } while (at < entries.Length);
    }

    /// <summary>Null when the host has nothing more and closed the channel.</summary>
    private static async Task<T?> NextAsync<T>(
        LinkChannel channel,
        System.Text.Json.Serialization.Metadata.JsonTypeInfo<T> type,
        CancellationToken cancellation
    )
        where T : class
    {
        try
        {
            return await channel.ReceiveAsync(type, cancellation).ConfigureAwait(false);
        }
        catch (LinkException) when (channel.Closed.IsCancellationRequested)
        {
            return null;
        }
    }

    private SyncAck Store(SyncPut put, byte[] content)
    {
        try
        {
            if (ContentHash.Of(content) != put.Hash)
                return new SyncAck(
                    put.Path,
                    false,
                    "the bytes that arrived have another hash than announced: sync again"
                );
            device.Vault.Write(put.Path, content, put.Replaces);
            return new SyncAck(put.Path, true, null);
        }
        catch (Exception e) when (e is NoteException or IOException or UnauthorizedAccessException)
        {
            device.Log($"{put.Path} was not stored: {e.Message}");
            return new SyncAck(put.Path, false, e.Message);
        }
    }
}
