using Edge.Inference;

namespace Edge.Assistant.Writing;

/// <summary>Lets a model write from given text and keeps what stands in that text. One generation at a time.</summary>
internal sealed class ModelWriter(ILanguageModel model)
{
    private readonly Lock oneAtATime = new();

    /// <summary>Both null for a model that was not trained on <see cref="TaskPrompt"/>.</summary>
    private readonly GroundedAnswerer? copier = TaskPrompts.Knows(model) ? new GroundedAnswerer(model) : null;

    private readonly PlainWriter? own = TaskPrompts.Knows(model) ? new PlainWriter(model) : null;

    private readonly PromptBuilder prompts = new(model.Tokenizer, model.ChatTemplate, model.Positions);

    public string Name => model.Name;

    /// <summary>Null when nothing that the model wrote stands in the note.</summary>
    public string? Summarize(string title, string text, CancellationToken cancellation)
    {
        if (own is null)
            return Write(
                prompts.ForSummary(title, text),
                prompts.ForSummary("-", "-"),
                title + "\n" + text,
                cancellation
            );
        lock (oneAtATime)
            return Grounding.Keep(own.Summarize(text, null, cancellation), title + "\n" + text);
    }

    /// <summary>Null when nothing that the model wrote stands in the passages, or when it says that they do not say. A model
    /// that knows our prompts only chooses words of a passage.</summary>
    public string? Answer(string question, IReadOnlyList<string> passages, CancellationToken cancellation)
    {
        if (copier is null)
            return Write(
                prompts.ForAnswer(question, passages),
                prompts.ForAnswer("-", ["-"]),
                string.Join('\n', passages),
                cancellation
            );
        lock (oneAtATime)
        {
            var answer = copier.Answer(string.Join("\n\n", passages), question, cancellation);
            return answer is { Refused: false, Best: { } best } ? best.Text : null;
        }
    }

    /// <param name="empty">The prompt of the same task with other text: what it begins with alike is the instruction, which is
    /// kept over a restart. The prompt itself is kept in memory: the same note may be asked about again.</param>
    private string? Write(int[]? prompt, int[]? empty, string source, CancellationToken cancellation)
    {
        if (prompt is null)
            return null;
        var options = new GenerationOptions
        {
            MaxTokens = PromptBuilder.ReplyTokensMax,
            StopStrings = model.ChatTemplate.StopStrings,
            KeepPrompt = true,
            KeepOnDisk = prompt.AsSpan().CommonPrefixLength(empty),
        };
        GenerationResult result;
        lock (oneAtATime)
            result = model.Generate(prompt, options, cancellation: cancellation);
        cancellation.ThrowIfCancellationRequested();
        return Grounding.Keep(result.Text, source);
    }
}
