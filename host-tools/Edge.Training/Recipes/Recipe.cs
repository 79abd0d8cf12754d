namespace Edge.Training.Recipes;

/// <summary>
/// What to train, from which text, how: a small JSON file, comments allowed. Fields that are not named here are refused.
/// Paths are looked for beside the recipe first, then under the data folder.
/// </summary>
public sealed record Recipe
{
    /// <summary>Letters, digits, '-', '_' and '.': names the model's files.</summary>
    public required string Name { get; init; }

    public string? Description { get; init; }

    /// <summary>Of everything random: first weights, order of the text, choice of examples.</summary>
    public ulong? Seed { get; init; }

    /// <summary>For the metadata key edge.tasks: "summarize", "answer". Empty for a model of plain text.</summary>
    public IReadOnlyList<string>? Tasks { get; init; }

    public required RecipeTokenizer Tokenizer { get; init; }

    public required RecipeModel Model { get; init; }

    public RecipeOptimizer? Optimizer { get; init; }

    /// <summary>Run one after the other, each from the weights of the one before.</summary>
    public required IReadOnlyList<RecipeStage> Stages { get; init; }

    /// <summary>Reads a recipe and checks every number in it.</summary>
    /// <exception cref="RecipeException">Not a recipe, or a value does not make sense.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static Recipe Read(string path) => RecipeReader.Read(path);

    /// <summary>The recipe as a file that <see cref="Read"/> reads back.</summary>
    public string ToJson() => RecipeReader.Write(this);
}

/// <summary>One of the two.</summary>
public sealed record RecipeTokenizer
{
    /// <summary>A GGUF with a tokenizer in it.</summary>
    public string? File { get; init; }

    public RecipeTokenizerTraining? Train { get; init; }
}

public sealed record RecipeTokenizerTraining
{
    /// <summary>Tokens in all: 256 bytes, the special ones, and merges.</summary>
    public required int Vocab { get; init; }

    /// <summary>"gpt2", "gpt4" or "none": how text is split before merging.</summary>
    public string? Pattern { get; init; }

    /// <summary>Control tokens; the first begins and ends documents.</summary>
    public IReadOnlyList<string>? Special { get; init; }

    /// <summary>Files of text; "*" stands for any part of a file name.</summary>
    public required IReadOnlyList<string> Input { get; init; }
}

/// <summary>Depth decides; what else is given replaces what depth would choose.</summary>
public sealed record RecipeModel
{
    /// <summary>Layers.</summary>
    public required int Depth { get; init; }

    public int? Width { get; init; }

    public int? Heads { get; init; }

    public int? KvHeads { get; init; }

    public int? HeadDim { get; init; }

    /// <summary>Width of the feed-forward part.</summary>
    public int? Hidden { get; init; }

    /// <summary>Positions: the longest row of any stage.</summary>
    public int? Context { get; init; }

    public double? RopeTheta { get; init; }

    /// <summary>First weights: "random", or "lookup" for some heads that find and copy from the first step on.</summary>
    public string? Start { get; init; }
}

/// <summary>Each replaces what the trainer would choose.</summary>
public sealed record RecipeOptimizer
{
    /// <summary>"adamw", or "muon" for the matrices and AdamW for the rest.</summary>
    public string? Kind { get; init; }

    /// <summary>At its highest, for the matrices.</summary>
    public double? LearningRate { get; init; }

    /// <summary>At its highest, for embedding, output and norms.</summary>
    public double? EmbeddingLearningRate { get; init; }

    public double? WeightDecay { get; init; }

    public double? Beta1 { get; init; }

    public double? Beta2 { get; init; }

    /// <summary>Longest gradient that is taken as it is.</summary>
    public double? GradientClip { get; init; }

    /// <summary>Share of a stage's steps in which the rate rises, 0 to 1.</summary>
    public double? Warmup { get; init; }

    /// <summary>Share of a stage's steps at its end in which the rate falls, 0 to 1.</summary>
    public double? Cooldown { get; init; }

    /// <summary>Share of the highest rate that is left at the end, 0 to 1.</summary>
    public double? FinalRate { get; init; }
}
