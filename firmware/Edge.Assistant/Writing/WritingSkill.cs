using System.Globalization;
using Edge.Inference;

namespace Edge.Assistant.Writing;

/// <summary>
/// The one rule for whether a model may write: its GGUF says in "edge.tasks" that it was trained to summarise or answer,
/// or it has a chat template and at least 100 million parameters.
/// </summary>
public static class WritingSkill
{
    public const long ParametersMin = 100_000_000;

    /// <summary>Null when the model can write; otherwise one sentence that says why text is quoted.</summary>
    public static string? WhyNot(ILanguageModel? model)
    {
        if (model is null)
            return "No model is loaded, so summaries and answers are quoted from the notes.";
        return WhyNot(
            model.Name,
            model.ParameterCount,
            model.ChatTemplate.Name != ChatTemplate.None.Name,
            model.Metadata.GetValueOrDefault("edge.tasks")
        );
    }

    /// <param name="tasks">Value of the metadata key "edge.tasks", or null.</param>
    public static string? WhyNot(string name, long parameters, bool hasChatTemplate, string? tasks)
    {
        if (
            tasks is not null
            && (
                tasks.Contains("summarize", StringComparison.Ordinal)
                || tasks.Contains("answer", StringComparison.Ordinal)
            )
        )
            return null;
        if (hasChatTemplate && parameters >= ParametersMin)
            return null;
        var size = string.Create(CultureInfo.InvariantCulture, $"{parameters / 1e6:0.0} million parameters");
        var lacks = hasChatTemplate
            ? $"has {size}, fewer than the {ParametersMin / 1_000_000} million that writing takes"
            : $"({size}) was not trained to follow instructions";
        return $"The model {name} {lacks}, so summaries and answers are quoted from the notes.";
    }
}
