using Edge.Training.Data;
using Edge.Training.Recipes;

namespace Edge.Training.Lab;

/// <summary>All the text that a recipe names, as one hash.</summary>
internal static class LabData
{
    /// <param name="from">A model to begin with, which counts too; or null.</param>
    public static string Hash(Recipe recipe, DataFiles files, string? from)
    {
        var named = recipe
            .Stages.SelectMany(stage => stage.Data.Concat(stage.Validation?.Data ?? []))
            .Select(data => data.File)
            .Concat(recipe.Tokenizer.Train?.Input ?? [])
            .Distinct(StringComparer.Ordinal)
            .SelectMany(files.Find)
            .SelectMany(path => Directory.Exists(path) ? NotesOf(path) : [path])
            .Concat(from is null ? [] : [from])
            .Distinct(StringComparer.Ordinal)
            .Select(path => TextHash.Sha256OfFile(path))
            .Order(StringComparer.Ordinal);
        return TextHash.Sha256(string.Join('\n', named));
    }

    private static IEnumerable<string> NotesOf(string folder) =>
        Directory.EnumerateFiles(folder, "*.md", SearchOption.AllDirectories);
}
