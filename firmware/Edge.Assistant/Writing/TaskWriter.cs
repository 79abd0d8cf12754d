using Edge.Assistant.Text;
using Edge.Inference;

namespace Edge.Assistant.Writing;

/// <summary>
/// A model that was trained on <see cref="TaskPrompt"/>. It finds the place of an answer in the passages, and the clause
/// there is given; its summaries are its own words where it is sure of them and the note says them.
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
            if (answer is not { Refused: false, Best: { } best })
                return null;
            var clause = answer.Passage[Clause.Around(answer.Passage, best.Start, best.Text.Length)];
            return PlainText.Of(clause).ReplaceLineEndings(" ").Trim() is { Length: > 0 } plain ? plain : best.Text;
        }
    }
}
