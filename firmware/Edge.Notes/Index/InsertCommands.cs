using Microsoft.Data.Sqlite;

namespace Edge.Notes;

/// <summary>The prepared statements of one transaction.</summary>
internal sealed class InsertCommands : IDisposable
{
    private readonly SqliteCommand note;
    private readonly SqliteCommand passage;
    private readonly SqliteCommand touch;

    public InsertCommands(SqliteConnection connection)
    {
        note = Make(
            connection,
            """
            INSERT INTO note(id, path, pathkey, title, day, hash, size, ticks, added, passages, problem)
            VALUES($id, $path, $pathkey, $title, $day, $hash, $size, $ticks, $added, $passages, $problem)
            """
        );
        passage = Make(
            connection,
            "INSERT INTO passage(rowid, title, heading, body) VALUES($id, $title, $heading, $body)"
        );
        touch = Make(connection, "UPDATE note SET size = $size, ticks = $ticks WHERE id = $id");
    }

    public void Note(long id, PreparedNote prepared, long addedTicks)
    {
        Run(
            note,
            ("$id", id),
            ("$path", prepared.File.Path),
            ("$pathkey", IndexDatabase.PathKey(prepared.File.Path)),
            ("$title", prepared.Title),
            ("$day", prepared.Date is { } date ? date.DayNumber : DBNull.Value),
            ("$hash", Convert.FromHexString(prepared.Hash)),
            ("$size", prepared.File.Size),
            ("$ticks", prepared.File.ModifiedTicks),
            ("$added", addedTicks),
            ("$passages", prepared.Passages.Count),
            ("$problem", prepared.Problem is { } problem ? problem : DBNull.Value)
        );
        foreach (var stems in prepared.Passages)
            Run(passage, ("$id", id++), ("$title", stems.Title), ("$heading", stems.Heading), ("$body", stems.Body));
    }

    public void Touch(long id, NoteFile file) =>
        Run(touch, ("$id", id), ("$size", file.Size), ("$ticks", file.ModifiedTicks));

    public void Dispose()
    {
        note.Dispose();
        passage.Dispose();
        touch.Dispose();
    }

    private static SqliteCommand Make(SqliteConnection connection, string sql)
    {
        var command = connection.CreateCommand();
        command.CommandText = sql;
        return command;
    }

    private static void Run(SqliteCommand command, params ReadOnlySpan<(string Name, object Value)> values)
    {
        command.Parameters.Clear();
        foreach (var (name, value) in values)
            command.Parameters.AddWithValue(name, value);
        command.ExecuteNonQuery();
    }
}
