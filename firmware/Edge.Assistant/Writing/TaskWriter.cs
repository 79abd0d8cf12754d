using Edge.Inference;

namespace Edge.Assistant.Writing;

/// <summary>
/// A model that was trained on <see cref="TaskPrompt"/>. Its answers are stretches of the passages; its summaries are its own
/// words, and a sentence is kept only where the note says it.
/// </summary>
internal sealed class TaskWriter(ILanguageModel model) : INoteWriter
{
    private readonly Lock oneAtATime = new();
    private readonly GroundedAnswerer copier = new(model);
    private readonly SummaryWriter writer = new(model);

    private readonly TaskPrompts prompts = new(model);

    public string Name => model.Name;

    public int SectionChars { get; } = INoteWriter.SectionCharsOf(model, PlainWriter.SummaryTokensMax);

    public bool Holds(string title, string text) =>
        prompts.ForSummary(text, null, PlainWriter.SummaryTokensMax) is { } prompt && prompt.Length == text.Length;

    public string? Summarize(string title, string text, CancellationToken cancellation)
    {
        lock (oneAtATime)
            return writer.Summarize(text, null, cancellation) is { Quoted: false } written ? written.Text : null;
    }

    public string? Answer(string question, IReadOnlyList<string> passages, CancellationToken cancellation)
    {
        lock (oneAtATime)
        {
            var answer = copier.Answer(string.Join("\n\n", passages), question, cancellation);
            return answer is { Refused: false, Best: { } best } ? best.Text : null;
        }
    }
}
