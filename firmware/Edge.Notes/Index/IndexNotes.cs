using Microsoft.Data.Sqlite;

namespace Edge.Notes;

/// <summary>Which notes hold some words, all of them and not only the best: for counting.</summary>
internal static class IndexNotes
{
    /// <summary>Paths of the notes that hold, of each group, at least one word's stem. A group of no words holds for
    /// every note.</summary>
    public static HashSet<string> With(SqliteConnection connection, IReadOnlyList<string> groups, bool orWithoutText)
    {
        using var snapshot = connection.BeginTransaction(deferred: true);
        var notes = Notes(connection);
        var ids = notes.ConvertAll(note => note.Id);
        HashSet<long>? holding = null;
        foreach (var group in groups)
        {
            var stems = IndexQuery.ContentStems(group);
            if (stems.Count == 0)
                continue;
            var found = Holding(connection, string.Join(" OR ", stems.Select(IndexQuery.Quoted)), ids);
            holding = holding is null ? found : [.. holding.Intersect(found)];
        }
        return
        [
            .. notes
                .Where(note => holding is null || holding.Contains(note.Id) || (orWithoutText && note.Passages == 0))
                .Select(note => note.Path),
        ];
    }

    private static List<(long Id, string Path, int Passages)> Notes(SqliteConnection connection)
    {
        using var command = connection.CreateCommand();
        command.CommandText = "SELECT id, path, passages FROM note ORDER BY id";
        using var row = command.ExecuteReader();
        var notes = new List<(long, string, int)>();
        while (row.Read())
            notes.Add((row.GetInt64(0), row.GetString(1), row.GetInt32(2)));
        return notes;
    }

    private static HashSet<long> Holding(SqliteConnection connection, string match, List<long> ids)
    {
        using var command = connection.CreateCommand();
        command.CommandText = "SELECT rowid FROM passage WHERE passage MATCH $match";
        command.Parameters.AddWithValue("$match", match);
        using var row = command.ExecuteReader();
        var found = new HashSet<long>();
        while (row.Read())
            found.Add(IndexSearch.NoteOf(row.GetInt64(0), ids));
        return found;
    }
}
