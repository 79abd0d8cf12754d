using System.Text.Json;
using Edge.TestKit;
using Edge.Training.Data;
using Edge.Training.Lab;
using Edge.Training.Recipes;
using Edge.Training.Run;
using Edge.Training.Tests.Run;

namespace Edge.Training.Tests.Lab;

public sealed class LabTests : IDisposable
{
    /// <summary>Hardly learns at all.</summary>
    private const string Lame =
        ", \"optimizer\": { \"kind\": \"adamw\", \"learningRate\": 0.0000001, \"embeddingLearningRate\": 0.0000001, \"weightDecay\": 0 }";

    /// <summary>Learns; is worse than that; cannot run; makes no sense.</summary>
    private const string Settings = """
        // What to try.
        {
          "budgetSeconds": 0.8, "repeats": 1,
          "settings": [
            { "choices": [
              { "optimizer.learningRate": 0.01, "optimizer.embeddingLearningRate": 0.02 },
              { "optimizer.learningRate": 0.000001, "optimizer.embeddingLearningRate": 0.000001 }
            ] },
            { "path": "optimizer.learningRate", "values": [10] },
            { "path": "model.depth", "values": [1000] },
          ]
        }
        """;

    private readonly SmallRun _small = new(extra: Lame);

    /// <summary>Steps so small that some twenty of them fit an experiment, even where nothing is optimised.</summary>
    public LabTests() =>
        File.WriteAllText(
            _small.RecipePath,
            File.ReadAllText(_small.RecipePath)
                .Replace("\"depth\": 2", "\"depth\": 1", StringComparison.Ordinal)
                .Replace("\"batchTokens\": 512", "\"batchTokens\": 64", StringComparison.Ordinal)
        );

    [Fact]
    public void An_improvement_is_kept_and_worse_is_discarded_and_a_crash_is_a_line_like_any_other()
    {
        var result = Search(Settings).Run(default);
        Assert.True(result.Finished);
        var lines = Lines();
        Assert.Equal(["baseline", "noise", "keep", "discard", "crash", "crash"], lines.Select(line => line.Verdict));
        Assert.Contains("learningRate", lines[4].Reason, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("model.depth", lines[5].Reason, StringComparison.Ordinal);
        Assert.True(lines[2].Int8BitsPerByte < lines[0].Int8BitsPerByte - result.Noise);
        Assert.Equal(result.Best, lines[2].Int8BitsPerByte);
        Assert.Equal(0.01, Recipe.Read(result.BestRecipe).Optimizer!.LearningRate);
        Assert.Equal("small", Recipe.Read(result.BestRecipe).Name);
        Assert.Equal([lines[2].Setting], lines[3].Kept);
        Assert.All(
            lines.Take(4),
            line =>
            {
                Assert.True(line is { Steps: > 0, Parameters: > 1000, MemoryBytes: > 100_000 });
                Assert.InRange(line.Seconds!.Value, 0.8, 30);
                Assert.InRange(Math.Abs(line.Int8BitsPerByte!.Value / line.BitsPerByte!.Value - 1), 0, 0.03);
            }
        );
        TheTableShows(
            "| baseline |",
            "the recipe as it is, seed 4",
            "| crash: ",
            "The best so far has: optimizer.learn"
        );
    }

    [Fact]
    public void A_search_that_was_stopped_goes_on_with_what_is_not_in_the_ledger()
    {
        using var cancel = new CancellationTokenSource();
        _small.OnStep = _ =>
        {
            if (File.Exists(LedgerPath) && File.ReadAllLines(LedgerPath).Length == 2)
                cancel.Cancel();
        };
        Assert.False(Search(Settings).Run(cancel.Token).Finished);
        var before = File.ReadAllText(LedgerPath);
        // As a crash in the middle of writing leaves it.
        File.AppendAllText(LedgerPath, "{\"key\":\"abc\",\"date\":\"2026-");
        _small.OnStep = _ => { };
        Assert.True(Search(Settings).Run(default).Finished);
        Assert.Contains(_small.Lines, line => line.Contains("the last line was cut off", StringComparison.Ordinal));
        Assert.StartsWith(before, File.ReadAllText(LedgerPath), StringComparison.Ordinal);
        Assert.Equal(6, Lines().Length);
        Assert.Equal(6, Lines().Select(line => line.Key).Distinct().Count());
        var steps = _small.Steps.Count;
        var again = Search(Settings).Run(default);
        Assert.True(again.Finished);
        Assert.Equal(steps, _small.Steps.Count);
        Assert.Single(again.Kept);
    }

    [Fact]
    public void An_experiment_that_takes_the_process_down_again_and_again_becomes_a_crash()
    {
        const string one = """
            { "budgetSeconds": 0.2, "repeats": 1, "settings": [ { "path": "optimizer.beta1", "values": [0.8] } ] }
            """;
        using var cancel = new CancellationTokenSource();
        var key = "";
        _small.OnStep = _ =>
        {
            if (!File.Exists(LedgerPath) || File.ReadAllLines(LedgerPath).Length < 2)
                return;
            key = JsonDocument
                .Parse(File.ReadAllText(_small["lab/running.json"]))
                .RootElement.GetProperty("key")
                .GetString()!;
            cancel.Cancel();
        };
        _ = Search(one).Run(cancel.Token);
        Assert.False(File.Exists(_small["lab/running.json"]));
        File.WriteAllText(_small["lab/running.json"], $$"""{"key":"{{key}}","begun":3}""");
        _small.OnStep = _ => { };
        Assert.Equal(1, Search(one).Run(default).Crashes);
        Assert.Contains("the whole process ended", Lines()[^1].Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void Vocabularies_of_any_size_are_judged_by_the_same_text()
    {
        using var folder = new TempFolder();
        long[] bytes =
        [
            .. new[] { 260, 380 }.Select(vocabulary =>
            {
                var recipe = Recipe.Read(_small.RecipePath);
                var train = recipe.Tokenizer.Train! with { Vocab = vocabulary };
                recipe = recipe with { Tokenizer = new RecipeTokenizer { Train = train } };
                var files = new DataFiles(Path.GetDirectoryName(_small.RecipePath), null);
                var own = folder[$"{vocabulary}"];
                var path = RunTokenizer.Prepare(recipe, files, own, _small, TimeProvider.System, default);
                var options = new TrainingDataOptions { Length = 64, JudgeSameBytes = true };
                return TrainingData
                    .Open(recipe.Stages[0], files, TrainingTokenizer.Open(path), options)
                    .Validation.Bytes;
            }),
        ];
        Assert.True(bytes[0] > 500, $"{bytes[0]} bytes");
        Assert.Equal(bytes[0], bytes[1]);
    }

    [Fact]
    public void Other_text_than_the_ledgers_is_refused()
    {
        const string one = """
            { "budgetSeconds": 0.1, "repeats": 1, "settings": [ { "path": "optimizer.beta1", "values": [0.8] } ] }
            """;
        _ = Search(one).Run(default);
        File.AppendAllText(_small.TextPath, "More.\n");
        var refused = Assert.Throws<TrainingException>(() => Search(one));
        Assert.Contains("other text", refused.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{ "settings": [] }""", "settings")]
    [InlineData("""{ "settings": [ { "path": "model.depth" } ] }""", "settings[0]")]
    [InlineData("""{ "setings": [] }""", "setings")]
    [InlineData("""{ "settings": [ { "path": "model.deep", "values": [1] } ] }""", "model.deep is not a field")]
    [InlineData("""{ "settings": [ { "path": "stages[7].length", "values": [1] } ] }""", "none is 7")]
    [InlineData("""{ "stage": "x", "settings": [ { "path": "model.depth", "values": [1] } ] }""", "pretrain")]
    [InlineData(
        """{ "budgetSeconds": 0, "settings": [ { "path": "model.depth", "values": [1] } ] }""",
        "budgetSeconds"
    )]
    [InlineData("[", "not a plan")]
    public void A_plan_that_makes_no_sense_is_refused_by_name(string plan, string named)
    {
        var refused = Assert.Throws<TrainingException>(() => Search(plan));
        Assert.Contains(named, refused.Message, StringComparison.Ordinal);
        Assert.False(File.Exists(LedgerPath));
    }

    public void Dispose() => _small.Dispose();

    private string LedgerPath => _small["lab/ledger.jsonl"];

    private LabLine[] Lines() => [.. new LabLedger(_small["lab"], _ => { }).Lines];

    private void TheTableShows(params string[] pieces)
    {
        var table = File.ReadAllText(_small["lab/ledger.md"]);
        Assert.Equal(
            Lines().Length,
            table.Split('\n').Count(line => line.StartsWith("| ", StringComparison.Ordinal)) - 2
        );
        Assert.All(pieces, piece => Assert.Contains(piece, table, StringComparison.Ordinal));
    }

    private LabSearch Search(string plan)
    {
        File.WriteAllText(_small["plan.json"], plan);
        return new LabSearch(
            Recipe.Read(_small.RecipePath),
            LabPlan.Read(_small["plan.json"]),
            new DataFiles(Path.GetDirectoryName(_small.RecipePath), null),
            new LabOptions { Folder = _small["lab"], Threads = 2 },
            _small,
            TimeProvider.System
        );
    }
}
