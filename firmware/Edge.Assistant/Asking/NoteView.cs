using Edge.Assistant.Text;
using Edge.Notes;

namespace Edge.Assistant.Asking;

/// <summary>A note opened for one question: its units with the stems of each.</summary>
internal sealed class NoteView
{
    /// <summary>Larger notes are looked at through the passages that the index found: 64 Ki characters.</summary>
    public const long WholeCharsMax = 64 << 10;

    private readonly Dictionary<string, HashSet<string>> headingStems = new(StringComparer.Ordinal);

    private readonly HashSet<string> nameStems;
    private readonly Stemmer stemmer;

    private NoteView(string path, string title, IReadOnlyList<string> lines, IReadOnlyList<Unit> units, Stemmer stemmer)
    {
        this.stemmer = stemmer;
        Path = path;
        Title = title;
        Lines = lines;
        Units = units;
        UnitStems = [.. units.Select(unit => stemmer.Of(unit.Text))];
        AllStems = new HashSet<string>(UnitStems.SelectMany(stems => stems), StringComparer.Ordinal);
        nameStems = stemmer.Of(title + " " + path[..path.LastIndexOf('.')]);
    }

    public string Path { get; }

    public string Title { get; }

    /// <summary>The file's lines.</summary>
    public IReadOnlyList<string> Lines { get; }

    public IReadOnlyList<Unit> Units { get; }

    /// <summary>(units): the stems of each.</summary>
    public IReadOnlyList<HashSet<string>> UnitStems { get; }

    public HashSet<string> AllStems { get; }

    /// <summary>Whether the title or the path has the word.</summary>
    public bool Names(string stem) => nameStems.Contains(stem);

    /// <summary>Reads the note as it is now. Null when it is gone or cannot be read: then it is not cited.</summary>
    /// <param name="hits">What the index found in it.</param>
    public static NoteView? Open(Vault vault, IReadOnlyList<SearchHit> hits, Stemmer stemmer)
    {
        Note note;
        try
        {
            note = vault.Read(hits[0].Passage.Note);
        }
        catch (NoteException)
        {
            return null;
        }
        var chars = note.Lines.Sum(line => (long)line.Length + 1);
        var units = chars <= WholeCharsMax ? NoteOutline.Read(note.Lines, note.BodyFirstLine) : Excerpts(note, hits);
        return new NoteView(note.Path, note.Title, note.Lines, units, stemmer);
    }

    public HashSet<string> HeadingStems(string heading)
    {
        if (!headingStems.TryGetValue(heading, out var stems))
            headingStems[heading] = stems = stemmer.Of(heading);
        return stems;
    }

    private static List<Unit> Excerpts(Note note, IReadOnlyList<SearchHit> hits)
    {
        var units = new List<Unit>();
        foreach (var passage in hits.Select(hit => hit.Passage).OrderBy(passage => passage.FirstLine))
        {
            var first = Math.Max(1, passage.FirstLine);
            var last = Math.Min(note.Lines.Count, passage.LastLine);
            if (last < first)
                continue;
            var lines = Enumerable.Range(first - 1, last - first + 1).Select(i => note.Lines[i]).ToList();
            var blocks = units.Count == 0 ? 0 : units[^1].Block + 1;
            units.AddRange(
                NoteOutline
                    .Read(lines, lineOffset: first - 1)
                    .Select(unit => unit with { Heading = passage.Heading, Block = unit.Block + blocks })
            );
        }
        return units;
    }
}
