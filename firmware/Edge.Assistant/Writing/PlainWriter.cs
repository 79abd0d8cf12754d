using Edge.Inference;

namespace Edge.Assistant.Writing;

/// <param name="Text">As the model wrote it, without white space around; empty when not even a short stretch of the passage
/// fits the model.</param>
/// <param name="Prompt">What it was asked with.</param>
/// <param name="Tokens">Of the text.</param>
public sealed record WrittenFreely(string Text, int[] Prompt, IReadOnlyList<int> Tokens);

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

    public WrittenFreely Answer(string passage, string question, CancellationToken cancellation) =>
        own is null
            ? Write(builder.ForAnswer(question, [passage]), AnswerTokensMax, cancellation)
            : Write(own.ForQuestion(passage, question, AnswerTokensMax)?.Tokens, AnswerTokensMax, cancellation);

    /// <param name="query">What the summary is to be about; null for all of the text.</param>
    public WrittenFreely Summarize(string text, string? query, CancellationToken cancellation) =>
        own is null
            ? Write(builder.ForSummary("-", text), SummaryTokensMax, cancellation)
            : Write(own.ForSummary(text, query, SummaryTokensMax)?.Tokens, SummaryTokensMax, cancellation);

    public WrittenFreely Headline(string text, CancellationToken cancellation) =>
        own is null
            ? Write(builder.ForSummary("-", text), HeadlineTokensMax, cancellation)
            : Write(own.ForHeadline(text, HeadlineTokensMax)?.Tokens, HeadlineTokensMax, cancellation);

    private WrittenFreely Write(int[]? prompt, int tokensMax, CancellationToken cancellation)
    {
        if (prompt is null)
            return new WrittenFreely("", [], []);
        var options = new GenerationOptions
        {
            MaxTokens = tokensMax,
            Sampling = new SamplingOptions { Temperature = 0 },
            StopStrings = model.ChatTemplate.StopStrings,
        };
        var result = model.Generate(prompt, options, cancellation: cancellation);
        cancellation.ThrowIfCancellationRequested();
        return new WrittenFreely(result.Text.Trim(), prompt, result.Tokens);
    }
}
