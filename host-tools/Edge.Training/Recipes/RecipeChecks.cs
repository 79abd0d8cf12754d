using System.Globalization;
using System.Numerics;
using Edge.Training.Data;

namespace Edge.Training.Recipes;

/// <summary>Whether each value of a recipe makes sense by itself.</summary>
/// <param name="file">For messages.</param>
internal sealed class RecipeChecks(string file)
{
    public const int DepthMax = 64;
    public const int ContextMax = 65_536;
    public const int VocabMax = 131_072;

    private const long TokensMax = 1_000_000_000_000;

    public void Check(Recipe recipe)
    {
        if (!IsName(recipe.Name))
            throw Bad(
                "name",
                "1 to 64 letters, digits, '-', '_' or '.', none of these at the start",
                Show(recipe.Name)
            );
        for (var i = 0; i < (recipe.Tasks?.Count ?? 0); i++)
            OneOf($"tasks[{i}]", recipe.Tasks![i], "summarize", "answer");
        CheckTokenizer(recipe.Tokenizer);
        CheckModel(recipe.Model);
        if (recipe.Optimizer is { } optimizer)
            CheckOptimizer(optimizer);
        if (recipe.Stages.Count is 0 or > 16)
            throw Bad("stages", "1 to 16 stages", Show(recipe.Stages.Count));
        for (var i = 0; i < recipe.Stages.Count; i++)
        {
            CheckStage($"stages[{i}]", recipe.Stages[i]);
            if (recipe.Stages[i].Length is { } length && length > (recipe.Model.Context ?? int.MaxValue))
                throw Bad($"stages[{i}].length", $"at most model.context, {recipe.Model.Context}", Show(length));
        }
        if (recipe.Stages.Select(stage => stage.Name).Distinct(StringComparer.Ordinal).Count() < recipe.Stages.Count)
            throw Bad("stages", "a different name for each stage", "the same name twice");
    }

    private void CheckTokenizer(RecipeTokenizer tokenizer)
    {
        if (tokenizer.File is null == tokenizer.Train is null)
            throw Bad("tokenizer", "either file or train", tokenizer.File is null ? "neither" : "both");
        if (tokenizer.Train is not { } train)
            return;
        var least = 256 + (train.Special?.Count ?? 0);
        Within("tokenizer.train.vocab", train.Vocab, least, VocabMax);
        OneOf("tokenizer.train.pattern", train.Pattern, "gpt2", "gpt4", "none");
        if (train.Input.Count == 0)
            throw Bad("tokenizer.train.input", "at least one file", "none");
        for (var i = 0; i < (train.Special?.Count ?? 0); i++)
        {
            var special = train.Special![i];
            if (special.Length is 0 or > 64 || train.Special.Take(i).Contains(special, StringComparer.Ordinal))
                throw Bad($"tokenizer.train.special[{i}]", "1 to 64 characters, each name once", Show(special));
        }
    }

    private void CheckModel(RecipeModel model)
    {
        Within("model.depth", model.Depth, 1, DepthMax);
        Within("model.width", model.Width, 8, 16_384);
        Within("model.heads", model.Heads, 1, 256);
        Within("model.kvHeads", model.KvHeads, 1, 256);
        Within("model.headDim", model.HeadDim, 2, 512);
        Within("model.hidden", model.Hidden, 8, 65_536);
        Within("model.context", model.Context, 8, ContextMax);
        Within("model.ropeTheta", model.RopeTheta, 1, 1e9);
        OneOf("model.start", model.Start, "random", "lookup");
        if (model is { Heads: { } heads, KvHeads: { } kvHeads } && heads % kvHeads != 0)
            throw Bad("model.kvHeads", $"a divisor of model.heads, {heads}", Show(kvHeads));
        if (model.HeadDim is { } headDim && headDim % 2 != 0)
            throw Bad("model.headDim", "an even number", Show(headDim));
    }

    private void CheckOptimizer(RecipeOptimizer optimizer)
    {
        OneOf("optimizer.kind", optimizer.Kind, "adamw", "muon");
        Within("optimizer.learningRate", optimizer.LearningRate, 1e-7, 10);
        Within("optimizer.embeddingLearningRate", optimizer.EmbeddingLearningRate, 1e-7, 10);
        Within("optimizer.weightDecay", optimizer.WeightDecay, 0, 1);
        Within("optimizer.beta1", optimizer.Beta1, 0, 0.99999);
        Within("optimizer.beta2", optimizer.Beta2, 0, 0.99999);
        Within("optimizer.gradientClip", optimizer.GradientClip, 1e-6, 1e6);
        Within("optimizer.warmup", optimizer.Warmup, 0, 1);
        Within("optimizer.cooldown", optimizer.Cooldown, 0, 1);
        Within("optimizer.finalRate", optimizer.FinalRate, 0, 1);
    }

    private void CheckStage(string place, RecipeStage stage)
    {
        if (!IsName(stage.Name))
            throw Bad($"{place}.name", "1 to 64 letters, digits, '-', '_' or '.'", Show(stage.Name));
        OneOf($"{place}.kind", stage.Kind, "pretrain", "instruct");
        var given = new[] { stage.Tokens is not null, stage.Epochs is not null, stage.Minutes is not null };
        if (given.Count(is_ => is_) != 1)
            throw Bad(place, "one of tokens, epochs and minutes", $"{given.Count(is_ => is_)} of them");
        Within($"{place}.tokens", stage.Tokens, 1, TokensMax);
        Within($"{place}.epochs", stage.Epochs, 0.001, 1e6);
        Within($"{place}.minutes", stage.Minutes, 0.01, 1e6);
        Within($"{place}.batchTokens", stage.BatchTokens, 1, 1 << 24);
        Within($"{place}.length", stage.Length, 8, ContextMax);
        Within($"{place}.promptWeight", stage.PromptWeight, 0, 1);
        Within($"{place}.learningRateScale", stage.LearningRateScale, 1e-4, 100);
        if (stage.Data.Count is 0 or > 64)
            throw Bad($"{place}.data", "1 to 64 entries", Show(stage.Data.Count));
        for (var i = 0; i < stage.Data.Count; i++)
            CheckData($"{place}.data[{i}]", stage.Data[i], stage.Kind);
        if (stage.Validation is not { } validation)
            return;
        for (var i = 0; i < (validation.Data?.Count ?? 0); i++)
            CheckData($"{place}.validation.data[{i}]", validation.Data![i], stage.Kind);
        Within($"{place}.validation.heldOut", validation.HeldOut, 0, 0.5);
        Within($"{place}.validation.tokensPerSource", validation.TokensPerSource, 1, 1 << 24);
    }

    private void CheckData(string place, RecipeData data, string kind)
    {
        if (string.IsNullOrWhiteSpace(data.File))
            throw Bad($"{place}.file", "a path or pattern", "nothing");
        OneOf($"{place}.format", data.Format, DataFormats.Names);
        if (kind == "pretrain" && DataFormats.IsTasks(data.Format))
            throw Bad($"{place}.format", "text, lines or notes in a stage of kind pretrain", Show(data.Format!));
        Within($"{place}.weight", data.Weight, 1e-6, 1e6);
        Within($"{place}.epochsMax", data.EpochsMax, 0.01, 1e6);
        foreach (var (source, times) in data.Sources ?? new Dictionary<string, double>())
            Within($"{place}.sources.{source}", times, 0, 100);
        if (data.Questions is not { } questions)
            return;
        Within($"{place}.questions.unanswerable", questions.Unanswerable, 0, 0.9);
        Within($"{place}.questions.distractors", questions.Distractors, 0, 1);
        Within($"{place}.questions.nearestSpan", questions.NearestSpan, 0.1, 1);
        Within($"{place}.questions.distractorsMax", questions.DistractorsMax, 1, 16);
        Within($"{place}.questions.otherAnswers", questions.OtherAnswers, 0, 1);
        foreach (var (source, count) in questions.Pack ?? new Dictionary<string, int>())
            Within($"{place}.questions.pack.{source}", count, 1, 64);
    }

    private static bool IsName(string name) =>
        name.Length is > 0 and <= 64
        && char.IsAsciiLetterOrDigit(name[0])
        && name.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.');

    private void Within(string field, double? value, double least, double most)
    {
        if (value is { } number && !(number >= least && number <= most))
            throw Bad(field, $"{Show(least)} to {Show(most)}", Show(number));
    }

    private void OneOf(string field, string? value, params ReadOnlySpan<string> allowed)
    {
        if (value is not null && !allowed.Contains(value))
            throw Bad(field, string.Join(", ", allowed.ToArray()), Show(value));
    }

    private RecipeException Bad(string field, string expected, string found) =>
        new($"{file}: {field} must be {expected}; found {found}.");

    private static string Show(string text) => $"\"{(text.Length > 40 ? text[..40] + "..." : text)}\"";

    private static string Show<T>(T number)
        where T : struct, INumber<T> => string.Create(CultureInfo.InvariantCulture, $"{number}");
}
