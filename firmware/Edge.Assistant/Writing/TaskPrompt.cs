using Edge.Inference;

namespace Edge.Assistant.Writing;

/// <summary>
/// The prompts that Edge's own small models are trained on and asked with; a model that knows them says so in its
/// metadata (<see cref="MetadataKey"/> = <see cref="Version"/>). Each is a user turn of the model's chat template. The
/// question stands before the passage and after it: before, so that the passage is read with it in mind; after, so that
/// it is near when the answer starts. models/README.md shows the format to other engines.
/// </summary>
public static class TaskPrompt
{
    public const string MetadataKey = "edge.prompt";

    /// <summary>Metadata key: by how many nats the refusal must be likelier than the answer to be given, calibrated on
    /// questions that the model was not trained on.</summary>
    public const string ThresholdKey = "edge.refusal.threshold";

    public const string Version = "edge-notes-1";

    /// <summary>The whole answer when the passage does not say.</summary>
    public const string Refusal = "The notes do not say.";

    /// <summary>The user turn for an answer from a passage.</summary>
    public static string Question(string passage, string question) =>
        $"Question: {question}\n\n{passage}\n\nQuestion: {question}";

    /// <summary>The user turn for another question on a passage of an earlier turn.</summary>
    public static string FollowUp(string question) => $"Question: {question}";

    /// <summary>The user turn for one to three sentences about a note.</summary>
    public static string Summary(string note) => $"Summary of:\n\n{note}";

    /// <summary>The user turn for a summary of what a text says about one thing.</summary>
    public static string Summary(string text, string query) =>
        $"Summary for: {query}\n\n{text}\n\nSummary for: {query}";

    /// <summary>The user turn for a title.</summary>
    public static string Headline(string note) => $"Headline of:\n\n{note}";

    /// <summary>One turn of a person, which the model is to answer.</summary>
    public static IReadOnlyList<ChatMessage> Turn(string content) => [new(ChatRole.User, content)];
}
