using Edge.Training.Data;
using Edge.Training.Recipes;
using Edge.Training.Run;

namespace Edge.Training.Lab;

/// <summary>Where and how experiments run.</summary>
/// <param name="From">A model to begin with, or null.</param>
/// <param name="FromStage">Index of the first stage that is run.</param>
/// <param name="Stages">How many stages of the recipe are left in, from the first.</param>
internal sealed record LabPlace(
    DataFiles Files,
    string Folder,
    double BudgetSeconds,
    int Threads,
    string? From,
    int FromStage,
    int Stages
);

/// <summary>What an experiment measured.</summary>
internal sealed record LabFigures(
    double BitsPerByte,
    double Int8BitsPerByte,
    long Steps,
    long Tokens,
    double Seconds,
    double WallSeconds,
    long Parameters,
    long MemoryBytes
);

/// <summary>One experiment at a time, in this process: nothing else takes the cores that it is measured on.</summary>
internal sealed class LabRun(LabPlace place, ITrainingWatcher watcher, TimeProvider clock)
{
    /// <returns>Null when it was cancelled.</returns>
    /// <exception cref="Exception">Whatever stopped it: a crash of this experiment.</exception>
    public LabFigures? Run(Recipe recipe, CancellationToken cancellation)
    {
        var stages = recipe.Stages.Take(place.Stages).Skip(place.FromStage).ToArray();
        recipe = recipe with { Stages = stages };
        if (place.From is not null)
            recipe = recipe with { Tokenizer = new RecipeTokenizer { File = place.From } };
        var notes = new Notes(watcher);
        // Not in a folder of the experiment's own: most experiments share vocabulary and tokens.
        var vocabulary = Path.Combine(place.Folder, "tokenizers", VocabularyKey(recipe));
        var tokenizer = RunTokenizer.Prepare(recipe, place.Files, vocabulary, notes, clock, cancellation);
        var options = new RunOptions
        {
            Threads = place.Threads,
            StartFrom = place.From,
            CacheFolder = Path.Combine(place.Folder, "cache"),
            Experiment = new Experiment(Shares(stages).Select(share => share * place.BudgetSeconds).ToArray()),
        };
        var scratch = Path.Combine(place.Folder, "running");
        using var run = new TrainingRun(recipe, tokenizer, place.Files, scratch, options, notes, clock);
        if (!run.Run(cancellation))
            return null;
        if (notes.Judgements.Count < stages.Length)
            throw new TrainingException("a stage has no held-out text to judge by: set validation.heldOut");
        var (exact, rounded) = (
            notes.Judgements.Sum(judged => judged.BitsPerByte),
            notes.Judgements.Sum(judged => judged.Int8BitsPerByte)
        );
        if (!double.IsFinite(exact) || !double.IsFinite(rounded))
            throw new TrainingException("bits per byte is no number");
        return new LabFigures(
            exact,
            rounded,
            notes.Steps,
            notes.Tokens,
            Math.Round(run.BudgetSpent, 3),
            Math.Round(notes.Seconds, 3),
            run.Parameters,
            run.MemoryBytes
        );
    }

    /// <summary>Each stage's part of the budget: as the recipe shares tokens or minutes, equal where it mixes them.</summary>
    internal static double[] Shares(IReadOnlyList<RecipeStage> stages)
    {
        var lengths =
            stages.All(stage => stage.Tokens is not null) ? stages.Select(stage => (double)stage.Tokens!)
            : stages.All(stage => stage.Minutes is not null) ? stages.Select(stage => stage.Minutes!.Value)
            : stages.Select(_ => 1.0);
        var all = lengths.ToArray();
        return [.. all.Select(length => length / all.Sum())];
    }

    private static string VocabularyKey(Recipe recipe)
    {
        var same = recipe with
        {
            Name = "tokenizer",
            Description = null,
            Seed = null,
            Tasks = null,
            Model = new RecipeModel { Depth = 1 },
            Optimizer = null,
            Stages = [],
        };
        return TextHash.Sha256(same.ToJson())[..16];
    }

    /// <summary>Keeps what is measured and passes it on.</summary>
    private sealed class Notes(ITrainingWatcher next) : ITrainingWatcher
    {
        public List<JudgementReport> Judgements { get; } = [];

        public long Steps { get; private set; }

        public long Tokens { get; private set; }

        public double Seconds { get; private set; }

        /// <summary>The arithmetic of each dial is not news.</summary>
        public void Said(string line) { }

        public void Stepped(StepReport report)
        {
            Steps++;
            (Tokens, Seconds) = (report.Tokens, report.Seconds);
            next.Stepped(report);
        }

        public void Judged(JudgementReport report)
        {
            Judgements.Add(report);
            next.Judged(report);
        }

        public void Sampled(SampleReport report) => next.Sampled(report);
    }
}
