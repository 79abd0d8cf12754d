using Microsoft.Data.Sqlite;

namespace Edge.Notes;

/// <summary>
/// One pass that makes the index agree with the vault. Notes are read and stemmed in parallel, a batch ahead of the one
/// thread that writes; each batch is one transaction, so that memory and the write-ahead log stay small.
/// </summary>
internal sealed class IndexUpdate(
    SqliteConnection connection,
    Vault vault,
    TimeProvider clock,
    IProgress<IndexProgress>? progress
)
{
    private const int BatchNotesMax = 512;
    private const long BatchBytesMax = 2L << 20;

    /// <summary>A file this young may change again within the same time stamp: it is hashed again next time.</summary>
    private static readonly long YoungTicks = TimeSpan.FromSeconds(2).Ticks;

    private readonly record struct Known(long Id, long Size, long Ticks, string Hash, long Added, int Passages);

    private readonly List<string> added = [];
    private readonly List<string> changed = [];
    private readonly List<string> removed = [];
    private readonly List<VaultProblem> problems = [];
    private Dictionary<string, Known> known = [];
    private long nextId;

    public IndexReport Run(CancellationToken cancellation)
    {
        var listing = vault.List(cancellation);
        problems.AddRange(listing.Problems);
        known = ReadKnown();
        nextId = 1 + known.Values.Select(k => k.Id + Math.Max(1, k.Passages)).DefaultIfEmpty(0).Max();

        Remove(listing.Notes);
        var batches = Batches(listing.Notes.Where(IsDifferent)).ToList();
        var total = batches.Sum(b => b.Count);
        var done = 0;
        var ahead = batches.Count > 0 ? Prepare(batches[0], cancellation) : null;
        for (var i = 0; i < batches.Count; i++)
        {
            var ready = ahead!.GetAwaiter().GetResult();
            cancellation.ThrowIfCancellationRequested();
            ahead = i + 1 < batches.Count ? Prepare(batches[i + 1], cancellation) : null;
            Store(ready);
            foreach (var note in ready)
                progress?.Report(new IndexProgress(++done, total, note.File.Path));
        }
        if (added.Count + changed.Count + removed.Count > 0)
            Compact();
        AddStoredProblems();
        return new IndexReport(
            added,
            changed,
            removed,
            (int)IndexDatabase.Number(connection, "SELECT count(*) FROM note"),
            problems
        );
    }

    private Dictionary<string, Known> ReadKnown()
    {
        using var command = connection.CreateCommand();
        command.CommandText = "SELECT path, id, size, ticks, hash, added, passages FROM note";
        using var row = command.ExecuteReader();
        var found = new Dictionary<string, Known>(StringComparer.Ordinal);
        while (row.Read())
        {
            found[row.GetString(0)] = new Known(
                row.GetInt64(1),
                row.GetInt64(2),
                row.GetInt64(3),
                Convert.ToHexStringLower(row.GetFieldValue<byte[]>(4)),
                row.GetInt64(5),
                row.GetInt32(6)
            );
        }
        return found;
    }

    private void Remove(IReadOnlyList<NoteFile> listed)
    {
        var here = listed.Select(n => n.Path).ToHashSet(StringComparer.Ordinal);
        removed.AddRange(known.Keys.Where(path => !here.Contains(path)).Order(StringComparer.Ordinal));
        foreach (var some in removed.Chunk(BatchNotesMax))
        {
            using var transaction = connection.BeginTransaction();
            foreach (var path in some)
                Delete(known[path]);
            transaction.Commit();
        }
    }

    private bool IsDifferent(NoteFile file) =>
        !known.TryGetValue(file.Path, out var k) || k.Size != file.Size || k.Ticks != file.ModifiedTicks;

    private static IEnumerable<List<NoteFile>> Batches(IEnumerable<NoteFile> files)
    {
        var batch = new List<NoteFile>();
        var bytes = 0L;
        foreach (var file in files)
        {
            if (batch.Count == BatchNotesMax || (batch.Count > 0 && bytes + file.Size > BatchBytesMax))
            {
                yield return batch;
                (batch, bytes) = ([], 0);
            }
            batch.Add(file);
            bytes += file.Size;
        }
        if (batch.Count > 0)
            yield return batch;
    }

    private Task<PreparedNote[]> Prepare(List<NoteFile> batch, CancellationToken cancellation) =>
        Task.Run(
            () =>
            {
                var ready = new PreparedNote[batch.Count];
                var options = new ParallelOptions
                {
                    CancellationToken = cancellation,
                    MaxDegreeOfParallelism = Environment.ProcessorCount,
                };
                Parallel.For(0, batch.Count, options, i => ready[i] = Prepare(batch[i]));
                return ready;
            },
            cancellation
        );

    private PreparedNote Prepare(NoteFile file) =>
        PreparedNote.Read(vault, file, known.TryGetValue(file.Path, out var k) ? k.Hash : null);

    private void Store(PreparedNote[] batch)
    {
        var now = clock.GetUtcNow().UtcTicks;
        using var transaction = connection.BeginTransaction();
        using var insert = new InsertCommands(connection);
        foreach (var note in batch)
        {
            var path = note.File.Path;
            var isKnown = known.TryGetValue(path, out var before);
            var isYoung = Math.Abs(now - note.File.ModifiedTicks) < YoungTicks;
            var file = isYoung ? note.File with { ModifiedTicks = -1 } : note.File;
            if (note.Trouble is not null)
            {
                problems.Add(new VaultProblem(path, note.Trouble));
                if (isKnown)
                {
                    Delete(before);
                    removed.Add(path);
                }
            }
            else if (isKnown && before.Hash == note.Hash)
            {
                insert.Touch(before.Id, file);
            }
            else
            {
                if (isKnown)
                    Delete(before);
                insert.Note(nextId, note with { File = file }, isKnown ? before.Added : now);
                nextId += Math.Max(1, note.Passages.Count);
                (isKnown ? changed : added).Add(path);
            }
        }
        transaction.Commit();
    }

    private void Delete(Known note)
    {
        using var command = connection.CreateCommand();
        command.CommandText = """
            DELETE FROM passage WHERE rowid >= $id AND rowid < $id + $passages;
            DELETE FROM note WHERE id = $id;
            """;
        command.Parameters.AddWithValue("$id", note.Id);
        command.Parameters.AddWithValue("$passages", note.Passages);
        command.ExecuteNonQuery();
    }

    /// <summary>Merges the index's segments when much has changed, and empties the write-ahead log.</summary>
    private void Compact()
    {
        if (added.Count + changed.Count + removed.Count >= BatchNotesMax)
            IndexDatabase.Run(connection, "INSERT INTO passage(passage) VALUES('optimize')");
        GiveBackFreePages();
        IndexDatabase.Run(connection, "PRAGMA wal_checkpoint(TRUNCATE)");
    }

    /// <summary>The pragma frees one page each time its statement is stepped.</summary>
    private void GiveBackFreePages()
    {
        using var command = connection.CreateCommand();
        command.CommandText = "PRAGMA incremental_vacuum";
        using var row = command.ExecuteReader();
        while (row.Read()) { }
    }

    private void AddStoredProblems()
    {
        using var command = connection.CreateCommand();
        command.CommandText = "SELECT path, problem FROM note WHERE problem IS NOT NULL ORDER BY path";
        using var row = command.ExecuteReader();
        while (row.Read())
            problems.Add(new VaultProblem(row.GetString(0), row.GetString(1)));
    }
}
