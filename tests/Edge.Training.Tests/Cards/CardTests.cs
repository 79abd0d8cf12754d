using System.Security.Cryptography;
using System.Text.Json;
using Edge.Assistant.Writing;
using Edge.Inference;
using Edge.Training.Cards;
using Edge.Training.Data;
using Edge.Training.Recipes;
using Edge.Training.Run;
using Edge.Training.Tests.Run;

namespace Edge.Training.Tests.Cards;

public sealed class CardTests : IDisposable
{
    private readonly SmallRun _small = new(tokens: 1024);

    [Fact]
    public void A_card_names_model_data_settings_curves_scores_and_golden_tokens()
    {
        RunWithMetrics();
        File.WriteAllText(
            _small["scores.json"],
            """{"qa": {"f1": 0.41234, "sources": [{"source": "a|b", "f1": 0.5}]}}"""
        );
        File.WriteAllText(_small["from.md"], "# Attributions\n\nWritten for this test.\n");
        var model = ModelCard.Write(
            new CardOptions
            {
                Run = _small["run"],
                Output = _small["out"],
                Scores = _small["scores.json"],
                Attributions = _small["from.md"],
                Licence = "Any.",
                Threads = 1,
            }
        );
        Assert.Equal(File.ReadAllBytes(Path.Combine(_small["run"], "model.gguf")), File.ReadAllBytes(model));
        var card = File.ReadAllText(_small["out/README.md"]);
        string[] expected =
        [
            "# small",
            HashOf(model),
            FormattableString.Invariant(
                $"| text.txt | {new FileInfo(_small.TextPath).Length:N0} | 100.0 % | {HashOf(_small.TextPath)} |"
            ),
            "width 32, as the recipe says",
            "| pretrain | ",
            "| f1 | 0.4123 |",
            "a\\|b",
            "### Attributions",
            "Any.",
        ];
        Assert.All(expected, piece => Assert.Contains(piece, card, StringComparison.Ordinal));
        using var golden = JsonDocument.Parse(File.ReadAllText(_small["out/golden.json"]));
        Assert.NotEqual(0, golden.RootElement[0].GetProperty("tokens").GetArrayLength());
        Assert.Equal("small", Recipe.Read(_small["out/recipe.json"]).Name);
    }

    [Fact]
    public void A_threshold_goes_into_the_file_and_changes_nothing_else_of_it()
    {
        RunWithMetrics();
        var path = ModelCard.Write(
            new CardOptions
            {
                Run = _small["run"],
                Output = _small["out"],
                RefusalThreshold = -1.25,
                Threads = 1,
            }
        );
        using var model = LanguageModel.Open(path, threads: 1);
        using var before = LanguageModel.Open(Path.Combine(_small["run"], "model.gguf"), threads: 1);
        Assert.Equal("-1.25", model.Metadata[TaskPrompt.ThresholdKey]);
        Assert.Equal(-1.25, GroundedOptions.For(model).RefusalThreshold);
        Assert.Equal(0, GroundedOptions.For(before).RefusalThreshold);
        Assert.Equal(before.Metadata.Count + 1, model.Metadata.Count);
        Assert.Equal(before.Logits([1, 2, 3]), model.Logits([1, 2, 3]));
    }

    [Fact]
    public void A_run_that_is_not_done_has_no_card()
    {
        using var cancel = new CancellationTokenSource();
        _small.OnStep = _ => cancel.Cancel();
        using (var run = _small.Open("run"))
            Assert.False(run.Run(cancel.Token));
        var refused = Assert.Throws<TrainingException>(() =>
            ModelCard.Write(new CardOptions { Run = _small["run"], Output = _small["out"] })
        );
        Assert.Contains("not done", refused.Message, StringComparison.Ordinal);
        Assert.False(Directory.Exists(_small["out"]));
        refused = Assert.Throws<TrainingException>(() =>
            ModelCard.Write(new CardOptions { Run = _small["none"], Output = _small["out"] })
        );
        Assert.Contains("no run of edge train", refused.Message, StringComparison.Ordinal);
    }

    public void Dispose() => _small.Dispose();

    private void RunWithMetrics()
    {
        var recipe = Recipe.Read(_small.RecipePath);
        var files = new DataFiles(Path.GetDirectoryName(_small.RecipePath), null);
        using var watcher = new RunFolder(_small["run"], _small);
        var tokenizer = RunTokenizer.Prepare(recipe, files, _small["run"], watcher, TimeProvider.System, default);
        var options = new RunOptions { Threads = 2, Judgements = 0 };
        using var run = new TrainingRun(recipe, tokenizer, files, _small["run"], options, watcher, TimeProvider.System);
        Assert.True(run.Run(default));
    }

    private static string HashOf(string path) => Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(path)));
}
