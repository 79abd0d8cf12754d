using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace Edge.Repo.Tests;

/// <summary>One C# file of the tree, parsed without meaning: names only, no references are resolved.</summary>
/// <param name="Path">Relative to the repository, '/' between folders.</param>
/// <param name="Project">The folder name that holds its csproj.</param>
/// <param name="Lines">Lines as an editor counts them.</param>
internal sealed record SourceFile(string Path, string Project, int Lines, SyntaxNode Root);

/// <summary>The files of this checkout, build output left out. Read once for all tests.</summary>
internal static class SourceTree
{
    private static readonly string[] SkippedFolders =
    [
        ".git",
        "artifacts",
        "bin",
        "obj",
        "TestResults",
        ".vs",
        ".idea",
    ];

    private static readonly Lazy<IReadOnlyList<string>> LazyFiles = new(() =>
        Walk(Edge.TestKit.Repo.Root).Select(Relative).Order(StringComparer.Ordinal).ToList()
    );

    private static readonly Lazy<IReadOnlyList<SourceFile>> LazySources = new(() =>
        Files.Where(f => f.EndsWith(".cs", StringComparison.Ordinal)).AsParallel().AsOrdered().Select(Load).ToList()
    );

    /// <summary>Every file, relative, in ordinal order.</summary>
    public static IReadOnlyList<string> Files => LazyFiles.Value;

    public static IReadOnlyList<SourceFile> Sources => LazySources.Value;

    /// <summary>What ships: firmware and host tools, without tests.</summary>
    public static IEnumerable<SourceFile> Shipped =>
        Sources.Where(s =>
            s.Path.StartsWith("firmware/", StringComparison.Ordinal)
            || s.Path.StartsWith("host-tools/", StringComparison.Ordinal)
        );

    public static IEnumerable<string> Projects => Files.Where(f => f.EndsWith(".csproj", StringComparison.Ordinal));

    public static string Full(string relative) => Path.Combine(Edge.TestKit.Repo.Root, relative);

    public static SourceFile Parse(string path, string text)
    {
        var tree = CSharpSyntaxTree.ParseText(text, new CSharpParseOptions(LanguageVersion.Preview), path);
        return new SourceFile(
            path,
            ProjectOf(path),
            tree.GetText().Lines.Count - (text.EndsWith('\n') ? 1 : 0),
            tree.GetRoot()
        );
    }

    /// <summary>Where a syntax node stands, as an editor would jump to it.</summary>
    public static string Place(SourceFile file, SyntaxNode node) =>
        $"{file.Path}:{node.GetLocation().GetLineSpan().StartLinePosition.Line + 1}";

    /// <summary>Fails with every finding on a line of its own.</summary>
    public static void AssertNone(IEnumerable<string> findings)
    {
        var all = findings.ToList();
        Assert.True(all.Count == 0, string.Join('\n', all));
    }

    private static SourceFile Load(string path) => Parse(path, File.ReadAllText(Full(path)));

    private static string ProjectOf(string path) => path.Split('/') is [_, var project, _, ..] ? project : "";

    private static string Relative(string full) =>
        Path.GetRelativePath(Edge.TestKit.Repo.Root, full).Replace(Path.DirectorySeparatorChar, '/');

    private static IEnumerable<string> Walk(string folder)
    {
        foreach (var file in Directory.EnumerateFiles(folder))
            yield return file;
        foreach (var child in Directory.EnumerateDirectories(folder))
        {
            if (SkippedFolders.Contains(Path.GetFileName(child)) || new DirectoryInfo(child).LinkTarget is not null)
                continue;
            foreach (var file in Walk(child))
                yield return file;
        }
    }
}
