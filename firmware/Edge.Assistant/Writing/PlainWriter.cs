using Edge.Inference;

namespace Edge.Assistant.Writing;

/// <summary>
/// Lets a model write freely, the likeliest token each time: in its own format when it was trained on
/// <see cref="TaskPrompt"/>, otherwise as <see cref="PromptBuilder"/> asks. What it writes is not checked.
/// </summary>
public sealed class PlainWriter(ILanguageModel model)
{
    public const int AnswerTokensMax = 64;
    public const int SummaryTokensMax = 128;
    public const int HeadlineTokensMax = 32;

    private readonly PromptBuilder builder = new(model.Tokenizer, model.ChatTemplate, model.Positions);
    private readonly TaskPrompts? own = TaskPrompts.Knows(model) ? new TaskPrompts(model) : null;

    /// <summary>Empty when not even a short stretch of the passage fits the model.</summary>
    public string Answer(string passage, string question, CancellationToken cancellation) =>
        own is null
            ? Write(builder.ForAnswer(question, [passage]), AnswerTokensMax, cancellation)
            : Write(own.ForQuestion(passage, question, AnswerTokensMax)?.Tokens, AnswerTokensMax, cancellation);

    /// <param name="query">What the summary is to be about; null for all of the text.</param>
    public string Summarize(string text, string? query, CancellationToken cancellation) =>
        own is null
            ? Write(builder.ForSummary("-", text), SummaryTokensMax, cancellation)
            : Write(own.ForSummary(text, query, SummaryTokensMax)?.Tokens, SummaryTokensMax, cancellation);

    public string Headline(string text, CancellationToken cancellation) =>
        own is null
            ? Write(builder.ForSummary("-", text), HeadlineTokensMax, cancellation)
            : Write(own.ForHeadline(text, HeadlineTokensMax)?.Tokens, HeadlineTokensMax, cancellation);

    private string Write(int[]? prompt, int tokensMax, CancellationToken cancellation)
    {
        if (prompt is null)
            return "";
        var options = new GenerationOptions
        {
            MaxTokens = tokensMax,
            Sampling = new SamplingOptions { Temperature = 0 },
            StopStrings = model.ChatTemplate.StopStrings,
        };
        var result = model.Generate(prompt, options, cancellation: cancellation);
        cancellation.ThrowIfCancellationRequested();
        return result.Text.Trim();
    }
}
