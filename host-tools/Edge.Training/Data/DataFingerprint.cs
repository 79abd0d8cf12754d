namespace Edge.Training.Data;

/// <summary>
/// Everything that decides what the rows of a stage are: files with their SHA-256, tokenizer, settings. A checkpoint keeps
/// the lines; a run goes on only where they are the same.
/// </summary>
/// <param name="Lines">"name: value"; a name stands once.</param>
public sealed record DataFingerprint(IReadOnlyList<string> Lines)
{
    /// <summary>Of the lines.</summary>
    public string Sha256 => TextHash.Sha256(string.Join('\n', Lines));

    /// <summary>What changed since a run that kept these lines, in one line for a person; null when nothing did.</summary>
    public string? DifferenceFrom(IReadOnlyList<string> earlier)
    {
        var before = earlier.Select(Split).ToDictionary(pair => pair.Name, pair => pair.Value, StringComparer.Ordinal);
        var changes = new List<string>();
        foreach (var (name, value) in Lines.Select(Split))
        {
            if (!before.Remove(name, out var was))
                changes.Add($"{name} is new");
            else if (was != value)
                changes.Add($"{name} was {was}, now {value}");
        }
        changes.AddRange(before.Keys.Select(name => $"{name} is gone"));
        if (changes.Count == 0)
            return null;
        var more = changes.Count > 3 ? $", and {changes.Count - 3:N0} more" : "";
        return string.Join("; ", changes.Take(3)) + more;
    }

    private static (string Name, string Value) Split(string line)
    {
        var at = line.IndexOf(": ", StringComparison.Ordinal);
        return at < 0 ? (line, "") : (line[..at], line[(at + 2)..]);
    }
}
