namespace Edge.Notes;

/// <summary>One note on disk as the vault lists it.</summary>
/// <param name="Path">Relative to the vault, '/' between folders.</param>
/// <param name="Size">Bytes.</param>
/// <param name="ModifiedTicks">UTC ticks of the last write; only ever compared for equality.</param>
public sealed record NoteFile(string Path, long Size, long ModifiedTicks);

/// <summary>A file of the vault that is not read as a note, and why: shown to the user, never silently skipped.</summary>
public sealed record VaultProblem(string Path, string Message);

public sealed record VaultListing(IReadOnlyList<NoteFile> Notes, IReadOnlyList<VaultProblem> Problems);

/// <summary>
/// A folder of markdown notes that the user owns. Bytes are returned and stored exactly; files that exist are only
/// replaced when the caller names the content it has seen.
/// </summary>
public sealed class Vault
{
    /// <summary>Largest note that is read: 8 MiB. Larger files are listed as a problem and left alone.</summary>
    public const long NoteBytesMax = 8L << 20;

    /// <param name="root">An existing folder.</param>
    /// <exception cref="NoteException">There is no such folder.</exception>
    public Vault(string root) => throw new NotImplementedException();

    public string Root => throw new NotImplementedException();

    /// <summary>
    /// All notes (*.md, *.markdown) in ordinal order of path. Hidden files and folders (first character '.') are not
    /// the vault's. Links that leave the vault, directories with a note's name, unreadable and too large files are
    /// problems.
    /// </summary>
    public VaultListing List(CancellationToken cancellation = default) => throw new NotImplementedException();

    /// <summary>The note's bytes as they are.</summary>
    /// <exception cref="NoteException">No such note, not a plain file inside the vault, or larger than the limit.</exception>
    public byte[] ReadBytes(string path) => throw new NotImplementedException();

    /// <summary>Reads and parses. Text that is not UTF-8 is still shown (U+FFFD) and says so in <see cref="Note.Problem"/>.</summary>
    public Note Read(string path) => Note.Parse(path, ReadBytes(path));

    /// <summary>
    /// Stores a note: temporary file beside it, fsync, rename, fsync of the folder, read back and compare. A full disk
    /// leaves the old content in place.
    /// </summary>
    /// <param name="path">Checked by <see cref="NotePath.Check"/>.</param>
    /// <param name="content">Stored exactly.</param>
    /// <param name="replaces">Null: the note must not exist. Otherwise the <see cref="ContentHash"/> it must have now.</param>
    /// <exception cref="NoteException">The note is not in the expected state; nothing was changed.</exception>
    public void Write(string path, ReadOnlySpan<byte> content, string? replaces = null) =>
        throw new NotImplementedException();
}
