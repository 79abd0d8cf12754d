using System.Runtime.InteropServices;
using Microsoft.Data.Sqlite;

namespace Edge.Notes;

/// <summary>
/// One search. Every stem is looked up by itself, so that its share of a passage's BM25 is known; a passage's score is
/// the sum of its own shares plus a part of the best shares found anywhere in its note: a note that holds all the words
/// of a question in different places ranks above one that repeats a single word.
/// </summary>
internal sealed class IndexSearch(SqliteConnection connection, Vault vault)
{
    private const double TitleWeight = 8;
    private const double HeadingWeight = 1;
    private const double BodyWeight = 1;

    /// <summary>How much a note's best shares count, divided by the square root of its passages: an archive of hundreds
    /// of passages holds every word somewhere, which says little.</summary>
    private const double NoteWeight = 0.5;

    /// <summary>Files that are opened to fill a page of hits, when many have changed since the last update.</summary>
    private const int NotesReadMax = 200;

    private readonly Dictionary<long, IReadOnlyList<Passage>?> opened = [];

    /// <param name="among">Only these notes, by path; null: all.</param>
    public List<SearchHit> Run(List<string> stems, int limit, IReadOnlySet<string>? among)
    {
        using var snapshot = connection.BeginTransaction(deferred: true);
        var ids = NoteIds();
        var passages = new Dictionary<long, double>();
        var notes = new Dictionary<long, double>();
        foreach (var stem in stems)
            AddShares(stem, ids, passages, notes);

        var ranked = new PriorityQueue<long, double>();
        var chosen = among is null ? null : IdsOf(among);
        foreach (var (row, own) in passages)
        {
            var note = NoteOf(row, ids);
            if (chosen?.Contains(note) == false)
                continue;
            ranked.Enqueue(row, -(own + NoteWeight * notes[note] / Math.Sqrt(PassagesOf(note, ids))));
        }

        var hits = new List<SearchHit>();
        while (hits.Count < limit && opened.Count < NotesReadMax && ranked.TryDequeue(out var row, out var cost))
        {
            var id = NoteOf(row, ids);
            if (!opened.TryGetValue(id, out var texts))
                opened[id] = texts = Open(id);
            if (texts is not null && row - id < texts.Count)
                hits.Add(new SearchHit(texts[(int)(row - id)], -cost));
        }
        return hits;
    }

    /// <summary>Ascending; a passage belongs to the note with the largest id that is not above its own.</summary>
    private List<long> NoteIds()
    {
        using var command = connection.CreateCommand();
        command.CommandText = "SELECT id FROM note ORDER BY id";
        using var row = command.ExecuteReader();
        var ids = new List<long>();
        while (row.Read())
            ids.Add(row.GetInt64(0));
        return ids;
    }

    private HashSet<long> IdsOf(IReadOnlySet<string> paths)
    {
        using var command = connection.CreateCommand();
        command.CommandText = "SELECT id, path FROM note";
        using var row = command.ExecuteReader();
        var ids = new HashSet<long>();
        while (row.Read())
        {
            if (paths.Contains(row.GetString(1)))
                ids.Add(row.GetInt64(0));
        }
        return ids;
    }

    /// <summary>As far as the ids tell: removed notes leave gaps.</summary>
    private static long PassagesOf(long note, List<long> ids)
    {
        var at = ids.BinarySearch(note);
        return at + 1 < ids.Count ? ids[at + 1] - note : 1;
    }

    internal static long NoteOf(long row, List<long> ids)
    {
        var at = ids.BinarySearch(row);
        return ids[at >= 0 ? at : Math.Max(0, ~at - 1)];
    }

    private void AddShares(
        string stem,
        List<long> ids,
        Dictionary<long, double> passages,
        Dictionary<long, double> notes
    )
    {
        using var command = connection.CreateCommand();
        command.CommandText =
            "SELECT rowid, bm25(passage, $title, $heading, $body) FROM passage WHERE passage MATCH $stem";
        command.Parameters.AddWithValue("$title", TitleWeight);
        command.Parameters.AddWithValue("$heading", HeadingWeight);
        command.Parameters.AddWithValue("$body", BodyWeight);
        command.Parameters.AddWithValue("$stem", IndexQuery.Quoted(stem));
        using var row = command.ExecuteReader();
        var best = new Dictionary<long, double>();
        while (row.Read())
        {
            var id = row.GetInt64(0);
            // FTS5's bm25 is negative, better is smaller.
            var share = -row.GetDouble(1);
            CollectionsMarshal.GetValueRefOrAddDefault(passages, id, out _) += share;
            ref var most = ref CollectionsMarshal.GetValueRefOrAddDefault(best, NoteOf(id, ids), out _);
            most = Math.Max(most, share);
        }
        foreach (var (note, share) in best)
            CollectionsMarshal.GetValueRefOrAddDefault(notes, note, out _) += share;
    }

    /// <summary>Null when the file is not what was indexed: its lines may have moved.</summary>
    private IReadOnlyList<Passage>? Open(long id)
    {
        using var command = connection.CreateCommand();
        command.CommandText = "SELECT path, hash FROM note WHERE id = $id";
        command.Parameters.AddWithValue("$id", id);
        using var row = command.ExecuteReader();
        if (!row.Read())
            return null;
        try
        {
            var path = row.GetString(0);
            var content = vault.ReadBytes(path);
            return ContentHash.Of(content) == Convert.ToHexStringLower(row.GetFieldValue<byte[]>(1))
                ? Note.Parse(path, content).Passages
                : null;
        }
        catch (NoteException)
        {
            // Gone or unreadable since: the next update reports it.
            return null;
        }
    }
}
