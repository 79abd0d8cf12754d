namespace Edge.Inference;

/// <summary>
/// How the next token is chosen. Temperature 0 is greedy: the highest logit, the lowest id among equals; the other
/// options then do nothing but the repetition penalty. Order: penalty, temperature, top-k, top-p, min-p.
/// </summary>
public sealed record SamplingOptions
{
    /// <summary>Tokens that the repetition penalty looks back on.</summary>
    public const int PenaltyWindow = 64;

    private readonly float _temperature;
    private readonly int _topK;
    private readonly float _topP = 1f;
    private readonly float _minP;
    private readonly float _repetitionPenalty = 1f;

    /// <summary>0 or more; 1 leaves the model's distribution as it is.</summary>
    public float Temperature
    {
        get => _temperature;
        init =>
            _temperature = value is >= 0 and < float.PositiveInfinity
                ? value
                : throw Refuse("temperature", "0 or more", value);
    }

    /// <summary>Keep the k likeliest tokens; 0 keeps all.</summary>
    public int TopK
    {
        get => _topK;
        init => _topK = value >= 0 ? value : throw Refuse("top-k", "0 or more", value);
    }

    /// <summary>Keep the likeliest tokens up to this total probability, above 0 to 1; 1 keeps all.</summary>
    public float TopP
    {
        get => _topP;
        init => _topP = value is > 0 and <= 1 ? value : throw Refuse("top-p", "above 0, at most 1", value);
    }

    /// <summary>Keep tokens at least this share as likely as the likeliest, 0 to 1; 0 keeps all.</summary>
    public float MinP
    {
        get => _minP;
        init => _minP = value is >= 0 and <= 1 ? value : throw Refuse("min-p", "0 to 1", value);
    }

    /// <summary>Divides positive and multiplies negative logits of the last tokens; above 0, 1 changes nothing.</summary>
    public float RepetitionPenalty
    {
        get => _repetitionPenalty;
        init =>
            _repetitionPenalty = value is > 0 and < float.PositiveInfinity
                ? value
                : throw Refuse("repetition penalty", "above 0", value);
    }

    public ulong Seed { get; init; } = 1;

    private static ArgumentException Refuse(string name, string expected, float found) =>
        new(FormattableString.Invariant($"{name} must be {expected}, got {found}"));
}
