using Edge.Inference;

namespace Edge.Assistant.Writing;

/// <summary>Lets a model write from given text and keeps what stands in that text. One generation at a time.</summary>
internal interface INoteWriter
{
    /// <summary>Of the model.</summary>
    string Name { get; }

    /// <summary>Whether a note goes into the model whole, with room for the summary.</summary>
    bool Holds(string title, string text);

    /// <summary>Length of a text that mostly goes into the model whole, UTF-16 units.</summary>
    int SectionChars { get; }

    /// <summary>Null when nothing that the model wrote stands in the note.</summary>
    string? Summarize(string title, string text, CancellationToken cancellation);

    /// <summary>Null when nothing that the model wrote stands in the passages, or when it says that they do not say.</summary>
    string? Answer(string question, IReadOnlyList<string> passages, CancellationToken cancellation);

    /// <summary>Two letters a token: English has four, other scripts fewer. 600 to 6,000.</summary>
    static int SectionCharsOf(ILanguageModel model, int replyTokens) =>
        Math.Clamp((model.Positions - replyTokens) * 2, 600, 6000);

    /// <summary>In the way that the model was trained for.</summary>
    static INoteWriter For(ILanguageModel model) =>
        TaskPrompts.Knows(model) ? new TaskWriter(model) : new InstructedWriter(model);
}
