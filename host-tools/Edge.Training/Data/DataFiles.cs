namespace Edge.Training.Data;

/// <summary>Finds what recipes name: beside the recipe first, then under the data folder.</summary>
/// <param name="recipeFolder">Null when there is no recipe file: the working folder.</param>
/// <param name="dataRoot">Null when none was given.</param>
public sealed class DataFiles(string? recipeFolder, string? dataRoot)
{
    /// <summary>The files, in order of their names; or one folder.</summary>
    /// <param name="pattern">"*" and "?" in the last part stand for any characters and for any one.</param>
    /// <exception cref="TrainingDataException">Nothing is there; the message names where it was looked for.</exception>
    public IReadOnlyList<string> Find(string pattern)
    {
        string[] roots = dataRoot is null ? [recipeFolder ?? "."] : [recipeFolder ?? ".", dataRoot];
        foreach (var root in roots)
        {
            var path = Path.GetFullPath(Path.Combine(root, pattern));
            var found = Matches(path);
            if (found.Length > 0)
                return found;
        }
        var looked = string.Join(" and ", roots.Select(root => Path.GetFullPath(root)));
        var advice = dataRoot is null ? " Name the folder of the data with --data DIR." : "";
        throw new TrainingDataException($"no file matches {pattern}; looked in {looked}.{advice}");
    }

    private static string[] Matches(string path)
    {
        if (File.Exists(path) || Directory.Exists(path))
            return [path];
        var folder = Path.GetDirectoryName(path);
        var name = Path.GetFileName(path);
        if (folder is null || name.AsSpan().IndexOfAny('*', '?') < 0 || !Directory.Exists(folder))
            return [];
        var found = Directory.GetFiles(folder, name);
        Array.Sort(found, StringComparer.Ordinal);
        return found;
    }
}
