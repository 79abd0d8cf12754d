using Edge.Inference.Tokenizers;

namespace Edge.Inference;

/// <summary>A model that continues text: ours (<see cref="LanguageModel"/>), or one that another engine runs. One
/// generation at a time.</summary>
public interface ILanguageModel : IDisposable
{
    /// <summary>What people call the model.</summary>
    string Name { get; }

    Tokenizer Tokenizer { get; }

    ChatTemplate ChatTemplate { get; }

    long ParameterCount { get; }

    /// <summary>What the file says of itself, as text by key.</summary>
    IReadOnlyDictionary<string, string> Metadata { get; }

    /// <summary>Tokens that prompt and answer may have together.</summary>
    int Positions { get; }

    /// <summary>
    /// Continues a prompt. <paramref name="onText"/> gets each piece of text as it is known; what it got, joined, is
    /// <see cref="GenerationResult.Text"/>. Cancelling takes effect within one pass of a prompt or one token and returns
    /// what there is, with <see cref="FinishReason.Cancelled"/>.
    /// </summary>
    /// <exception cref="ArgumentException">The prompt is empty or does not fit the context (the message has the numbers).</exception>
    GenerationResult Generate(
        ReadOnlySpan<int> prompt,
        GenerationOptions options,
        Action<string>? onText = null,
        CancellationToken cancellation = default
    );

    /// <summary>Logits after each token of a fresh conversation, (tokens, vocab).</summary>
    /// <exception cref="ArgumentException">An id is out of range or the tokens do not fit the context.</exception>
    float[][] Logits(ReadOnlySpan<int> tokens);

    /// <summary>
    /// Logits after each of the last tokens: for comparing continuations of one prompt, when something else than a sampler
    /// chooses among them. The beginning that the tokens share with what was computed last is not computed again.
    /// </summary>
    /// <param name="tokens">The whole text: prompt and continuation.</param>
    /// <param name="rows">How many of the last tokens, 1 to all.</param>
    /// <param name="logits">Gets (rows, vocab), row-major; may be longer.</param>
    /// <exception cref="ArgumentException">A number or id is out of range, or the tokens do not fit the context.</exception>
    void LogitsOfLast(ReadOnlySpan<int> tokens, int rows, Span<float> logits, CancellationToken cancellation = default);
}
