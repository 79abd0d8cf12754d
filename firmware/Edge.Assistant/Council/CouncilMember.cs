using Edge.Assistant.Writing;
using Edge.Inference;

namespace Edge.Assistant.Council;

/// <summary>What one model says and what it thinks of the others' answers, from the same passages.</summary>
internal static class CouncilMember
{
    /// <summary>Null where it finds no answer. A model that cannot write copies the words of the passages.</summary>
    public static string? Answer(
        ILanguageModel model,
        string question,
        IReadOnlyList<string> passages,
        CancellationToken cancellation
    )
    {
        if (WritingSkill.WhyNot(model) is null)
            return INoteWriter.For(model).Answer(question, passages, cancellation);
        var copied = new GroundedAnswerer(model).Answer(string.Join("\n\n", passages), question, cancellation);
        return copied is { Refused: false, Best: { } best } ? best.Text : null;
    }

    /// <returns>(answers): mean log probability of a token, nats; null where not even a short passage fits the model.</returns>
    public static double[]? Score(
        ILanguageModel model,
        string question,
        IReadOnlyList<string> passages,
        IReadOnlyList<string> answers,
        CancellationToken cancellation
    )
    {
        if (Prompt(model, question, passages) is not { } prompt)
            return null;
        var scorer = new SentenceScorer(model);
        return [.. answers.Select(answer => scorer.Score(prompt, answer, cancellation))];
    }

    private static int[]? Prompt(ILanguageModel model, string question, IReadOnlyList<string> passages) =>
        TaskPrompts.Knows(model) || WritingSkill.WhyNot(model) is not null
            ? new TaskPrompts(model)
                .ForQuestion(string.Join("\n\n", passages), question, SentenceScorer.TokensMax + 1)
                ?.Tokens
            : new PromptBuilder(model.Tokenizer, model.ChatTemplate, model.Positions).ForAnswer(question, passages);
}
