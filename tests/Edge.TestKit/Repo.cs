namespace Edge.TestKit;

/// <summary>Where tests find the checkout and the shared reference material beside it.</summary>
public static class Repo
{
    /// <summary>The folder that holds Edge.sln.</summary>
    public static string Root { get; } = FindRoot();

    /// <summary>
    /// A path under ../shared; skips the running test, saying why, where it is missing. Users' computers do not have it.
    /// </summary>
    public static string Shared(string relative)
    {
        var path = Path.GetFullPath(Path.Combine(Root, "..", "shared", relative));
        Xunit.Assert.SkipUnless(Path.Exists(path), $"needs ../shared/{relative}, which this computer does not have");
        return path;
    }

    private static string FindRoot()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "Edge.sln")))
            folder = folder.Parent;
        return folder?.FullName
            ?? throw new InvalidOperationException($"no Edge.sln in any folder above {AppContext.BaseDirectory}");
    }
}
