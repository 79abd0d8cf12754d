namespace Edge.Inference;

public sealed record GenerationOptions
{
    /// <summary>Tokens to generate at most; the context ends it too.</summary>
    public int MaxTokens { get; init; } = 256;

    public SamplingOptions Sampling { get; init; } = new();

    /// <summary>Texts that end generation; the text before the first of them is the result.</summary>
    public IReadOnlyList<string> StopStrings { get; init; } = [];
}

public enum FinishReason
{
    /// <summary>The model ended its text or a stop string was met.</summary>
    Stop,
    MaxTokens,
    ContextFull,
    Cancelled,
}

/// <param name="Text">Everything that was generated, without stop strings.</param>
/// <param name="Tokens">Generated tokens, the ending one left out.</param>
/// <param name="Finish">Why it ended.</param>
/// <param name="PrefillMs">Time for the prompt, milliseconds.</param>
/// <param name="DecodeMs">Time from the first generated token to the last, milliseconds.</param>
public sealed record GenerationResult(
    string Text,
    IReadOnlyList<int> Tokens,
    FinishReason Finish,
    double PrefillMs,
    double DecodeMs
);
