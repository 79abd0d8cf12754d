using Edge.Inference;
using Edge.Inference.Tokenizers;

namespace Edge.Assistant.Tests;

/// <summary>A real model; something happens each time it begins to write or to compare.</summary>
internal sealed class ActingModel(LanguageModel model, Action act) : ILanguageModel
{
    public string Name => model.Name;

    public Tokenizer Tokenizer => model.Tokenizer;

    public ChatTemplate ChatTemplate => model.ChatTemplate;

    public long ParameterCount => model.ParameterCount;

    public IReadOnlyDictionary<string, string> Metadata => model.Metadata;

    public int Positions => model.Positions;

    public GenerationResult Generate(
        ReadOnlySpan<int> prompt,
        GenerationOptions options,
        Action<string>? onText = null,
        CancellationToken cancellation = default
    )
    {
        act();
        return model.Generate(prompt, options, onText, cancellation);
    }

    public float[][] Logits(ReadOnlySpan<int> tokens) => model.Logits(tokens);

    public void LogitsOfLast(
        ReadOnlySpan<int> tokens,
        int rows,
        Span<float> logits,
        CancellationToken cancellation = default
    )
    {
        act();
        model.LogitsOfLast(tokens, rows, logits, cancellation);
    }

    public void Dispose() => model.Dispose();
}
