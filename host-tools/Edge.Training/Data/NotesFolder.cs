using Edge.Assistant.Text;
using Edge.Notes;

namespace Edge.Training.Data;

/// <summary>The notes of a folder that may be learned from. A private one never is, nor one whose front matter cannot be
/// read: it might say that it is private.</summary>
internal sealed class NotesFolder
{
    private NotesFolder(
        List<(string Path, byte[] Content, string Text)> notes,
        List<(string Path, string Reason)> leftOutNotes
    )
    {
        (Notes, LeftOutNotes) = (notes, leftOutNotes);
        LeftOut = leftOutNotes.CountBy(note => note.Reason).ToDictionary(StringComparer.Ordinal);
    }

    /// <summary>In order of their paths; the text without front matter and what a reader does not see.</summary>
    public IReadOnlyList<(string Path, byte[] Content, string Text)> Notes { get; }

    /// <summary>How many notes stay out, by reason.</summary>
    public IReadOnlyDictionary<string, int> LeftOut { get; }

    /// <summary>The same by name, in order of their paths; "private" or "unreadable".</summary>
    public IReadOnlyList<(string Path, string Reason)> LeftOutNotes { get; }

    public static NotesFolder Read(string folder)
    {
        var vault = new Vault(folder);
        var notes = new List<(string, byte[], string)>();
        var left = new List<(string, string)>();
        foreach (var file in vault.List().Notes.OrderBy(note => note.Path, StringComparer.Ordinal))
        {
            var content = vault.ReadBytes(file.Path);
            var note = Note.Parse(file.Path, content);
            var reason =
                note.IsPrivate ? "private"
                : note.Problem is not null ? "unreadable"
                : null;
            if (reason is not null)
            {
                left.Add((file.Path, reason));
                continue;
            }
            var text = Hidden.Remove(string.Join('\n', note.Lines.Skip(note.BodyFirstLine - 1))).Trim();
            if (text.Length > 0)
                notes.Add((file.Path, content, text));
        }
        return new NotesFolder(notes, left);
    }
}
