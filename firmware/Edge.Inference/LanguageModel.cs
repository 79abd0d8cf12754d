namespace Edge.Inference;

/// <summary>A model ready to run: an open file, and the threads that compute with it. One generation at a time.</summary>
public sealed class LanguageModel : IDisposable
{
    /// <summary>Opens a model.</summary>
    /// <param name="path">GGUF or llama2.c.</param>
    /// <param name="tokenizerPath">See <see cref="ModelFile.Open"/>.</param>
    /// <param name="threads">0 chooses; results never depend on it.</param>
    public static LanguageModel Open(string path, string? tokenizerPath = null, int threads = 0) =>
        throw new NotImplementedException();

    public ModelFile File => throw new NotImplementedException();

    public int Threads => throw new NotImplementedException();

    /// <summary>
    /// Continues a prompt. <paramref name="onText"/> gets each piece of text as it is known; what it got, joined, is
    /// <see cref="GenerationResult.Text"/>. Cancelling takes effect within one token and returns what there is, with
    /// <see cref="FinishReason.Cancelled"/>.
    /// </summary>
    /// <exception cref="ArgumentException">The prompt is empty or does not fit the context (the message has the numbers).</exception>
    public GenerationResult Generate(
        ReadOnlySpan<int> prompt,
        GenerationOptions options,
        Action<string>? onText = null,
        CancellationToken cancellation = default
    ) => throw new NotImplementedException();

    /// <summary>Logits after each token of a fresh conversation, (tokens, vocab).</summary>
    public float[][] Logits(ReadOnlySpan<int> tokens) => throw new NotImplementedException();

    public void Dispose() { }
}

/// <summary>How the next token is chosen. Temperature 0 is greedy: the highest logit, the lowest id among equals.</summary>
public sealed record SamplingOptions
{
    public float Temperature { get; init; }

    /// <summary>Keep the k likeliest tokens; 0 keeps all.</summary>
    public int TopK { get; init; }

    /// <summary>Keep the likeliest tokens up to this total probability; 1 keeps all.</summary>
    public float TopP { get; init; } = 1f;

    /// <summary>Keep tokens at least this share as likely as the likeliest; 0 keeps all.</summary>
    public float MinP { get; init; }

    /// <summary>Divides positive and multiplies negative logits of tokens among the last 64; 1 changes nothing.</summary>
    public float RepetitionPenalty { get; init; } = 1f;

    public ulong Seed { get; init; } = 1;
}

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
