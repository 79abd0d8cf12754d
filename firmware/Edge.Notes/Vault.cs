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
/// replaced when the caller names the content it has seen. Links are never followed, wherever they point: a link to a
/// note inside would be the same note twice, one to outside would take other files into the vault. Safe to use from
/// several threads.
/// </summary>
public sealed class Vault
{
    /// <summary>Largest note that is read: 8 MiB. Larger files are listed as a problem and left alone.</summary>
    public const long NoteBytesMax = 8L << 20;

    private readonly VaultWriter writer;

    /// <param name="root">An existing folder.</param>
    /// <exception cref="NoteException">There is no such folder.</exception>
    public Vault(string root)
        : this(root, null) { }

    /// <param name="fault">Called before each step of a write, with its name and the file: tests throw here what a full
    /// disk or a power cut would.</param>
    internal Vault(string root, Action<WriteStep, string>? fault)
    {
        ArgumentNullException.ThrowIfNull(root);
        if (root.Length == 0 || !Directory.Exists(root))
        {
            throw new NoteException(
                File.Exists(root)
                    ? $"{root} is a file, expected a folder of notes: name the folder that holds it"
                    : $"there is no folder '{root}': create it, or check the spelling"
            );
        }
        Root = Path.TrimEndingDirectorySeparator(Path.GetFullPath(root));
        writer = new VaultWriter(this, fault);
    }

    public string Root { get; }

    /// <summary>
    /// All notes (*.md, *.markdown) in ordinal order of path. Hidden folders (first character '.') are not the
    /// vault's. Links, directories with a note's name, unreadable and too large files are problems. What a write
    /// that was cut off has left is removed.
    /// </summary>
    /// <exception cref="NoteException">The vault's folder is gone: never taken for an empty vault.</exception>
    public VaultListing List(CancellationToken cancellation = default) => new VaultLister(Root).List(cancellation);

    /// <summary>The note's bytes as they are.</summary>
    /// <exception cref="NoteException">No such note, not a plain file inside the vault, or larger than the limit.</exception>
    public byte[] ReadBytes(string path)
    {
        NotePath.Check(path);
        return TryReadBytes(path)
            ?? throw new NoteException($"{path}: there is no such note in {Root}: check the name, or list the notes");
    }

    /// <summary>The note's bytes, whatever their number: for reading through them in little memory. What is larger than
    /// <see cref="NoteBytesMax"/> is never indexed.</summary>
    /// <exception cref="NoteException">No such note, or not a plain file inside the vault.</exception>
    public Stream OpenRead(string path)
    {
        NotePath.Check(path);
        return TryOpenRead(path)
            ?? throw new NoteException($"{path}: there is no such note in {Root}: check the name, or list the notes");
    }

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
        writer.Write(path, content, replaces);

    internal string FullPath(string path) => Path.Combine(Root, path);

    /// <summary>Null when the path is free.</summary>
    internal byte[]? TryReadBytes(string path) =>
        WithFile(
            path,
            handle =>
            {
                using (handle)
                {
                    var length = RandomAccess.GetLength(handle);
                    if (length > NoteBytesMax)
                        throw new NoteException(TooLarge(path, length));
                    return ReadAll(path, handle, (int)length);
                }
            }
        );

    private FileStream? TryOpenRead(string path) =>
        WithFile(
            path,
            handle =>
            {
                // A pipe has no length, and is refused here.
                RandomAccess.GetLength(handle);
                return new FileStream(handle, FileAccess.Read, bufferSize: 1 << 16);
            }
        );

    /// <summary>Null when the path is free.</summary>
    private T? WithFile<T>(string path, Func<Microsoft.Win32.SafeHandles.SafeFileHandle, T> read)
        where T : class
    {
        CheckNoLinks(path);
        var full = FullPath(path);
        if (Directory.Exists(full))
            throw new NoteException($"{path}: is a folder with a note's name: rename the folder");
        if (!File.Exists(full))
            return null;
        try
        {
            return read(NativeFiles.OpenRead(full));
        }
        catch (NotSupportedException)
        {
            throw new NoteException($"{path}: is a pipe or device, expected a plain file: remove it or rename it");
        }
        catch (Exception trouble) when (trouble is IOException or UnauthorizedAccessException)
        {
            throw new NoteException($"{path}: cannot be read ({trouble.Message}): check its permissions", trouble);
        }
    }

    internal static string TooLarge(string path, long bytes) =>
        $"{path}: has {bytes:N0} bytes, notes of at most {NoteBytesMax:N0} are read: split it, or give it another ending";

    /// <exception cref="NoteException">A folder of the path, or the note itself, is a link.</exception>
    internal void CheckNoLinks(string path)
    {
        for (var end = path.IndexOf('/'); ; end = path.IndexOf('/', end + 1))
        {
            var part = end < 0 ? path : path[..end];
            if (new FileInfo(FullPath(part)).LinkTarget is { } target)
            {
                throw new NoteException(
                    $"{path}: '{part}' is a link to {NotePath.Shown(target)}, links are not followed: put the file itself here"
                );
            }
            if (end < 0)
                return;
        }
    }

    private static byte[] ReadAll(string path, Microsoft.Win32.SafeHandles.SafeFileHandle handle, int length)
    {
        var content = new byte[length];
        var done = 0;
        while (done < length)
        {
            var read = RandomAccess.Read(handle, content.AsSpan(done), done);
            if (read == 0)
                throw new NoteException($"{path}: was cut to {done:N0} bytes while it was read: try again");
            done += read;
        }
        return content;
    }
}
