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

/// <param name="Word">As written in the query.</param>
/// <param name="Stem">What the index stores.</param>
/// <param name="Passages">Passages that hold the stem in title, heading or text; 0 means the notes never use the word.</param>
public sealed record QueryTerm(string Word, string Stem, int Passages);
