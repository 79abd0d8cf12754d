namespace Edge.Notes;

/// <param name="Score">Higher is better; comparable within one search only.</param>
public sealed record SearchHit(Passage Passage, double Score);

/// <summary>A note as the index knows it.</summary>
/// <param name="Hash"><see cref="ContentHash"/> of the bytes that were indexed.</param>
/// <param name="AddedUtc">When the index first saw the note.</param>
public sealed record IndexedNote(string Path, string Title, DateOnly? Date, string Hash, long Size, DateTime AddedUtc);

/// <param name="Added">Paths new to the index.</param>
/// <param name="Changed">Paths whose content changed.</param>
/// <param name="Removed">Paths that are no longer in the vault.</param>
/// <param name="Total">Notes in the index now.</param>
public sealed record IndexReport(
    IReadOnlyList<string> Added,
    IReadOnlyList<string> Changed,
    IReadOnlyList<string> Removed,
    int Total,
    IReadOnlyList<VaultProblem> Problems
);

public readonly record struct IndexProgress(int Done, int Total, string Path);

/// <summary>
/// The derived, rebuildable SQLite FTS5 index over a vault. Killed at any moment it is whole at the next open; when it
/// is damaged or of another version it is rebuilt. Safe to search from several threads while one updates.
/// </summary>
public sealed class NoteIndex : IDisposable
{
    /// <param name="databasePath">Created when missing. Ours: it may be deleted and rebuilt.</param>
    /// <param name="vault">The notes.</param>
    /// <param name="clock">For <see cref="IndexedNote.AddedUtc"/>.</param>
    public static NoteIndex Open(string databasePath, Vault vault, TimeProvider clock) =>
        throw new NotImplementedException();

    /// <summary>True when Open found no usable index and started an empty one.</summary>
    public bool WasRebuilt => throw new NotImplementedException();

    /// <summary>Brings the index up to date: stats every file, reads only those whose size or time changed, in bounded
    /// transactions. Cancelling keeps what was done.</summary>
    public IndexReport Update(IProgress<IndexProgress>? progress = null, CancellationToken cancellation = default) =>
        throw new NotImplementedException();

    /// <summary>Passages by BM25 over stems with weights for title, headings and body; any text is a valid query.</summary>
    public IReadOnlyList<SearchHit> Search(string query, int limit) => throw new NotImplementedException();

    /// <summary>How many passages hold the stem of each content word of the text: (word as written, stem, passages).</summary>
    public IReadOnlyList<QueryTerm> Terms(string query) => throw new NotImplementedException();

    public int NoteCount => throw new NotImplementedException();

    public int PassageCount => throw new NotImplementedException();

    /// <summary>Null when the index does not hold the note.</summary>
    public IndexedNote? Find(string path) => throw new NotImplementedException();

    /// <summary>All notes, newest first: by date (AddedUtc where a note has none), then by path.</summary>
    public IReadOnlyList<IndexedNote> Newest(int skip, int take) => throw new NotImplementedException();

    /// <summary>Path to hash of every note, for sync.</summary>
    public IReadOnlyDictionary<string, string> Hashes() => throw new NotImplementedException();

    public void Dispose() { }
}

/// <param name="Word">As written in the query.</param>
/// <param name="Stem">What the index stores.</param>
/// <param name="Passages">Passages that hold the stem; 0 means the notes never use the word.</param>
public sealed record QueryTerm(string Word, string Stem, int Passages);
