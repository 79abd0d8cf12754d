using Edge.Assistant.Text;
using Edge.Assistant.Writing;
using Edge.Notes;

namespace Edge.Assistant.Summaries;

/// <summary>
/// Makes summaries. A note that is short, and fits the model if there is one, is read at once; of any other the sections
/// are summarised one by one and the summary is made from those, in memory that does not grow with the note.
/// </summary>
/// <param name="writer">Null: everything is quoted.</param>
internal sealed class Summariser(NoteIndex index, INoteWriter? writer)
{
    /// <summary>Longer notes are read section by section: UTF-16 units and lines.</summary>
    public const int ShortCharsMax = 24_000;

    public const int ShortLinesMax = 400;

    /// <summary>Length of a section when no model reads it, UTF-16 units.</summary>
    private const int QuotedSectionChars = 6_000;

    /// <summary>Units that are kept of the beginning, for a note without a sentence.</summary>
    private const int OpeningUnitsMax = 100;

    private const int SentencesOfSection = 2;

    /// <exception cref="NoteException">The note cannot be read.</exception>
    public Summary Make(NoteText text, CancellationToken cancellation)
    {
        var note = text.Head;
        var body = text.IsWhole && IsShort(note) ? Body(note) : null;
        var sections =
            body is not null && writer?.Holds(note.Title, body) != false
                ? [new Section(body, NoteOutline.Read(note.Lines, note.BodyFirstLine))]
                : new SectionReader(writer?.SectionChars ?? QuotedSectionChars).Read(text.Lines(), note.BodyFirstLine);
        var (units, pieces) = Read(sections, note.Title, cancellation);
        cancellation.ThrowIfCancellationRequested();
        var extracted = Extract.Of(note, units, index);
        var written = writer is null ? null : new SectionWriter(writer, note.Title).Write(pieces, cancellation);
        return written is null
            ? new Summary("", text.Hash, extracted.Headline, extracted.Text, NoteAssistant.Quoted)
            {
                Sources = extracted.Sources,
            }
            : new Summary("", text.Hash, extracted.Headline, written.Text, writer!.Name) { Sources = written.Sources };
    }

    private static bool IsShort(Note note)
    {
        if (note.Lines.Count - note.BodyFirstLine >= ShortLinesMax)
            return false;
        return note.Lines.Skip(note.BodyFirstLine - 1).Sum(line => line.Length + 1L) <= ShortCharsMax;
    }

    private static string Body(Note note) => string.Join('\n', note.Lines.Skip(note.BodyFirstLine - 1));

    /// <returns>What a quoted summary chooses from, and what a model reads: whole sections while there are few, otherwise
    /// their telling sentences.</returns>
    private static (IReadOnlyList<Unit> Units, IReadOnlyList<Section> Pieces) Read(
        IEnumerable<Section> sections,
        string title,
        CancellationToken cancellation
    )
    {
        var reduction = new Reduction();
        var opening = new List<Unit>();
        var whole = new List<Section>();
        var count = 0;
        foreach (var section in sections)
        {
            cancellation.ThrowIfCancellationRequested();
            if (++count <= SectionWriter.PiecesMax)
                whole.Add(section);
            if (opening.Count < OpeningUnitsMax)
                opening.AddRange(section.Units.Take(OpeningUnitsMax - opening.Count));
            // Of a note that is one section all is kept.
            if (count == 2)
                reduction.Add(Extract.BestOf(whole[0], title, SentencesOfSection));
            if (count >= 2)
                reduction.Add(Extract.BestOf(section, title, SentencesOfSection));
        }
        if (count <= 1)
            return (count == 0 ? [] : whole[0].Units, whole);
        var steps = reduction.Units();
        if (steps.Count == 0)
            return (opening, whole);
        return (steps, count <= SectionWriter.PiecesMax ? whole : Grouped(steps));
    }

    /// <summary>Neighbours together, <see cref="SectionWriter.PiecesMax"/> pieces at most.</summary>
    private static List<Section> Grouped(List<Unit> steps)
    {
        var size = (steps.Count + SectionWriter.PiecesMax - 1) / SectionWriter.PiecesMax;
        return
        [
            .. steps
                .Chunk(size)
                .Select(units => new Section(string.Join('\n', units.Select(unit => unit.Text)), units)),
        ];
    }
}
