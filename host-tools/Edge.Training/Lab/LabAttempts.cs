using System.Text.Json;

namespace Edge.Training.Lab;

/// <summary>
/// Counts how often an experiment was begun, in a file: what takes the whole process down, a machine out of memory, leaves
/// no line in the ledger, and would be tried for ever.
/// </summary>
internal static class LabAttempts
{
    /// <returns>Times begun with this one.</returns>
    public static int Begin(string folder, string key)
    {
        var path = PathIn(folder);
        var earlier = 0;
        try
        {
            if (
                File.Exists(path)
                && JsonSerializer.Deserialize(File.ReadAllText(path), LabJson.Types.LabAttempt) is { } attempt
                && attempt.Key == key
            )
                earlier = attempt.Begun;
        }
        catch (JsonException)
        {
            // Torn by what ended the process: count from the start.
        }
        File.WriteAllText(path, JsonSerializer.Serialize(new LabAttempt(key, earlier + 1), LabJson.Types.LabAttempt));
        return earlier + 1;
    }

    public static void End(string folder) => File.Delete(PathIn(folder));

    private static string PathIn(string folder) => Path.Combine(folder, "running.json");
}
