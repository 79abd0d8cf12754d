namespace Edge.Assistant.Wiki;

/// <summary>Where the links of a vault lead: by path, by file name, by title or alias.</summary>
internal sealed class LinkTable
{
    private readonly string root;
    private readonly HashSet<string> paths;
    private readonly Dictionary<string, string> pathsAnyCase = new(StringComparer.OrdinalIgnoreCase);
    private readonly Dictionary<string, string> names = new(StringComparer.OrdinalIgnoreCase);
    private readonly Dictionary<string, string> titles = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>[[folder/note]] already looked for, as every path has to be compared.</summary>
    private readonly Dictionary<string, string?> byEnd = new(StringComparer.OrdinalIgnoreCase);

    private HashSet<string>? otherFiles;

    /// <param name="root">The vault's folder: looked into for pictures and other files.</param>
    /// <param name="notes">Every note, private ones too: a link to one is not broken.</param>
    public LinkTable(string root, IReadOnlyDictionary<string, NoteFacts> notes)
    {
        this.root = root;
        paths = [.. notes.Keys];
        foreach (
            var (path, facts) in notes.OrderBy(note => note.Key.Length).ThenBy(note => note.Key, StringComparer.Ordinal)
        )
        {
            pathsAnyCase.TryAdd(path, path);
            var bare = WithoutEnding(path);
            pathsAnyCase.TryAdd(bare, path);
            names.TryAdd(TopicName.Stem(bare[(bare.LastIndexOf('/') + 1)..]), path);
            foreach (var name in facts.Names.Concat(facts.HiddenNames))
                titles.TryAdd(name, path);
        }
    }

    /// <summary>The note that the link leads to, or null.</summary>
    public string? Note(string from, NoteLink link)
    {
        if (IsRooted(link))
            return At(link.Target.TrimStart('~').TrimStart('/'));
        if (Beside(from, link.Target) is { } beside && At(beside) is { } near)
            return near;
        if (!link.IsWiki)
            return null;
        var target = link.Target.Replace('\\', '/').TrimStart('/');
        var bare = WithoutEnding(target);
        if (At(target) is { } exact)
            return exact;
        if (bare.Contains('/'))
        {
            if (!byEnd.TryGetValue(bare, out var found))
                byEnd[bare] = found = EndingIn("/" + bare);
            return found;
        }
        return titles.GetValueOrDefault(target) ?? names.GetValueOrDefault(TopicName.Stem(bare));
    }

    /// <summary>True when the link leads to nothing in the vault. Links to outside the vault are not looked at.</summary>
    public bool IsBroken(string from, NoteLink link)
    {
        if (IsRooted(link) || Note(from, link) is not null)
            return false;
        if (Beside(from, link.Target) is not { } beside)
            return link.IsWiki && !link.Target.StartsWith("..", StringComparison.Ordinal);
        var full = Path.Combine(root, beside);
        if (File.Exists(full) || Directory.Exists(full) || File.Exists(full + ".html"))
            return false;
        return !link.IsWiki || !OtherFiles().Contains(Path.GetFileName(link.Target.TrimEnd('/')));
    }

    /// <summary>"/page" and "~/page" are from the root of a site, which may be the vault or not: never broken.</summary>
    private static bool IsRooted(NoteLink link) => !link.IsWiki && link.Target[0] is '/' or '~';

    private string? EndingIn(string end) =>
        pathsAnyCase
            .Where(entry => entry.Key.EndsWith(end, StringComparison.OrdinalIgnoreCase))
            .Select(entry => entry.Value)
            .FirstOrDefault();

    private string? At(string target)
    {
        if (paths.Contains(target))
            return target;
        var bare = target.TrimEnd('/');
        foreach (var tried in (ReadOnlySpan<string>)[bare, bare + "/index", bare + "/README", bare + "/_index"])
        {
            if (pathsAnyCase.TryGetValue(tried, out var found))
                return found;
        }
        return bare.EndsWith(".html", StringComparison.OrdinalIgnoreCase)
            ? pathsAnyCase.GetValueOrDefault(bare[..^".html".Length])
            : null;
    }

    /// <summary>The path in the vault that "../x.md" means in this note; null when it leads outside.</summary>
    private static string? Beside(string from, string target)
    {
        var parts = new List<string>(from.Split('/')[..^1]);
        foreach (var part in target.Split('/'))
        {
            if (part is "" or ".")
                continue;
            if (part != "..")
                parts.Add(part);
            else if (parts.Count == 0)
                return null;
            else
                parts.RemoveAt(parts.Count - 1);
        }
        return string.Join('/', parts);
    }

    /// <summary>Names of pictures and the like anywhere in the vault: [[picture.png]] names no folder.</summary>
    private HashSet<string> OtherFiles()
    {
        if (otherFiles is not null)
            return otherFiles;
        var options = new EnumerationOptions
        {
            RecurseSubdirectories = true,
            IgnoreInaccessible = true,
            AttributesToSkip = FileAttributes.ReparsePoint | FileAttributes.Hidden,
        };
        otherFiles = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        foreach (var file in Directory.EnumerateFiles(root, "*", options))
            otherFiles.Add(Path.GetFileName(file));
        return otherFiles;
    }

    private static string WithoutEnding(string path)
    {
        foreach (var ending in (ReadOnlySpan<string>)[".md", ".markdown"])
        {
            if (path.EndsWith(ending, StringComparison.OrdinalIgnoreCase))
                return path[..^ending.Length];
        }
        return path;
    }
}
