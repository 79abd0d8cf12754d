namespace Edge.Inference;

public sealed record GenerationOptions
{
    /// <summary>Tokens to generate at most; the context ends it too.</summary>
    public int MaxTokens { get; init; } = 256;

    public SamplingOptions Sampling { get; init; } = new();

    /// <summary>Texts that end generation; the text before the first of them is the result.</summary>
    public IReadOnlyList<string> StopStrings { get; init; } = [];

    /// <summary>Guess tokens that repeat the text so far and check several at once. The result is the same, sooner where a text
    /// copies its source.</summary>
    public bool Speculate { get; init; } = true;

    /// <summary>Keep in memory what was computed for the prompt, because another prompt will begin like it.</summary>
    public bool KeepPrompt { get; init; }

    /// <summary>Leading tokens of the prompt that are worth keeping over a restart, too: instructions, or a note that is
    /// asked about often. See <see cref="ModelOptions.PrefixFolder"/>.</summary>
    public int KeepOnDisk { get; init; }
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
)
{
    /// <summary>Leading tokens of the prompt that were known from before.</summary>
    public int Reused { get; init; }

    /// <summary>Tokens that were guessed and checked several at once.</summary>
    public int Guessed { get; init; }

    /// <summary>Those of them that were right.</summary>
    public int GuessedRight { get; init; }
}
