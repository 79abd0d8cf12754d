using System.Globalization;
using Edge.Inference;
using Edge.Training.Model;
using Edge.Training.Optimizers;
using Edge.Training.Recipes;

namespace Edge.Training.Run;

/// <summary>
/// One dial, depth, decides the rest; what a recipe names itself stays as it is. The rules and their arithmetic are
/// printed, so that nobody has to guess them.
/// </summary>
/// <param name="Arithmetic">A line for each number, how it came about.</param>
public sealed record Dial(
    ModelConfig Config,
    OptimizerSettings Optimizer,
    float Warmup,
    float Cooldown,
    float FinalRate,
    IReadOnlyList<string> Arithmetic
)
{
    private const int WidthPerLayer = 32;
    private const int HeadWidth = 32;

    /// <summary>Tokens to a parameter that a model of a given size makes the most of (Hoffmann and others, 2022).</summary>
    public const int TokensPerParameter = 20;

    /// <summary>Numbers of the model, without the tables: what each token is multiplied with.</summary>
    public long Parameters => new ParameterLayout(Config).Length;

    /// <summary>Positions between two steps when a recipe does not say: about the 0.4th power of the horizon, a power of
    /// two.</summary>
    public static int BatchTokens(long horizonTokens)
    {
        var ideal = 8 * Math.Pow(horizonTokens, 0.4);
        return Math.Clamp((int)Math.Pow(2, Math.Round(Math.Log2(ideal))), 1024, 1 << 19);
    }

    /// <exception cref="RecipeException">The numbers do not fit each other.</exception>
    public static Dial Of(Recipe recipe, int vocabSize)
    {
        var lines = new List<string>();
        var model = recipe.Model;
        var headDim = model.HeadDim ?? HeadWidth;
        var width = Chosen("width", model.Width, model.Depth * WidthPerLayer, $"{WidthPerLayer} x depth {model.Depth}");
        if (width % headDim != 0 && model.Heads is null)
            throw new RecipeException(
                $"{recipe.Name}: model.width must be a multiple of the head width {headDim}; found {width}."
            );
        var heads = Chosen("heads", model.Heads, width / headDim, $"width {width} / {headDim}");
        var kvHeads = Chosen("key heads", model.KvHeads, heads, "as many as heads");
        if (heads % kvHeads != 0)
            throw new RecipeException($"{recipe.Name}: model.kvHeads must divide the heads, {heads}; found {kvHeads}.");
        // int8 stores 32 weights to a scale: every row is a multiple of that.
        var hidden = Chosen("hidden", model.Hidden, (width * 8 / 3 + 31) / 32 * 32, $"8/3 x width {width}, to 32");
        if (width % 32 != 0 || hidden % 32 != 0)
            throw new RecipeException(
                $"{recipe.Name}: model.width and model.hidden must be multiples of 32, the weights that share a scale in int8; found {width} and {hidden}."
            );
        var context = Chosen("context", model.Context, 512, "what fits a note and its question");
        var config = new ModelConfig
        {
            Dim = width,
            HiddenDim = hidden,
            Layers = model.Depth,
            Heads = heads,
            KvHeads = kvHeads,
            HeadDim = headDim,
            RopeDim = headDim,
            VocabSize = vocabSize,
            ContextLength = context,
            RopeTheta = (float)(model.RopeTheta ?? 10_000),
            TiedOutput = true,
        };
        var parameters = new ParameterLayout(config).Length;
        lines.Add(
            Text(
                $"parameters {parameters:N0}, of them {(long)vocabSize * width:N0} in the table of {vocabSize:N0} tokens"
            )
        );

        var settings = Optimizing(recipe.Optimizer, width, lines);
        return new Dial(
            config,
            settings,
            (float)(recipe.Optimizer?.Warmup ?? 0.02),
            (float)(recipe.Optimizer?.Cooldown ?? 0.5),
            (float)(recipe.Optimizer?.FinalRate ?? 0),
            lines
        );

        int Chosen(string name, int? chosen, int derived, string how)
        {
            lines.Add(
                chosen is { } value ? Text($"{name} {value}, as the recipe says") : Text($"{name} {derived} = {how}")
            );
            return chosen ?? derived;
        }
    }

    private static OptimizerSettings Optimizing(RecipeOptimizer? given, int width, List<string> lines)
    {
        var muon = given?.Kind != "adamw";
        var root = MathF.Sqrt(128f / width);
        var factor = muon ? 0.01f : 0.004f;
        var rate = (float)(given?.LearningRate ?? factor * root);
        var how = given?.LearningRate is null
            ? Text($" = {factor} x sqrt(128 / width {width})")
            : ", as the recipe says";
        var who = muon ? "Muon for the matrices, AdamW for the rest" : "AdamW";
        lines.Add(Text($"learning rate {rate:g3}{how}, {who}"));
        return new OptimizerSettings
        {
            Kind = muon ? OptimizerKind.Muon : OptimizerKind.AdamW,
            LearningRate = rate,
            TableLearningRate = (float)(given?.EmbeddingLearningRate ?? 0.004f * root),
            WeightDecay = (float)(given?.WeightDecay ?? 0.1),
            Beta1 = (float)(given?.Beta1 ?? 0.9),
            Beta2 = (float)(given?.Beta2 ?? 0.95),
            ClipNorm = (float)(given?.GradientClip ?? 1),
        };
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
