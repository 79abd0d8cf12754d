using System.Text.Json.Serialization;
using Edge.Assistant.Writing;
using Edge.Inference;

namespace Edge.Training.Cards;

/// <summary>What a model must write on every machine: the likeliest token each time, to a fixed prompt.</summary>
public sealed record GoldenTokens(
    string Prompt,
    IReadOnlyList<int> PromptTokens,
    IReadOnlyList<int> Tokens,
    string Text
)
{
    private const int TokensMax = 24;

    private const string Note =
        "Minutes of the garden club, 12 May. Ana will order forty tulip bulbs before Friday. The shed roof leaks; "
        + "Peter repairs it on Saturday. The next meeting is on 9 June at seven in the library.";

    internal static IReadOnlyList<GoldenTokens> Of(LanguageModel model)
    {
        var tasks = (model.Metadata.GetValueOrDefault("edge.tasks") ?? "").Split(',');
        var golden = new List<GoldenTokens>();
        if (tasks.Contains("answer"))
            golden.Add(Turn(model, TaskPrompt.Question(Note, "When is the next meeting?")));
        if (tasks.Contains("summarize"))
            golden.Add(Turn(model, TaskPrompt.Headline(Note)));
        if (golden.Count == 0)
            golden.Add(Continue(model, "", model.Tokenizer.Encode("", addBos: true)));
        return golden;
    }

    private static GoldenTokens Turn(LanguageModel model, string content) =>
        Continue(model, content, model.ChatTemplate.Encode(model.Tokenizer, TaskPrompt.Turn(content)));

    private static GoldenTokens Continue(LanguageModel model, string prompt, int[] ids)
    {
        var options = new GenerationOptions
        {
            MaxTokens = TokensMax,
            StopStrings = model.ChatTemplate.StopStrings,
            Sampling = new SamplingOptions { Temperature = 0 },
        };
        var written = model.Generate(ids, options);
        return new GoldenTokens(prompt, ids, written.Tokens, written.Text);
    }
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, WriteIndented = true)]
[JsonSerializable(typeof(IReadOnlyList<GoldenTokens>), TypeInfoPropertyName = "Golden")]
internal sealed partial class GoldenJson : JsonSerializerContext;
