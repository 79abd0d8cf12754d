using System.Text.Json;
using Edge.Training.Run;

namespace Edge.Training.Lab;

/// <summary>What to try: a small JSON file, comments allowed. Fields that are not named here are refused.</summary>
public sealed record LabPlan
{
    /// <summary>Judged at the end of this stage; stages after it are not run. The sum over all stages when not given.</summary>
    public string? Stage { get; init; }

    /// <summary>"int8", because that is what ships, or "fp32".</summary>
    public string? Figure { get; init; }

    /// <summary>Training time of each experiment, shared over its stages as the recipe shares its length; 300 when not
    /// given.</summary>
    public double? BudgetSeconds { get; init; }

    /// <summary>How often the recipe itself is repeated with another seed, 1 to 20; 2 when not given. What lies between the
    /// best and the worst of these runs is noise.</summary>
    public int? Repeats { get; init; }

    /// <summary>Bits per byte that a change must win at least, even where the noise is less; 0 when not given.</summary>
    public double? LeastGain { get; init; }

    /// <summary>Times that all settings are gone through, 1 to 10; ends earlier where a round keeps nothing. 1 when not
    /// given.</summary>
    public int? Rounds { get; init; }

    /// <summary>A model file to begin with, beside the plan; then only <see cref="Stage"/> is run, with its tokenizer.</summary>
    public string? From { get; init; }

    /// <summary>In the order in which they are tried.</summary>
    public required IReadOnlyList<LabSetting> Settings { get; init; }

    /// <exception cref="TrainingException">Not a plan, or a value does not make sense.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static LabPlan Read(string path)
    {
        var name = Path.GetFileName(path);
        LabPlan? plan;
        try
        {
            plan = JsonSerializer.Deserialize(File.ReadAllText(path), LabJson.Types.LabPlan);
        }
        catch (JsonException e)
        {
            var cut = e.Message.IndexOf(" Path: ", StringComparison.Ordinal);
            throw new TrainingException($"{name}: not a plan: {(cut > 0 ? e.Message[..cut] : e.Message)}", e);
        }
        (plan ?? throw new TrainingException($"{name}: is empty")).Check(name);
        return plan;
    }

    private void Check(string name)
    {
        Need(Figure is null or "int8" or "fp32", "figure", "\"int8\" or \"fp32\"", $"\"{Figure}\"");
        Need(BudgetSeconds is null or (>= 0.1 and <= 1e6), "budgetSeconds", "0.1 to 1000000", BudgetSeconds);
        Need(Repeats is null or (>= 1 and <= 20), "repeats", "1 to 20", Repeats);
        Need(LeastGain is null or (>= 0 and <= 1), "leastGain", "0 to 1", LeastGain);
        Need(Rounds is null or (>= 1 and <= 10), "rounds", "1 to 10", Rounds);
        Need(From is null || Stage is not null, "stage", "given where from is", "nothing");
        Need(Settings is { Count: > 0 }, "settings", "a list of at least one setting", "nothing");
        for (var i = 0; i < Settings.Count; i++)
        {
            var setting = Settings[i];
            var together = setting.Choices is { Count: > 0 } && setting.Path is null && setting.Values is null;
            var alone = setting.Path is not null && setting.Values is { Count: > 0 } && setting.Choices is null;
            Need(together || alone, $"settings[{i}]", "either path and values, or choices", "something else");
        }

        void Need(bool holds, string field, string expected, object? found)
        {
            if (!holds)
                throw new TrainingException(
                    FormattableString.Invariant($"{name}: {field} must be {expected}; found {found}.")
                );
        }
    }
}

/// <summary>A setting and the values to try; or settings that only make sense together.</summary>
public sealed record LabSetting
{
    /// <summary>In the recipe: "optimizer.learningRate", "stages[0].batchTokens" or "stages[pretrain].batchTokens".</summary>
    public string? Path { get; init; }

    /// <summary>null takes the setting out of the recipe.</summary>
    public IReadOnlyList<JsonElement>? Values { get; init; }

    /// <summary>Each a few paths and their values, changed together.</summary>
    public IReadOnlyList<IReadOnlyDictionary<string, JsonElement>>? Choices { get; init; }

    internal IEnumerable<LabChange> Changes() =>
        Choices is not null
            ? Choices.Select(choice => new LabChange(choice))
            : Values!.Select(value => new LabChange(new Dictionary<string, JsonElement> { [Path!] = value }));
}

/// <summary>Values by path.</summary>
internal sealed record LabChange(IReadOnlyDictionary<string, JsonElement> Values)
{
    /// <summary>"model.depth = 6, model.width = 256".</summary>
    public override string ToString() =>
        string.Join(", ", Values.Select(pair => $"{pair.Key} = {pair.Value.GetRawText()}"));
}
