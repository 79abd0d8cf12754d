using System.Text.Json;
using System.Text.Json.Serialization;

namespace Edge.Training.Data;

/// <summary>A line of a file of questions: {source, id, context, question, answers}; no answers means that the context
/// does not say.</summary>
internal sealed record QuestionItem
{
    public string Source { get; init; } = "";

    public string Id { get; init; } = "";

    public required string Context { get; init; }

    public required string Question { get; init; }

    public required IReadOnlyList<string> Answers { get; init; }
}

/// <summary>A line of a file of summaries: {source, id, text, summary, kind, query}. The kind "title" asks for a
/// headline, any other for a summary, of one thing where there is a query.</summary>
internal sealed record SummaryItem
{
    public string Source { get; init; } = "";

    public string Id { get; init; } = "";

    public required string Text { get; init; }

    public required string Summary { get; init; }

    public string? Kind { get; init; }

    public string? Query { get; init; }
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(QuestionItem))]
[JsonSerializable(typeof(SummaryItem))]
internal sealed partial class TaskJson : JsonSerializerContext;

/// <summary>Reads files with a JSON object on each line.</summary>
internal static class TaskItems
{
    /// <exception cref="TrainingDataException">A line is not such an object; the message names file and line.</exception>
    public static IEnumerable<QuestionItem> Questions(string path)
    {
        foreach (var (line, number) in Utf8Lines.Read(path))
        {
            if (string.IsNullOrWhiteSpace(line))
                continue;
            var item = Parse(
                path,
                line,
                number,
                text => JsonSerializer.Deserialize(text, TaskJson.Default.QuestionItem)
            );
            if (item.Context is null || item.Question is null || item.Answers is null || item.Answers.Contains(null!))
                throw TrainingDataException.In(path, $"line {number:N0}: context, question or an answer is null.");
            yield return item;
        }
    }

    /// <inheritdoc cref="Questions"/>
    public static IEnumerable<SummaryItem> Summaries(string path)
    {
        foreach (var (line, number) in Utf8Lines.Read(path))
        {
            if (string.IsNullOrWhiteSpace(line))
                continue;
            var item = Parse(
                path,
                line,
                number,
                text => JsonSerializer.Deserialize(text, TaskJson.Default.SummaryItem)
            );
            if (item.Text is null || item.Summary is null)
                throw TrainingDataException.In(path, $"line {number:N0}: text or summary is null.");
            yield return item;
        }
    }

    private static T Parse<T>(string path, string line, int number, Func<string, T?> parse)
        where T : class
    {
        try
        {
            return parse(line)
                ?? throw TrainingDataException.In(path, $"line {number:N0} is null, expected an object.");
        }
        catch (JsonException e)
        {
            var cut = e.Message.IndexOf(" Path: ", StringComparison.Ordinal);
            var reason = cut > 0 ? e.Message[..cut] : e.Message;
            throw TrainingDataException.In(path, $"line {number:N0} is not the JSON object expected: {reason}", e);
        }
    }
}
