using System.IO.Enumeration;

namespace Edge.Notes;

/// <summary>Walks a vault once, without following links and without recursion on the call stack.</summary>
internal sealed class VaultLister(string root)
{
    private readonly record struct Entry(string Name, bool IsFolder, bool IsLink, long Size, long ModifiedTicks);

    private readonly List<NoteFile> notes = [];
    private readonly List<VaultProblem> problems = [];
    private readonly Stack<string> folders = new();

    /// <exception cref="NoteException">The vault's folder is gone.</exception>
    public VaultListing List(CancellationToken cancellation)
    {
        if (!Directory.Exists(root))
            throw new NoteException($"the vault's folder {root} is gone: was it moved, or its disk taken out?");
        folders.Push("");
        while (folders.TryPop(out var folder))
        {
            cancellation.ThrowIfCancellationRequested();
            ListFolder(folder);
        }
        notes.Sort((a, b) => string.CompareOrdinal(a.Path, b.Path));
        problems.Sort((a, b) => string.CompareOrdinal(a.Path, b.Path));
        return new VaultListing(notes, problems);
    }

    private void ListFolder(string folder)
    {
        try
        {
            var entries = new FileSystemEnumerable<Entry>(
                Path.Combine(root, folder),
                static (ref FileSystemEntry entry) =>
                    new Entry(
                        entry.FileName.ToString(),
                        entry.IsDirectory,
                        (entry.Attributes & FileAttributes.ReparsePoint) != 0,
                        entry.IsDirectory ? 0 : entry.Length,
                        entry.LastWriteTimeUtc.UtcTicks
                    ),
                new EnumerationOptions { AttributesToSkip = 0, IgnoreInaccessible = false }
            );
            foreach (var entry in entries)
                Add(folder, entry);
        }
        catch (Exception trouble) when (trouble is IOException or UnauthorizedAccessException)
        {
            if (folder.Length == 0)
                throw new NoteException($"the vault's folder {root} cannot be read ({trouble.Message})", trouble);
            Report(folder, $"the folder cannot be read ({trouble.Message}): check its permissions");
        }
    }

    private void Add(string folder, Entry entry)
    {
        var path = folder.Length == 0 ? entry.Name : $"{folder}/{entry.Name}";
        var hasNoteName = NotePath.IsNoteName(entry.Name);
        if (entry.Name[0] == '.' && (entry.IsFolder || !hasNoteName))
        {
            LeftOvers.RemoveIfDead(Path.Combine(root, folder), entry.Name);
            return;
        }
        if (entry.IsLink)
        {
            if (hasNoteName || entry.IsFolder)
                Report(path, LinkMessage(path));
            return;
        }
        if (entry.IsFolder)
        {
            AddFolder(path, entry.Name, hasNoteName);
            return;
        }
        if (hasNoteName)
            AddNote(path, entry);
    }

    private void AddFolder(string path, string name, bool hasNoteName)
    {
        if (NotePath.FolderProblem(name) is { } problem)
        {
            Report(path, $"{problem}; the notes in this folder are not read");
            return;
        }
        if (hasNoteName)
            Report(path, "is a folder with a note's name: its notes are read, but rename the folder");
        folders.Push(path);
    }

    private void AddNote(string path, Entry entry)
    {
        if (NotePath.Problem(path) is { } problem)
            Report(path, problem);
        else if (entry.Size > Vault.NoteBytesMax)
            problems.Add(new VaultProblem(path, Vault.TooLarge(path, entry.Size)));
        else if (path.Contains('\uFFFD') && !File.Exists(Path.Combine(root, path)))
            Report(path, "the file's name is not UTF-8: rename it");
        else if (entry.Size == 0 && !IsPlain(path))
            Report(path, "is a pipe or device, expected a plain file: remove it or rename it");
        else
            notes.Add(new NoteFile(path, entry.Size, entry.ModifiedTicks));
    }

    private string LinkMessage(string path)
    {
        try
        {
            var target = new FileInfo(Path.Combine(root, path)).ResolveLinkTarget(returnFinalTarget: true)?.FullName;
            if (target is not null && Path.Exists(target))
            {
                return target.StartsWith(root + "/", StringComparison.Ordinal)
                    ? $"is a link to {target[(root.Length + 1)..]} inside the vault: notes are read there, links are not followed"
                    : $"is a link to {NotePath.Shown(target)}, outside the vault: copy the notes into the vault to have them read";
            }
        }
        catch (IOException)
        {
            // A loop of links has no final target; it is reported like one that points nowhere.
        }
        return "is a link that leads nowhere: remove it";
    }

    private bool IsPlain(string path)
    {
        try
        {
            using var handle = NativeFiles.OpenRead(Path.Combine(root, path));
            return RandomAccess.GetLength(handle) >= 0;
        }
        catch (NotSupportedException)
        {
            return false;
        }
        catch (IOException)
        {
            // Unreadable for another reason: reading it will say which.
            return true;
        }
    }

    private void Report(string path, string message) =>
        problems.Add(new VaultProblem(path, $"{NotePath.Shown(path)}: {message}"));
}
