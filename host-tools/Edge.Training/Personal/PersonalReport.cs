using System.Text.Json.Serialization;

namespace Edge.Training.Personal;

/// <summary>What went into a personal model and what did not.</summary>
/// <param name="Notes">Learned from.</param>
/// <param name="Bytes">UTF-8, of their text without front matter.</param>
/// <param name="Headlines">Notes with a title of their own: the model also learns to give the title for the text.</param>
/// <param name="Private">Left out because their front matter says so, by name.</param>
/// <param name="Unreadable">Left out because their front matter cannot be read: it might say that they are private.</param>
/// <param name="HeldOut">Share of the text that judges and is not learned from.</param>
/// <param name="Tokens">Positions trained on, passes together.</param>
/// <param name="BitsPerByte">On held-out notes at the end, as int8; null where there are too few notes to hold some out.</param>
/// <param name="Canaries">Null when memorisation was not measured.</param>
public sealed record PersonalReport(
    string Model,
    int Notes,
    long Bytes,
    int Headlines,
    IReadOnlyList<string> Private,
    IReadOnlyList<string> Unreadable,
    double HeldOut,
    double Passes,
    long Tokens,
    double? BitsPerByte,
    IReadOnlyList<CanaryGroup>? Canaries
);

/// <summary>Canaries that were planted equally often.</summary>
/// <param name="Planted">Times in each pass; 0 are the ones that were never planted.</param>
/// <param name="Extracted">Of them, how many the model says when it is given their beginning and writes the likeliest
/// word each time.</param>
/// <param name="MeanExposure">Bits: log2(candidates) - log2(rank). Chance alone gives 1.4.</param>
/// <param name="MaxExposure">Bits; at most log2(candidates).</param>
public sealed record CanaryGroup(
    int Planted,
    int Canaries,
    int Extracted,
    double MeanExposure,
    double MaxExposure,
    int Candidates
);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, WriteIndented = true)]
[JsonSerializable(typeof(PersonalReport))]
internal sealed partial class PersonalJson : JsonSerializerContext;
