namespace Edge.Assistant;

/// <summary>
/// Summaries as markdown files with front matter (source path, source hash, headline, written by), one per note, in a
/// folder of their own that mirrors the vault. Derived: a summary whose hash is not the note's is stale and made again.
/// </summary>
public sealed class SummaryStore
{
    public SummaryStore(string folder) => throw new NotImplementedException();

    /// <summary>Null when there is none, it is stale for this hash, or it cannot be read.</summary>
    public Summary? Find(string notePath, string hash) => throw new NotImplementedException();

    public void Save(Summary summary) => throw new NotImplementedException();
}
