using Microsoft.Data.Sqlite;

namespace Edge.Notes;

/// <summary>
/// The derived, rebuildable SQLite FTS5 index over a vault. Killed at any moment it is whole at the next open; when it
/// is damaged or of another version it is rebuilt. Safe to search from several threads while one updates.
/// </summary>
public sealed class NoteIndex : IDisposable
{
    private const string NoteColumns = "path, title, day, hash, size, added";

    private readonly IndexDatabase database;
    private readonly Vault vault;
    private readonly TimeProvider clock;
    private readonly Lock updateGate = new();

    private NoteIndex(IndexDatabase database, Vault vault, TimeProvider clock)
    {
        this.database = database;
        this.vault = vault;
        this.clock = clock;
    }

    /// <param name="databasePath">Created when missing. Ours: it may be deleted and rebuilt.</param>
    /// <param name="vault">The notes.</param>
    /// <param name="clock">For <see cref="IndexedNote.AddedUtc"/>.</param>
    /// <exception cref="NoteException">The file or its folder cannot be written.</exception>
    public static NoteIndex Open(string databasePath, Vault vault, TimeProvider clock)
    {
        ArgumentNullException.ThrowIfNull(databasePath);
        ArgumentNullException.ThrowIfNull(vault);
        ArgumentNullException.ThrowIfNull(clock);
        return new NoteIndex(new IndexDatabase(databasePath), vault, clock);
    }

    /// <summary>True when Open found no usable index and started an empty one, or damage made us do so since.</summary>
    public bool WasRebuilt => database.WasRebuilt;

    /// <summary>Brings the index up to date: stats every file, reads only those whose size or time changed, in bounded
    /// transactions. Cancelling keeps what was done.</summary>
    public IndexReport Update(IProgress<IndexProgress>? progress = null, CancellationToken cancellation = default)
    {
        lock (updateGate)
        {
            return Guarded(connection => new IndexUpdate(connection, vault, clock, progress).Run(cancellation));
        }
    }

    /// <summary>Passages by BM25 over stems with weights for title, headings and body; any text is a valid query. A hit
    /// whose file has changed since the last <see cref="Update"/> is left out.</summary>
    /// <param name="among">Only these notes, by path; null: all.</param>
    public IReadOnlyList<SearchHit> Search(string query, int limit, IReadOnlySet<string>? among = null)
    {
        ArgumentNullException.ThrowIfNull(query);
        ArgumentOutOfRangeException.ThrowIfNegative(limit);
        var stems = IndexQuery.ContentStems(query);
        if (stems.Count == 0 || limit == 0)
            return [];
        return WithRepair(connection => new IndexSearch(connection, vault).Run(stems, limit, among));
    }

    /// <summary>How many passages hold the stem of each content word of the text: (word as written, stem, passages).</summary>
    public IReadOnlyList<QueryTerm> Terms(string query)
    {
        ArgumentNullException.ThrowIfNull(query);
        return WithRepair(connection => IndexQuery.Terms(connection, query));
    }

    /// <summary>Paths of all notes that hold, of each group of words, the stem of at least one. Tags of the front matter
    /// count as words of a note.</summary>
    /// <param name="orWithoutText">With the notes that have no text, of which the index knows no words.</param>
    public IReadOnlySet<string> NotesWith(IReadOnlyList<string> groups, bool orWithoutText)
    {
        ArgumentNullException.ThrowIfNull(groups);
        return WithRepair(connection => IndexNotes.With(connection, groups, orWithoutText));
    }

    public int NoteCount => (int)WithRepair(c => IndexDatabase.Number(c, "SELECT count(*) FROM note"));

    public int PassageCount =>
        (int)WithRepair(c => IndexDatabase.Number(c, "SELECT coalesce(sum(passages), 0) FROM note"));

    /// <summary>Null when the index does not hold the note.</summary>
    public IndexedNote? Find(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        return Notes(
                $"SELECT {NoteColumns} FROM note WHERE pathkey = $key AND path = $path",
                ("$key", IndexDatabase.PathKey(path)),
                ("$path", path)
            )
            .FirstOrDefault();
    }

    /// <summary>All notes, newest first: by day (of AddedUtc where a note has no date), then by AddedUtc, then by path.</summary>
    public IReadOnlyList<IndexedNote> Newest(int skip, int take)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(skip);
        ArgumentOutOfRangeException.ThrowIfNegative(take);
        return Notes(
            $"""
            SELECT {NoteColumns} FROM note
            ORDER BY coalesce(day, added / {TimeSpan.TicksPerDay}) DESC, added DESC, path
            LIMIT $take OFFSET $skip
            """,
            ("$take", take),
            ("$skip", skip)
        );
    }

    /// <summary>Path to hash of every note, for sync.</summary>
    public IReadOnlyDictionary<string, string> Hashes() =>
        WithRepair(connection =>
        {
            using var command = connection.CreateCommand();
            command.CommandText = "SELECT path, hash FROM note";
            using var row = command.ExecuteReader();
            var hashes = new Dictionary<string, string>(StringComparer.Ordinal);
            while (row.Read())
                hashes[row.GetString(0)] = Convert.ToHexStringLower(row.GetFieldValue<byte[]>(1));
            return hashes;
        });

    public void Dispose() => database.Dispose();

    private List<IndexedNote> Notes(string sql, params ReadOnlySpan<(string Name, object Value)> parameters)
    {
        var values = parameters.ToArray();
        return WithRepair(connection =>
        {
            using var command = connection.CreateCommand();
            command.CommandText = sql;
            foreach (var (name, value) in values)
                command.Parameters.AddWithValue(name, value);
            using var row = command.ExecuteReader();
            var notes = new List<IndexedNote>();
            while (row.Read())
            {
                notes.Add(
                    new IndexedNote(
                        row.GetString(0),
                        row.GetString(1),
                        row.IsDBNull(2) ? null : DateOnly.FromDayNumber(row.GetInt32(2)),
                        Convert.ToHexStringLower(row.GetFieldValue<byte[]>(3)),
                        row.GetInt64(4),
                        new DateTime(row.GetInt64(5), DateTimeKind.Utc)
                    )
                );
            }
            return notes;
        });
    }

    /// <summary>Reads; damage met on the way is repaired by a rebuild, and the read done again.</summary>
    private T WithRepair<T>(Func<SqliteConnection, T> read)
    {
        var generation = database.Generation;
        try
        {
            return database.Use(read);
        }
        catch (SqliteException trouble) when (IndexDatabase.IsDamage(trouble))
        {
            lock (updateGate)
            {
                database.StartAfresh(generation);
                Guarded(connection => new IndexUpdate(connection, vault, clock, null).Run(default));
            }
            return Guarded(read);
        }
        catch (SqliteException trouble)
        {
            throw database.Explain(trouble);
        }
    }

    /// <summary>Damage is answered by one fresh start; everything else by a sentence.</summary>
    private T Guarded<T>(Func<SqliteConnection, T> work)
    {
        var generation = database.Generation;
        try
        {
            try
            {
                return database.Use(work);
            }
            catch (SqliteException trouble) when (IndexDatabase.IsDamage(trouble))
            {
                database.StartAfresh(generation);
                return database.Use(work);
            }
        }
        catch (SqliteException trouble)
        {
            throw database.Explain(trouble);
        }
    }
}
