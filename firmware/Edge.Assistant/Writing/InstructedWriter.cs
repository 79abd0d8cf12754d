using Edge.Inference;

namespace Edge.Assistant.Writing;

/// <summary>A chat model that is told what to do. A sentence of its answer is kept only where the text says it.</summary>
internal sealed class InstructedWriter : INoteWriter
{
    private readonly ILanguageModel model;
    private readonly Lock oneAtATime = new();
    private readonly PromptBuilder prompts;

    /// <summary>Prompts of each task with other text: what a prompt begins with alike is the instruction.</summary>
    private readonly int[]? emptySummary;

    private readonly int[]? emptyAnswer;

    public InstructedWriter(ILanguageModel model)
    {
        this.model = model;
        prompts = new PromptBuilder(model.Tokenizer, model.ChatTemplate, model.Positions);
        SectionChars = INoteWriter.SectionCharsOf(model, PromptBuilder.ReplyTokensMax);
        emptySummary = prompts.ForSummary("-", "-");
        emptyAnswer = prompts.ForAnswer("-", ["-"]);
    }

    public string Name => model.Name;

    public int SectionChars { get; }

    public bool Holds(string title, string text) => prompts.HoldsSummary(title, text);

    public string? Summarize(string title, string text, CancellationToken cancellation) =>
        Write(prompts.ForSummary(title, text), emptySummary, title + "\n" + text, cancellation);

    public string? Answer(string question, IReadOnlyList<string> passages, CancellationToken cancellation) =>
        Write(prompts.ForAnswer(question, passages), emptyAnswer, string.Join('\n', passages), cancellation);

    /// <summary>The instruction is kept over a restart, the prompt in memory: the same note may be asked about again.</summary>
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
