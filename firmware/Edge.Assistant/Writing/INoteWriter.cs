using Edge.Inference;

namespace Edge.Assistant.Writing;

/// <summary>Lets a model write from given text and keeps what stands in that text. One generation at a time.</summary>
internal interface INoteWriter
{
    /// <summary>Of the model.</summary>
    string Name { get; }

    /// <summary>Null when nothing that the model wrote stands in the note.</summary>
    string? Summarize(string title, string text, CancellationToken cancellation);

    /// <summary>Null when nothing that the model wrote stands in the passages, or when it says that they do not say.</summary>
    string? Answer(string question, IReadOnlyList<string> passages, CancellationToken cancellation);

    /// <summary>In the way that the model was trained for.</summary>
    static INoteWriter For(ILanguageModel model) =>
        TaskPrompts.Knows(model) ? new TaskWriter(model) : new InstructedWriter(model);
}
