using Edge.Assistant.Text;
using Edge.Notes;

namespace Edge.Assistant.Planning;

/// <summary>The notes that pass a filter, from the index where it knows, otherwise from the files.</summary>
internal sealed class NoteShelf(Vault vault, NoteIndex index)
{
    /// <summary>
    /// Files that one question opens at most, newest first: to-dos, aliases and a list of all tags are not in the index.
    /// Looking into 12,000 small notes that the system has in memory takes about a second on two cores.
    /// </summary>
    public const int NotesReadMax = 20_000;

    /// <summary>Newest first. A folder that is not there gives none.</summary>
    public List<IndexedNote> Matching(NoteFilter filter, CancellationToken cancellation)
    {
        IEnumerable<IndexedNote> notes = index.Newest(0, int.MaxValue);
        if (filter.Dates is { } dates)
            notes = notes.Where(note => note.Date is { } day && dates.Holds(day));
        return Undated(notes, filter, cancellation);
    }

    /// <summary>Like <see cref="Matching"/>, for whatever day.</summary>
    public List<IndexedNote> OfAnyDay(NoteFilter filter, CancellationToken cancellation) =>
        Undated(index.Newest(0, int.MaxValue), filter, cancellation);

    /// <summary>Reads the note as it is now; null when it is gone or cannot be read.</summary>
    public Note? Open(string path)
    {
        try
        {
            return vault.Read(path);
        }
        catch (NoteException)
        {
            return null;
        }
    }

    /// <summary>Null when the bytes cannot be read or do not pass the test: then the note is not parsed.</summary>
    public Note? OpenIf(string path, Func<byte[], bool> test)
    {
        try
        {
            var content = vault.ReadBytes(path);
            return test(content) ? Note.Parse(path, content) : null;
        }
        catch (NoteException)
        {
            return null;
        }
    }

    /// <summary>Reads on all cores; results in the notes' order.</summary>
    public static T[] Each<T>(
        IReadOnlyList<IndexedNote> notes,
        Func<IndexedNote, T> read,
        CancellationToken cancellation
    )
    {
        var results = new T[notes.Count];
        var options = new ParallelOptions
        {
            CancellationToken = cancellation,
            MaxDegreeOfParallelism = Environment.ProcessorCount,
        };
        Parallel.For(0, notes.Count, options, i => results[i] = read(notes[i]));
        return results;
    }

    /// <summary>Whether the folder that was asked for exists: by its whole path or its last part, in any case.</summary>
    public static bool IsIn(string path, string folder)
    {
        var end = path.LastIndexOf('/');
        if (end < 0)
            return false;
        var wanted = "/" + Words.Fold(folder).Trim('/') + "/";
        return ("/" + Words.Fold(path[..end]) + "/").Contains(wanted, StringComparison.Ordinal);
    }

    /// <summary>"house" is found by the tags "House" and "house/roof".</summary>
    public static bool HasTag(IEnumerable<string> tags, string wanted) =>
        tags.Select(Words.Fold).Any(tag => tag == wanted || tag.StartsWith(wanted + "/", StringComparison.Ordinal));

    private List<IndexedNote> Undated(IEnumerable<IndexedNote> notes, NoteFilter filter, CancellationToken cancellation)
    {
        if (filter.Folder is { } folder)
            notes = notes.Where(note => IsIn(note.Path, folder));
        if (filter.Mentions.Length > 0)
            notes = Among(notes, index.NotesWith([.. Words.Of(filter.Mentions)], orWithoutText: false));
        var found = notes.ToList();
        if (filter.Tags.Count == 0)
            return found;
        // The index holds a note's tags as words of its first passage: few others have all of them.
        var wanted = filter.Tags.SelectMany(Words.Of).ToList();
        found = [.. Among(found, index.NotesWith(wanted, orWithoutText: true)).Take(NotesReadMax)];
        var tags = Each(found, note => Open(note.Path)?.Tags ?? [], cancellation);
        found = [.. found.Where((_, i) => filter.Tags.All(tag => HasTag(tags[i], tag)))];
        return found;
    }

    private static IEnumerable<IndexedNote> Among(IEnumerable<IndexedNote> notes, IReadOnlySet<string> paths) =>
        notes.Where(note => paths.Contains(note.Path));
}
