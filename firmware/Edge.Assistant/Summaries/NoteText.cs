using Edge.Assistant.Text;
using Edge.Notes;

namespace Edge.Assistant.Summaries;

/// <summary>
/// What is summarised: a note, or text that is none. One of up to <see cref="Vault.NoteBytesMax"/> is in memory; a larger
/// one is read from its file as often as it is needed.
/// </summary>
internal sealed class NoteText
{
    /// <summary>Of a larger note as much is parsed, for its title and date.</summary>
    private const int HeadBytes = 64 << 10;

    private readonly string path;
    private readonly Func<Stream> open;

    private NoteText(string path, Func<Stream> open, byte[]? whole)
    {
        this.path = path;
        this.open = open;
        IsWhole = whole is not null;
        using (var stream = open())
            Hash = ContentHash.Of(stream);
        Head = Note.Parse(path, whole ?? Beginning());
    }

    public string Hash { get; }

    /// <summary>The note; of a larger one its beginning.</summary>
    public Note Head { get; }

    /// <summary>Head is all of it.</summary>
    public bool IsWhole { get; }

    /// <exception cref="NoteException">There is no such note, or it cannot be read.</exception>
    public static NoteText Open(Vault vault, string path)
    {
        using (var stream = vault.OpenRead(path))
        {
            if (stream.Length > Vault.NoteBytesMax)
                return new NoteText(path, () => vault.OpenRead(path), null);
        }
        return Of(path, vault.ReadBytes(path));
    }

    public static NoteText Of(string path, byte[] content) =>
        new(
            path,
            () => new MemoryStream(content, writable: false),
            content.Length <= Vault.NoteBytesMax ? content : null
        );

    /// <summary>Whether the vault's file still has what was read.</summary>
    public bool IsUnchanged(Vault vault)
    {
        using var stream = vault.OpenRead(path);
        return ContentHash.Of(stream) == Hash;
    }

    /// <summary>All lines, front matter included.</summary>
    public IEnumerable<NoteLine> Lines() => NoteLines.Read(open());

    public IReadOnlyList<HiddenText> Hidden(string note)
    {
        var scanner = new HiddenScanner();
        foreach (var line in Lines())
            scanner.Read(line.Text, line.Number);
        return scanner.Of(note);
    }

    private byte[] Beginning()
    {
        using var stream = open();
        var content = new byte[HeadBytes];
        var got = stream.ReadAtLeast(content, HeadBytes, throwOnEndOfStream: false);
        var end = content.AsSpan(0, got).LastIndexOf((byte)'\n');
        return content[..(end > 0 ? end + 1 : got)];
    }
}
