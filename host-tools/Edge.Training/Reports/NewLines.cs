using Edge.Inference;
using Edge.Training.Data;
using Edge.Training.Recipes;

namespace Edge.Training.Reports;

/// <summary>
/// What a model of lines, such as names, makes up: lines that it writes, and how many of them stand in no line of the
/// text it was trained and judged on. A model that only repeats its list has learned nothing.
/// </summary>
/// <param name="Sampled">Lines that were written.</param>
/// <param name="NewCount">Of these, not in the text.</param>
/// <param name="New">The first different ones of the new.</param>
public sealed record NewLines(int Sampled, int NewCount, IReadOnlyList<string> New)
{
    public const int SampledDefault = 100;
    public const int ShownMax = 10;
    public const float Temperature = 0.8f;

    /// <summary>Whether the recipe ends with a stage of lines alone.</summary>
    public static bool IsFor(Recipe recipe) =>
        recipe.Tasks is not { Count: > 0 } && recipe.Stages[^1].Data.All(data => data.Format == DataFormats.Lines);

    /// <param name="modelPath">The model to ask, as it ships.</param>
    /// <param name="files">Finds the recipe's text.</param>
    /// <exception cref="TrainingDataException">A file is missing.</exception>
    public static NewLines Sample(
        string modelPath,
        Recipe recipe,
        DataFiles files,
        int count = SampledDefault,
        CancellationToken cancellation = default
    )
    {
        var known = recipe
            .Stages.SelectMany(stage => stage.Data)
            .Where(data => data.Format == DataFormats.Lines)
            .SelectMany(data => files.Find(data.File))
            .SelectMany(Documents.OfLines)
            .ToHashSet(StringComparer.Ordinal);
        using var model = LanguageModel.Open(modelPath, threads: 1);
        var prompt = model.Tokenizer.Encode("", addBos: true);
        var written = new List<string>();
        for (var seed = 1; seed <= count; seed++)
        {
            cancellation.ThrowIfCancellationRequested();
            var options = new GenerationOptions
            {
                MaxTokens = model.Positions - prompt.Length,
                Sampling = new SamplingOptions { Temperature = Temperature, Seed = (ulong)seed },
            };
            written.Add(model.Generate(prompt, options, cancellation: cancellation).Text.Trim());
        }
        // Half a character is no line of text.
        var fresh = written
            .Where(line => line.Length > 0 && !line.Contains('\ufffd') && !known.Contains(line))
            .ToArray();
        return new NewLines(count, fresh.Length, [.. fresh.Distinct(StringComparer.Ordinal).Take(ShownMax)]);
    }
}
