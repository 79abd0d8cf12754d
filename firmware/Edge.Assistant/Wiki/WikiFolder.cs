using System.Globalization;
using System.Text;
using Edge.Notes;

namespace Edge.Assistant.Wiki;

/// <summary>
/// The folder of the pages. Its files belong to the user: a page is only replaced or removed while it is byte for byte
/// as a build made it. Otherwise the new page is written beside it, as NAME.new.md.
/// </summary>
internal sealed class WikiFolder
{
    public const string Ending = ".md";
    public const string BesideEnding = ".new.md";
    public const string IndexFile = "index.md";
    public const string LogFile = "log.md";

    private readonly Vault pages;
    private readonly HashSet<string> wanted = new(StringComparer.Ordinal) { LogFile };
    private readonly StringBuilder log = new();

    private WikiFolder(Vault pages, string toVault, string? inVault)
    {
        this.pages = pages;
        ToVault = toVault;
        InVault = inVault;
    }

    public string Root => pages.Root;

    /// <summary>From here to the vault, with '/' at its end; "" never, the two are different folders.</summary>
    public string ToVault { get; }

    /// <summary>The folder's path in the vault with '/' at its end, or null when it lies outside.</summary>
    public string? InVault { get; }

    public List<string> Built { get; } = [];
    public List<string> Changed { get; } = [];
    public List<string> Removed { get; } = [];
    public List<KeptPage> Kept { get; } = [];
    public int Unchanged { get; private set; }

    /// <param name="create">Make the folder when it is missing.</param>
    /// <exception cref="ArgumentException">It is the vault, or a folder above it.</exception>
    /// <exception cref="NoteException">It is missing, or holds markdown that is no wiki.</exception>
    public static WikiFolder Open(Vault vault, string folder, bool create)
    {
        var full = Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder));
        var root = vault.Root;
        if (full == root || root.StartsWith(full + Path.DirectorySeparatorChar, StringComparison.Ordinal))
            throw new ArgumentException($"{folder} holds the notes themselves; give the wiki a folder of its own");
        if (create)
            Make(folder, full);
        var opened = new WikiFolder(
            new Vault(full),
            Path.GetRelativePath(full, root).Replace(Path.DirectorySeparatorChar, '/') + "/",
            full.StartsWith(root + Path.DirectorySeparatorChar, StringComparison.Ordinal)
                ? full[(root.Length + 1)..].Replace(Path.DirectorySeparatorChar, '/') + "/"
                : null
        );
        if (create && !opened.IsOurs())
        {
            throw new NoteException(
                $"{folder}: holds markdown files that edge wiki did not make; name an empty folder, or one that it made, with -o"
            );
        }
        return opened;
    }

    /// <summary>Pages by file name, those that a build has made only.</summary>
    public IReadOnlyDictionary<string, PageHead> Pages(CancellationToken cancellation)
    {
        var found = new SortedDictionary<string, PageHead>(StringComparer.Ordinal);
        foreach (var name in TopFiles(cancellation))
        {
            if (HeadOf(name) is { } head)
                found[name] = head;
        }
        return found;
    }

    public byte[] ReadBytes(string name) => pages.ReadBytes(name);

    public bool Exists(string name) => File.Exists(Path.Combine(Root, name));

    /// <summary>True when the page has nothing to be redone for: no file is read but its own.</summary>
    public bool IsUpToDate(string name, string inputs)
    {
        if (!Exists(name) || HeadOf(name) is not { } head || head.Inputs != inputs)
            return false;
        wanted.Add(name);
        if (head.IsIntact)
            Unchanged++;
        else
            Kept.Add(new KeptPage(name, null));
        return true;
    }

    /// <param name="about">For the log: "from 3 notes"; null for pages that are not logged.</param>
    public void Put(string name, byte[] content, string? about)
    {
        wanted.Add(name);
        if (TryStore(name, content, about))
            return;
        // The edited page was made from the same text: there is nothing new to show beside it.
        var made = PageHead.Read(content);
        if (made is not null && HeadOf(name)?.Hash == made.Hash)
        {
            Kept.Add(new KeptPage(name, null));
            return;
        }
        var beside = name[..^Ending.Length] + BesideEnding;
        wanted.Add(beside);
        var stored = TryStore(beside, content, about);
        Kept.Add(new KeptPage(name, stored ? beside : null));
    }

    /// <summary>Removes pages whose topic is gone, unless they were edited.</summary>
    public void RemoveOthers(CancellationToken cancellation)
    {
        foreach (var (name, head) in Pages(cancellation))
        {
            if (wanted.Contains(name))
                continue;
            if (!head.IsIntact)
            {
                Kept.Add(new KeptPage(name, null));
                continue;
            }
            File.Delete(Path.Combine(Root, name));
            Removed.Add(name);
            log.Append(
                CultureInfo.InvariantCulture,
                $"- removed {WikiMarkdown.Escape(name)}: no notes for it any more\n"
            );
        }
    }

    /// <summary>Adds what was done to log.md. What stands in it is never changed; nothing is added when nothing was done.</summary>
    public void AppendLog(DateTimeOffset now)
    {
        var file = Path.Combine(Root, LogFile);
        if (log.Length == 0 && File.Exists(file))
            return;
        if (new FileInfo(file).LinkTarget is not null)
            throw new NoteException($"{file}: is a link, expected a plain file: remove it");
        using var stream = new FileStream(file, FileMode.OpenOrCreate, FileAccess.ReadWrite);
        var head = "# Log\n";
        if (stream.Length > 0)
        {
            stream.Position = stream.Length - 1;
            head = stream.ReadByte() == '\n' ? "" : "\n";
        }
        var day = now.ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture);
        stream.Write(Encoding.UTF8.GetBytes(log.Length == 0 ? head : $"{head}\n## {day} UTC\n\n{log}"));
        stream.Flush(flushToDisk: true);
        log.Clear();
    }

    private static void Make(string folder, string full)
    {
        try
        {
            Directory.CreateDirectory(full);
        }
        catch (Exception trouble) when (trouble is IOException or UnauthorizedAccessException)
        {
            throw new NoteException(
                $"{folder}: cannot be made ({trouble.Message}); name another folder with -o",
                trouble
            );
        }
    }

    private bool IsOurs()
    {
        if (File.Exists(Path.Combine(Root, WikiCache.FileName)))
            return true;
        var names = TopFiles(default).ToList();
        return names.Count == 0 || names.Exists(name => HeadOf(name) is not null);
    }

    private IEnumerable<string> TopFiles(CancellationToken cancellation) =>
        pages.List(cancellation).Notes.Select(note => note.Path).Where(path => !path.Contains('/'));

    private PageHead? HeadOf(string name)
    {
        try
        {
            return PageHead.Read(pages.ReadBytes(name));
        }
        catch (NoteException)
        {
            return null;
        }
    }

    /// <summary>False when somebody else's text stands there.</summary>
    private bool TryStore(string name, byte[] content, string? about)
    {
        if (!Exists(name))
        {
            pages.Write(name, content);
            Note(Built, "built", name, about);
            return true;
        }
        var now = pages.ReadBytes(name);
        if (now.AsSpan().SequenceEqual(content))
        {
            Unchanged += about is null ? 0 : 1;
            return true;
        }
        if (PageHead.Read(now) is not { IsIntact: true })
            return false;
        pages.Write(name, content, ContentHash.Of(now));
        Note(Changed, "changed", name, about);
        return true;
    }

    private void Note(List<string> done, string what, string name, string? about)
    {
        if (about is null)
            return;
        done.Add(name);
        log.Append(
            CultureInfo.InvariantCulture,
            $"- {what} {WikiMarkdown.Link(name[..^Ending.Length], name)}, {about}\n"
        );
    }
}
