using System.Text.Json;
using System.Text.Json.Serialization;
using Edge.Training.Data;

namespace Edge.Training.Run;

/// <summary>An entry of a stage's data, as it was when the stage began: what a model card tells about it.</summary>
internal sealed record DataRecord(
    string Entry,
    string Format,
    long Items,
    long TextBytes,
    long Tokens,
    long HeldOut,
    IReadOnlyDictionary<string, int> LeftOut,
    IReadOnlyList<DataFileReport> Files
)
{
    public static void Save(string folder, string stage, IReadOnlyList<DataEntryReport> entries)
    {
        DataRecord[] records =
        [
            .. entries.Select(entry => new DataRecord(
                entry.Entry,
                entry.Format,
                entry.Items,
                entry.TextBytes,
                entry.Tokens,
                entry.HeldOut,
                entry.LeftOut,
                entry.Files
            )),
        ];
        File.WriteAllText(
            PathOf(folder, stage),
            JsonSerializer.Serialize(records, DataRecordJson.Default.DataRecordArray)
        );
    }

    /// <returns>Null where the run wrote none.</returns>
    public static DataRecord[]? Load(string folder, string stage)
    {
        var path = PathOf(folder, stage);
        try
        {
            return File.Exists(path)
                ? JsonSerializer.Deserialize(File.ReadAllText(path), DataRecordJson.Default.DataRecordArray)
                : null;
        }
        catch (JsonException e)
        {
            throw new TrainingException($"{path}: not what a run writes about its data: {e.Message}", e);
        }
    }

    private static string PathOf(string folder, string stage) => Path.Combine(folder, $"data-{stage}.json");
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, WriteIndented = true)]
[JsonSerializable(typeof(DataRecord[]))]
internal sealed partial class DataRecordJson : JsonSerializerContext;
