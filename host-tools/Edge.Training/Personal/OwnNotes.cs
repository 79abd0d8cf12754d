using System.Text;
using System.Text.Json;
using Edge.Notes;
using Edge.Training.Data;
using Edge.Training.Run;

namespace Edge.Training.Personal;

/// <summary>
/// The notes of one person as text to learn from. Tasks are made only where the note itself holds both halves: a title
/// that was written for it, and its text. Questions would have to be invented, so there are none.
/// </summary>
internal sealed class OwnNotes
{
    /// <summary>Of a text that deserves a title, and of a title, UTF-16 units.</summary>
    private const int TextCharsMin = 80;
    private const int TitleCharsMax = 120;

    private OwnNotes(NotesFolder folder)
    {
        Documents = [.. folder.Notes.Select(note => note.Text)];
        Headlines = [.. folder.Notes.Select(note => HeadlineOf(note.Path, note.Content)).OfType<SummaryItem>()];
        Private = Named("private");
        Unreadable = Named("unreadable");

        string[] Named(string reason) =>
            [.. folder.LeftOutNotes.Where(note => note.Reason == reason).Select(note => note.Path)];
    }

    public IReadOnlyList<string> Documents { get; }

    public IReadOnlyList<SummaryItem> Headlines { get; }

    public IReadOnlyList<string> Private { get; }

    public IReadOnlyList<string> Unreadable { get; }

    public long Bytes => Documents.Sum(text => (long)Encoding.UTF8.GetByteCount(text));

    /// <exception cref="TrainingException">There is nothing to learn from; the message says what was left out.</exception>
    public static OwnNotes Read(string folder)
    {
        if (!Directory.Exists(folder))
            throw new TrainingException($"{folder}: there is no such folder of notes");
        var notes = new OwnNotes(NotesFolder.Read(folder));
        if (notes.Documents.Count == 0)
            throw new TrainingException(
                $"{folder}: there is no note to learn from ({notes.Private.Count:N0} are private, {notes.Unreadable.Count:N0} cannot be read). Notes are .md files."
            );
        return notes;
    }

    public static void WriteHeadlines(string path, IEnumerable<SummaryItem> items)
    {
        using var writer = new StreamWriter(path) { NewLine = "\n" };
        foreach (var item in items)
            writer.WriteLine(JsonSerializer.Serialize(item, TaskJson.Default.SummaryItem));
    }

    /// <summary>Null where the title is only the file's name, or stands for hardly any text.</summary>
    private static SummaryItem? HeadlineOf(string path, byte[] content)
    {
        var note = Note.Parse(path, content);
        var body = note.Lines.Skip(note.BodyFirstLine - 1).ToList();
        var heading = body.FindIndex(line => line.StartsWith("# ", StringComparison.Ordinal));
        if (heading >= 0 && body[heading][2..].Trim() == note.Title)
            body.RemoveAt(heading);
        else if (!note.FrontMatter.ContainsKey("title"))
            return null;
        var text = string.Join('\n', body).Trim();
        return text.Length >= TextCharsMin && note.Title.Length is > 1 and <= TitleCharsMax
            ? new SummaryItem
            {
                Source = "notes",
                Id = path,
                Text = text,
                Summary = note.Title,
                Kind = "title",
            }
            : null;
    }
}
