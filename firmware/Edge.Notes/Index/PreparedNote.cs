using System.Runtime.InteropServices;
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
        var writer = new StemWriter();
        var title = writer.Stems(note.Title);
        var stems = new List<PassageStems>(note.Passages.Count);
        foreach (var passage in note.Passages)
        {
            // Tags are found through the note's first passage; the title is not repeated as a heading.
            var heading = passage.Heading;
            if (heading.StartsWith(note.Title, StringComparison.Ordinal))
                heading = heading[note.Title.Length..];
            if (stems.Count == 0)
                heading = $"{heading} {string.Join(' ', note.Tags)}";
            stems.Add(new PassageStems(title, writer.Stems(heading), writer.BodyStems(passage.Text)));
        }
        return stems;
    }

    private sealed class StemWriter
    {
        /// <summary>BM25 hardly tells three occurrences from ten; the index would hold each.</summary>
        private const int OccurrencesMax = 3;

        private readonly StringBuilder text = new();
        private readonly Dictionary<string, string> stems = new(StringComparer.Ordinal);
        private readonly Dictionary<string, int> occurrences = new(StringComparer.Ordinal);

        public string Stems(string words)
        {
            text.Clear();
            foreach (var word in TextWords.Split(words))
                text.Append(Stem(word.Folded)).Append(' ');
            return text.ToString();
        }

        /// <summary>Stop words are two words of five, and only asked for by title.</summary>
        public string BodyStems(string body)
        {
            text.Clear();
            occurrences.Clear();
            foreach (var word in TextWords.Split(body))
            {
                if (TextWords.IsStopWord(word.Folded))
                    continue;
                var stem = Stem(word.Folded);
                ref var count = ref CollectionsMarshal.GetValueRefOrAddDefault(occurrences, stem, out _);
                if (++count <= OccurrencesMax)
                    text.Append(stem).Append(' ');
            }
            return text.ToString();
        }

        private string Stem(string folded)
        {
            if (!stems.TryGetValue(folded, out var stem))
                stems[folded] = stem = TextWords.Stem(folded);
            return stem;
        }
    }
}
