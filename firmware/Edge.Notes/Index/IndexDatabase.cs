using System.Collections.Concurrent;
using System.Text;
using Microsoft.Data.Sqlite;

namespace Edge.Notes;

/// <summary>
/// The SQLite file of a <see cref="NoteIndex"/>: opened, checked, replaced when it is unusable. Connections are lent out
/// one per thread; readers see the last commit while one writer works (write-ahead log).
/// </summary>
/// <remarks>
/// note: one row a note; id is the number of its first passage, the others follow it. An index over whole paths would be
/// a third of the table, so there is one over four bytes of their hash.
/// passage: FTS5 over stems, without content: the text itself is only in the notes' files.
/// </remarks>
internal sealed class IndexDatabase : IDisposable
{
    /// <summary>Raise when the tables, the stemmer or the passage rules change: the index is then rebuilt.</summary>
    private const int Version = 2;

    /// <summary>"EdgN", in the file's header: says that the file is ours to delete.</summary>
    private const int ApplicationId = 0x4564674E;

    /// <summary>Larger files are not checked page by page at open: damage then shows when it is met.</summary>
    private const long CheckedBytesMax = 16L << 20;

    private const string Schema = """
        CREATE TABLE note(
          id INTEGER PRIMARY KEY,
          path TEXT NOT NULL,
          pathkey INTEGER NOT NULL,
          title TEXT NOT NULL,
          day INTEGER,
          hash BLOB NOT NULL,
          size INTEGER NOT NULL,
          ticks INTEGER NOT NULL,
          added INTEGER NOT NULL,
          passages INTEGER NOT NULL,
          problem TEXT
        );
        CREATE INDEX note_pathkey ON note(pathkey);
        CREATE VIRTUAL TABLE passage USING fts5(
          title, heading, body, content='', contentless_delete=1, tokenize='ascii'
        );
        """;

    private readonly string file;
    private readonly ConcurrentBag<SqliteConnection> idle = [];
    private readonly Lock gate = new();
    private int generation;
    private bool isDisposed;

    static IndexDatabase() => SQLitePCL.Batteries_V2.Init();

    public IndexDatabase(string databasePath)
    {
        file = Path.GetFullPath(databasePath);
        if (Directory.Exists(file))
            throw new NoteException($"{file}: is a folder, expected the index file: name a file");
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(file)!);
            WasRebuilt = !IsUsable();
            if (WasRebuilt)
                StartAfresh();
        }
        catch (Exception trouble) when (trouble is IOException or UnauthorizedAccessException)
        {
            throw new NoteException(
                $"{file}: the index cannot be opened ({trouble.Message}): check the folder",
                trouble
            );
        }
        catch (SqliteException trouble)
        {
            throw Explain(trouble);
        }
    }

    public bool WasRebuilt { get; private set; }

    /// <summary>Counts the fresh starts: damage that was seen in an earlier generation has been dealt with.</summary>
    public int Generation => Volatile.Read(ref generation);

    public static bool IsDamage(SqliteException trouble) => trouble.SqliteErrorCode is 11 or 26;

    public static long PathKey(string path) => Convert.ToInt32(ContentHash.Of(Encoding.UTF8.GetBytes(path))[..8], 16);

    /// <summary>Lends a connection to <paramref name="use"/>.</summary>
    public T Use<T>(Func<SqliteConnection, T> use)
    {
        ObjectDisposedException.ThrowIf(isDisposed, this);
        var borrowedAt = Generation;
        if (!idle.TryTake(out var connection))
            connection = Connect();
        var isGood = false;
        try
        {
            var result = use(connection);
            isGood = true;
            return result;
        }
        finally
        {
            if (isGood && borrowedAt == Generation && !isDisposed)
                idle.Add(connection);
            else
                connection.Dispose();
        }
    }

    /// <summary>Throws the damaged file away, unless another thread has done so since <paramref name="seenIn"/>.</summary>
    public void StartAfresh(int seenIn)
    {
        lock (gate)
        {
            if (seenIn == generation)
                StartAfresh();
        }
    }

    public NoteException Explain(SqliteException trouble) =>
        new(
            trouble.SqliteErrorCode switch
            {
                13 => $"{file}: the disk is full: the notes are unharmed; free some space and try again",
                5 or 6 => $"{file}: another program holds the index: close it and try again",
                8 => $"{file}: the index cannot be written: check its permissions",
                _ =>
                    $"{file}: the index cannot be used ({trouble.Message}): check the disk and the folder's permissions",
            },
            trouble
        );

    public void Dispose()
    {
        isDisposed = true;
        CloseIdle();
    }

    private bool IsUsable()
    {
        if (!File.Exists(file) || new FileInfo(file).Length == 0)
            return false;
        SqliteConnection? connection = null;
        try
        {
            connection = Connect();
            if (Number(connection, "PRAGMA application_id") != ApplicationId)
                return false;
            if (Number(connection, "PRAGMA user_version") != Version)
                return false;
            if (new FileInfo(file).Length <= CheckedBytesMax && Text(connection, "PRAGMA quick_check(1)") != "ok")
                return false;
            Number(connection, "SELECT count(*) FROM note WHERE id = 0");
            Number(connection, "SELECT count(*) FROM passage WHERE passage MATCH '\"a\"'");
            idle.Add(connection);
            connection = null;
            return true;
        }
        catch (SqliteException trouble) when (IsDamage(trouble) || trouble.SqliteErrorCode == 1)
        {
            return false;
        }
        finally
        {
            connection?.Dispose();
        }
    }

    private void StartAfresh()
    {
        Interlocked.Increment(ref generation);
        CloseIdle();
        SetAside();
        using (var connection = Connect(isNew: true))
        {
            using var transaction = connection.BeginTransaction();
            Run(connection, Schema);
            Run(connection, $"PRAGMA application_id = {ApplicationId}");
            Run(connection, $"PRAGMA user_version = {Version}");
            transaction.Commit();
        }
        WasRebuilt = true;
    }

    /// <summary>An index of ours is deleted. Anything else that has its name is somebody's, and only moved aside.</summary>
    private void SetAside()
    {
        if (File.Exists(file) && new FileInfo(file).Length > 0 && !HasOurMark())
        {
            var number = 1;
            while (Path.Exists($"{file}.set-aside-{number}"))
                number++;
            File.Move(file, $"{file}.set-aside-{number}");
        }
        foreach (var suffix in (ReadOnlySpan<string>)["", "-wal", "-shm", "-journal"])
            File.Delete(file + suffix);
    }

    /// <summary>The application id stands big-endian at byte 68 of an SQLite file.</summary>
    private bool HasOurMark()
    {
        using var handle = File.OpenHandle(file);
        Span<byte> mark = stackalloc byte[4];
        return RandomAccess.Read(handle, mark, 68) == 4
            && System.Buffers.Binary.BinaryPrimitives.ReadInt32BigEndian(mark) == ApplicationId;
    }

    private SqliteConnection Connect(bool isNew = false)
    {
        var settings = new SqliteConnectionStringBuilder
        {
            DataSource = file,
            Pooling = false,
            DefaultTimeout = 10,
        };
        var connection = new SqliteConnection(settings.ToString());
        try
        {
            connection.Open();
            // Only an empty file takes this; without it the file never shrinks.
            if (isNew)
                Run(connection, "PRAGMA auto_vacuum = INCREMENTAL");
            // NORMAL: a power cut may take the last commits, never the file's order; Update finds what is missing.
            Run(
                connection,
                "PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA journal_size_limit = 4194304"
            );
            return connection;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    private void CloseIdle()
    {
        while (idle.TryTake(out var connection))
            connection.Dispose();
    }

    internal static void Run(SqliteConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }

    internal static long Number(SqliteConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        return command.ExecuteScalar() is long number ? number : 0;
    }

    private static string? Text(SqliteConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        return command.ExecuteScalar() as string;
    }
}
