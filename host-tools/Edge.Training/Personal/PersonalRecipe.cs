using Edge.Inference;
using Edge.Training.Recipes;
using Edge.Training.Run;

namespace Edge.Training.Personal;

/// <summary>How a model is trained on: its own shape and vocabulary, small steps, few passes.</summary>
internal static class PersonalRecipe
{
    /// <summary>An eighth of what training from nothing begins with: what the model knows must stay.</summary>
    private const double RateAt128 = 0.0005;

    /// <summary>With fewer notes none are held out.</summary>
    private const int NotesToHoldOut = 20;

    /// <summary>Of the text, where there is enough of it.</summary>
    public static double HeldOut(int notes) => notes >= NotesToHoldOut ? 0.05 : 0;

    /// <param name="notes">A folder, or a file of text.</param>
    /// <param name="bytes">Of the notes' text.</param>
    /// <param name="headlines">A file of titles with their texts, or null.</param>
    /// <param name="length">Sets one of tokens, epochs and minutes of the stage.</param>
    /// <exception cref="TrainingException">The model is of a kind that the trainer does not know.</exception>
    public static Recipe Of(
        string modelPath,
        string notes,
        long bytes,
        string? headlines,
        double heldOut,
        Func<RecipeStage, RecipeStage> length
    )
    {
        using var file = ModelFile.Open(modelPath);
        var config = file.Config;
        Check(modelPath, file);
        var rate = RateAt128 * Math.Sqrt(128.0 / config.Dim);
        var tasks = file.Metadata.GetValueOrDefault("edge.tasks")?.Split(',', StringSplitOptions.RemoveEmptyEntries);
        var data = new List<RecipeData>
        {
            new() { File = notes, Weight = Math.Max(1, bytes / 1e3) },
        };
        if (headlines is not null)
            data.Add(new RecipeData { File = headlines, Weight = Math.Max(1, bytes / 2e3) });
        return new Recipe
        {
            Name = NameOf(modelPath),
            Seed = 1,
            Tasks = tasks is { Length: > 0 } ? tasks : null,
            Tokenizer = new RecipeTokenizer { File = Path.GetFullPath(modelPath) },
            Model = new RecipeModel
            {
                Depth = config.Layers,
                Width = config.Dim,
                Heads = config.Heads,
                KvHeads = config.KvHeads,
                HeadDim = config.HeadDim,
                Hidden = config.HiddenDim,
                Context = config.ContextLength,
                RopeTheta = config.RopeTheta,
            },
            Optimizer = new RecipeOptimizer
            {
                Kind = "adamw",
                LearningRate = rate,
                EmbeddingLearningRate = rate / 2,
                WeightDecay = 0,
                Warmup = 0.1,
                Cooldown = 0.5,
                FinalRate = 0.1,
            },
            Stages =
            [
                length(
                    new RecipeStage
                    {
                        Name = "notes",
                        Kind = headlines is null ? "pretrain" : "instruct",
                        Length = Math.Min(config.ContextLength, 512),
                        BatchTokens = BatchTokens(bytes),
                        Data = data,
                        Validation = new RecipeValidation { HeldOut = heldOut },
                    }
                ),
            ],
        };
    }

    /// <summary>About thirty steps a pass: few notes in few large steps would teach nothing.</summary>
    private static int BatchTokens(long bytes) =>
        Math.Clamp((int)Math.Pow(2, Math.Round(Math.Log2(Math.Max(1, bytes / 4 / 30)))), 512, 8192);

    private static void Check(string path, ModelFile file)
    {
        var config = file.Config;
        var name = Path.GetFileName(path);
        if (!file.Format.StartsWith("GGUF", StringComparison.Ordinal))
            throw new TrainingException(
                $"{name}: expected a GGUF; found {file.Format}. Convert it first: edge convert."
            );
        if (!config.TiedOutput)
            throw new TrainingException(
                $"{name}: its output is a table of its own; models are trained on here only where it is the table of tokens, as in those that edge train makes."
            );
        if (config.RopeDim != config.HeadDim || config.NormEpsilon != 1e-5f)
            throw new TrainingException(
                FormattableString.Invariant(
                    $"{name}: expected positions in all of a head and norms with 1e-5; found {config.RopeDim} of {config.HeadDim} and {config.NormEpsilon}. Models that edge train makes are so."
                )
            );
    }

    private static string NameOf(string path)
    {
        var name = Path.GetFileNameWithoutExtension(path);
        var letters = name.Where(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.').Take(50).ToArray();
        return $"{new string(letters).TrimStart('-', '_', '.')}-personal".TrimStart('-');
    }
}
