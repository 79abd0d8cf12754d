using System.Text;

namespace Edge.Notes;

/// <summary>What the index stores of a passage: stems with single spaces.</summary>
internal readonly record struct PassageStems(string Title, string Heading, string Body);

/// <summary>A note read, parsed and stemmed, ready to be stored.</summary>
/// <param name="Trouble">Why the file could not be read; then there is nothing else.</param>
internal sealed record PreparedNote(
    NoteFile File,
    string Hash,
    string Title,
    DateOnly? Date,
    string? Problem,
    IReadOnlyList<PassageStems> Passages,
    string? Trouble
)
{
    /// <param name="knownHash">When the file's content still has it, parsing is spared and Passages is empty.</param>
    public static PreparedNote Read(Vault vault, NoteFile file, string? knownHash)
    {
        try
        {
            var content = vault.ReadBytes(file.Path);
            var hash = ContentHash.Of(content);
            if (hash == knownHash)
                return new PreparedNote(file, hash, "", null, null, [], null);
            var note = Note.Parse(file.Path, content);
            var seen = file with { Size = content.Length };
            return new PreparedNote(seen, hash, note.Title, note.Date, note.Problem, Stems(note), null);
        }
        catch (NoteException trouble)
        {
            return new PreparedNote(file, "", "", null, null, [], trouble.Message);
        }
    }

    private static List<PassageStems> Stems(Note note)
    {
        var cache = new Dictionary<string, string>(StringComparer.Ordinal);
        var text = new StringBuilder();
        var title = Join(note.Title, text, cache);
        var tags = string.Join(' ', note.Tags);
        var stems = new List<PassageStems>(note.Passages.Count);
        foreach (var passage in note.Passages)
        {
            // Tags are found through the note's first passage; the title is not repeated as a heading.
            var heading = passage.Heading;
            if (heading.StartsWith(note.Title, StringComparison.Ordinal))
                heading = heading[note.Title.Length..];
            if (stems.Count == 0)
                heading = $"{heading} {tags}";
            stems.Add(new PassageStems(title, Join(heading, text, cache), Join(passage.Text, text, cache)));
        }
        return stems;
    }

    private static string Join(string words, StringBuilder text, Dictionary<string, string> cache)
    {
        text.Clear();
        foreach (var word in TextWords.Split(words))
        {
            if (!cache.TryGetValue(word.Folded, out var stem))
                cache[word.Folded] = stem = TextWords.Stem(word.Folded);
            text.Append(stem).Append(' ');
        }
        return text.ToString();
    }
}
