using Edge.Assistant.Text;
using Edge.Notes;

namespace Edge.Training.Data;

/// <summary>The notes of a folder that may be learned from. A private one never is, nor one whose front matter cannot be
/// read: it might say that it is private.</summary>
internal sealed class NotesFolder
{
    private NotesFolder(List<(string Path, byte[] Content, string Text)> notes, Dictionary<string, int> leftOut) =>
        (Notes, LeftOut) = (notes, leftOut);

    /// <summary>In order of their paths; the text without front matter and what a reader does not see.</summary>
    public IReadOnlyList<(string Path, byte[] Content, string Text)> Notes { get; }

    /// <summary>How many notes stay out, by reason.</summary>
    public IReadOnlyDictionary<string, int> LeftOut { get; }

    public static NotesFolder Read(string folder)
    {
        var vault = new Vault(folder);
        var notes = new List<(string, byte[], string)>();
        var left = new Dictionary<string, int>(StringComparer.Ordinal);
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
                left[reason] = left.GetValueOrDefault(reason) + 1;
                continue;
            }
            var text = Hidden.Remove(string.Join('\n', note.Lines.Skip(note.BodyFirstLine - 1))).Trim();
            if (text.Length > 0)
                notes.Add((file.Path, content, text));
        }
        return new NotesFolder(notes, left);
    }
}
