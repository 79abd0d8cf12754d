using Edge.Inference;

namespace Edge.Assistant.Writing;

/// <summary>Lets a model write from given text and keeps what stands in that text. One generation at a time.</summary>
internal sealed class ModelWriter(ILanguageModel model)
{
    private readonly Lock oneAtATime = new();
    private readonly PromptBuilder prompts = new(model.Tokenizer, model.ChatTemplate, model.Positions);

    public string Name => model.Name;

    /// <summary>Null when nothing that the model wrote stands in the note.</summary>
    public string? Summarize(string title, string text, CancellationToken cancellation) =>
        Write(prompts.ForSummary(title, text), title + "\n" + text, cancellation);

    /// <summary>Null when nothing that the model wrote stands in the passages.</summary>
    public string? Answer(string question, IReadOnlyList<string> passages, CancellationToken cancellation) =>
        Write(prompts.ForAnswer(question, passages), string.Join('\n', passages), cancellation);

    private string? Write(int[]? prompt, string source, CancellationToken cancellation)
    {
        if (prompt is null)
            return null;
        var options = new GenerationOptions
        {
            MaxTokens = PromptBuilder.ReplyTokensMax,
            StopStrings = model.ChatTemplate.StopStrings,
        };
        GenerationResult result;
        lock (oneAtATime)
            result = model.Generate(prompt, options, cancellation: cancellation);
        cancellation.ThrowIfCancellationRequested();
        return Grounding.Keep(result.Text, source);
    }
}
