namespace Edge.Link.Messages;

/// <param name="VaultId">The host folder's own id; each has its own last common state on the device.</param>
/// <param name="VaultName">For people.</param>
public sealed record SyncListRequest(string VaultId, string VaultName);

/// <param name="Path">Relative to the vault, with '/'.</param>
/// <param name="Hash">SHA-256 of the content, lower-case hexadecimal.</param>
/// <param name="Size">Bytes.</param>
public sealed record SyncEntry(string Path, string Hash, long Size);

/// <summary>
/// Part of a list, <see cref="EntriesMax"/> entries at most. The answer to sync-list is all batches of kind "device",
/// then all of kind "common"; sync-commit sends batches of kind "common". The last batch of each kind says so, and may be
/// empty.
/// </summary>
public sealed record SyncListBatch(string Kind, IReadOnlyList<SyncEntry> Entries, bool Last)
{
    public const string Device = "device";
    public const string Common = "common";

    public const int EntriesMax = 500;

    /// <summary>Characters of a batch's paths at most: six bytes each in JSON stay well under a message's limit.</summary>
    private const int PathCharsMax = 100_000;

    /// <summary>The batches of one kind, the last marked; one empty batch when there are no entries.</summary>
    public static IEnumerable<SyncListBatch> Split(string kind, IEnumerable<SyncEntry> entries)
    {
        var batch = new List<SyncEntry>();
        var chars = 0;
        foreach (var entry in entries)
        {
            if (batch.Count == EntriesMax || (batch.Count > 0 && chars + entry.Path.Length > PathCharsMax))
            {
                yield return new SyncListBatch(kind, batch, Last: false);
                (batch, chars) = ([], 0);
            }
            batch.Add(entry);
            chars += entry.Path.Length;
        }
        yield return new SyncListBatch(kind, batch, Last: true);
    }
}

/// <summary>A file for the device; then its bytes in chunks. Nothing follows a size of 0.</summary>
/// <param name="Replaces">Hash of the content it replaces; null when the device must not have the path yet.</param>
public sealed record SyncPut(string Path, long Size, string Hash, string? Replaces);

/// <summary>Sent for each file, in order, after the device read it back from its disk.</summary>
/// <param name="Message">Why it was not stored.</param>
public sealed record SyncAck(string Path, bool Stored, string? Message);

/// <summary>Asks for one file of the device; many may be asked for on one channel.</summary>
public sealed record SyncGet(string Path);

/// <summary>A file of the device; then its bytes in chunks. Nothing follows a size of 0.</summary>
public sealed record SyncFile(string Path, long Size, string Hash);

/// <summary>First message of sync-commit; then batches of kind "common".</summary>
public sealed record SyncCommitRequest(string VaultId, string VaultName);

/// <param name="Count">Entries of the common state now on the device's disk.</param>
public sealed record SyncCommitted(int Count);

/// <param name="Problems">One line for each note that could not be read, 100 at most.</param>
public sealed record IndexedReply(int Notes, int Added, int Changed, int Removed, IReadOnlyList<string> Problems);
