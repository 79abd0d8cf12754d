using Edge.Training.Data;
using Edge.Training.Recipes;
using Edge.Training.Run;

namespace Edge.Training.Cards;

/// <summary>The files that a stage learned from.</summary>
internal static class CardData
{
    /// <summary>As the run wrote it down; where it did not, as the files are now.</summary>
    /// <param name="root">The data folder, or null.</param>
    public static IEnumerable<(RecipeData Data, IReadOnlyList<DataFileReport> Files)> Of(
        RecipeStage stage,
        string run,
        string? root
    )
    {
        if (DataRecord.Load(run, stage.Name) is { } records && records.Length == stage.Data.Count)
            return stage.Data.Zip(records, (data, record) => (data, record.Files));
        var files = new DataFiles(run, root);
        return stage.Data.Select(data =>
            (data, (IReadOnlyList<DataFileReport>)[.. files.Find(data.File).Where(File.Exists).Select(Describe)])
        );
    }

    /// <summary>With the folder that the recipe names: "qa/train.jsonl.gz" and "summarize/train.jsonl.gz" are two files.</summary>
    public static string NameOf(RecipeData data, DataFileReport file) =>
        Path.IsPathRooted(data.File) || Path.GetDirectoryName(data.File) is not { Length: > 0 } folder
            ? file.Name
            : $"{folder.Replace('\\', '/')}/{file.Name}";

    private static DataFileReport Describe(string path) =>
        new(Path.GetFileName(path), new FileInfo(path).Length, TextHash.Sha256OfFile(path));
}
