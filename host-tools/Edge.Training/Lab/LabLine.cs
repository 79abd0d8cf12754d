using System.Text.Json;
using System.Text.Json.Serialization;

namespace Edge.Training.Lab;

/// <summary>One experiment in the ledger.</summary>
public sealed record LabLine
{
    /// <summary>Of what was run: recipe, seed, budget, stage and text. The same key is not run again.</summary>
    public required string Key { get; init; }

    /// <summary>When it ended, UTC.</summary>
    public required DateTimeOffset Date { get; init; }

    /// <summary>What was changed, for people; "the recipe as it is" for the first.</summary>
    public required string Setting { get; init; }

    /// <summary>The same by path; empty for the recipe as it is.</summary>
    public required IReadOnlyDictionary<string, JsonElement> Values { get; init; }

    /// <summary>Changes that were kept before, which this one came on top of.</summary>
    public required IReadOnlyList<string> Kept { get; init; }

    public required ulong Seed { get; init; }

    public required double BudgetSeconds { get; init; }

    /// <summary>"keep", "discard" or "crash"; "baseline" for the recipe as it is and "noise" for it with another seed.</summary>
    public required string Verdict { get; init; }

    /// <summary>Of a crash.</summary>
    public string? Reason { get; init; }

    /// <summary>Of all stages together where all are judged.</summary>
    public double? BitsPerByte { get; init; }

    public double? Int8BitsPerByte { get; init; }

    /// <summary>Steps of the optimiser.</summary>
    public long? Steps { get; init; }

    public long? Tokens { get; init; }

    /// <summary>Training time that was used, as the budget counts it.</summary>
    public double? Seconds { get; init; }

    /// <summary>On the clock on the wall, in steps alone: where it is much more, something else had the cores.</summary>
    public double? WallSeconds { get; init; }

    public long? Parameters { get; init; }

    /// <summary>Weights, gradients, optimiser and activations.</summary>
    public long? MemoryBytes { get; init; }

    /// <summary>Of the text and tasks that the recipe names.</summary>
    public required string DataSha256 { get; init; }
}

/// <summary>An experiment that is going on: how often it was begun without an end.</summary>
internal sealed record LabAttempt(string Key, int Begun);

[JsonSerializable(typeof(LabPlan))]
[JsonSerializable(typeof(LabLine))]
[JsonSerializable(typeof(LabAttempt))]
internal sealed partial class LabJson : JsonSerializerContext
{
    /// <summary>Comments may stand in a plan; text stands as it is, not as \u escapes.</summary>
    public static LabJson Types { get; } =
        new(
            new JsonSerializerOptions
            {
                PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
                ReadCommentHandling = JsonCommentHandling.Skip,
                AllowTrailingCommas = true,
                DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
                UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
                Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
            }
        );
}
