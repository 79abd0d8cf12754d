using System.Text;

namespace Edge.Notes;

/// <summary>The steps of storing a note, in order. A crash between any two of them leaves the old or the new content.</summary>
internal enum WriteStep
{
    MakeTemporary,
    FillTemporary,
    FlushTemporary,
    Swap,
    FlushFolder,
    ReadBack,
}

/// <summary>Stores notes so that a full disk, a power cut or somebody else's change at any moment loses nothing.</summary>
internal sealed class VaultWriter(Vault vault, Action<WriteStep, string>? fault)
{
    private const int DiskFullErrno = 28;
    private const int DiskFullWindows = unchecked((int)0x80070070);

    // One for the process: several vaults may share a folder.
    private static readonly Lock Gate = new();

    public void Write(string path, ReadOnlySpan<byte> content, string? replaces)
    {
        NotePath.Check(path);
        if (content.Length > Vault.NoteBytesMax)
            throw new NoteException(Vault.TooLarge(path, content.Length));
        lock (Gate)
        {
            CheckState(path, replaces);
            var full = vault.FullPath(path);
            var folder = Path.GetDirectoryName(full)!;
            string? temporary = null;
            try
            {
                MakeFolders(folder);
                temporary = LeftOvers.NewName(folder);
                using var file = Fill(temporary, full, content);
                if (replaces is null)
                    Create(path, temporary, full);
                else
                    Replace(path, temporary, full, replaces, ContentHash.Of(content));
                fault?.Invoke(WriteStep.FlushFolder, full);
                NativeFiles.FlushFolder(folder);
                fault?.Invoke(WriteStep.ReadBack, full);
                ReadBack(path, file, content);
            }
            catch (Exception trouble) when (trouble is IOException or UnauthorizedAccessException)
            {
                throw new NoteException(Explain(path, content.Length, full, trouble), trouble);
            }
            finally
            {
                if (temporary is not null)
                    LeftOvers.Release(temporary);
            }
        }
    }

    private void CheckState(string path, string? replaces)
    {
        var now = vault.TryReadBytes(path);
        if (replaces is null && now is not null)
            throw Taken(path);
        if (replaces is not null && now is null)
            throw new NoteException($"{path}: is gone, expected content {Short(replaces)}: nothing was written");
        if (replaces is not null && ContentHash.Of(now) is var found && found != replaces)
            throw Changed(path, replaces, found);
    }

    /// <summary>Makes missing folders from the top down, each flushed into its parent before it is used.</summary>
    private void MakeFolders(string folder)
    {
        var missing = new Stack<string>();
        for (var at = folder; at.Length > vault.Root.Length && !Directory.Exists(at); at = Path.GetDirectoryName(at)!)
            missing.Push(at);
        while (missing.TryPop(out var next))
        {
            Directory.CreateDirectory(next);
            NativeFiles.FlushFolder(Path.GetDirectoryName(next)!);
        }
    }

    /// <summary>The file stays open, so that it can be read back whatever name it has by then.</summary>
    private FileStream Fill(string temporary, string full, ReadOnlySpan<byte> content)
    {
        fault?.Invoke(WriteStep.MakeTemporary, temporary);
        var file = new FileStream(
            temporary,
            FileMode.CreateNew,
            FileAccess.ReadWrite,
            FileShare.ReadWrite | FileShare.Delete,
            bufferSize: 0
        );
        try
        {
            if (!OperatingSystem.IsWindows() && File.Exists(full))
                File.SetUnixFileMode(file.SafeFileHandle, File.GetUnixFileMode(full));
            fault?.Invoke(WriteStep.FillTemporary, temporary);
            file.Write(content);
            fault?.Invoke(WriteStep.FlushTemporary, temporary);
            file.Flush(flushToDisk: true);
            return file;
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    private void Create(string path, string temporary, string full)
    {
        fault?.Invoke(WriteStep.Swap, full);
        try
        {
            File.Move(temporary, full, overwrite: false);
        }
        catch (IOException) when (Path.Exists(full))
        {
            throw Taken(path);
        }
    }

    /// <summary>
    /// Swaps the two files, then looks at what came out: only then is it certain that nobody changed the note between
    /// the first look and the swap. If somebody did, the swap is undone.
    /// </summary>
    private void Replace(string path, string temporary, string full, string replaces, string ours)
    {
        fault?.Invoke(WriteStep.Swap, full);
        if (!NativeFiles.Exchange(temporary, full))
        {
            // A file system without the swap (vfat): look once more, as late as possible.
            CheckState(path, replaces);
            File.Move(temporary, full, overwrite: true);
            return;
        }
        var found = ContentHash.Of(File.ReadAllBytes(temporary));
        if (found == replaces)
            return;
        NativeFiles.Exchange(temporary, full);
        if (ContentHash.Of(File.ReadAllBytes(temporary)) != ours)
            KeepUnseen(path, temporary, full);
        throw Changed(path, replaces, found);
    }

    /// <summary>Another program stored the note once more between our two swaps: its text becomes a note of its own.</summary>
    private static void KeepUnseen(string path, string temporary, string full)
    {
        var number = 1;
        string kept;
        do
        {
            kept = Path.Combine(
                Path.GetDirectoryName(full)!,
                $"{Path.GetFileNameWithoutExtension(full)} (kept {number++}){Path.GetExtension(full)}"
            );
        } while (Path.Exists(kept));
        File.Move(temporary, kept, overwrite: false);
        throw new NoteException(
            $"{path}: was stored by another program at the same moment; both texts are kept: see {kept}"
        );
    }

    private static void ReadBack(string path, FileStream file, ReadOnlySpan<byte> content)
    {
        var found = new byte[content.Length];
        file.Position = 0;
        if (
            file.Length != content.Length
            || file.ReadAtLeast(found, found.Length, false) != found.Length
            || !content.SequenceEqual(found)
        )
            throw new NoteException($"{path}: reads back different from what was written: the disk may be failing");
    }

    private static NoteException Taken(string path) =>
        new($"{path}: exists already, expected a free name: nothing was written; choose another name");

    private static NoteException Changed(string path, string expected, string found) =>
        new(
            $"{path}: has changed since it was read (expected content {Short(expected)}, found {Short(found)}): "
                + "nothing was written; read it again"
        );

    private static string Short(string hash) => hash[..Math.Min(8, hash.Length)];

    private static string Explain(string path, int bytes, string full, Exception trouble)
    {
        if ((trouble.HResult & 0xFFFF) != DiskFullErrno && trouble.HResult != DiskFullWindows)
        {
            return $"{path}: cannot be written ({trouble.Message}): the old content is unchanged; check the folder's permissions";
        }
        var message = new StringBuilder($"{path}: the disk is full, {bytes:N0} bytes are needed");
        try
        {
            message.Append($", {new DriveInfo(full).AvailableFreeSpace:N0} are free");
        }
        catch (Exception unknown) when (unknown is IOException or ArgumentException or UnauthorizedAccessException)
        {
            // The figure is a help, not the message.
        }
        return message.Append(": the old content is unchanged; free some space and try again").ToString();
    }
}
