using System.Text;
using Edge.TestKit;
using Edge.Training.Data;
using Edge.Training.Recipes;
using Edge.Training.Run;

namespace Edge.Training.Tests.Run;

/// <summary>A recipe and its text in a temporary folder: small enough to train in a second.</summary>
internal sealed class SmallRun : IDisposable, ITrainingWatcher
{
    private readonly TempFolder _folder = new();

    public SmallRun(long tokens = 4096, string extra = "")
    {
        File.WriteAllText(TextPath, Story(400));
        File.WriteAllText(
            RecipePath,
            $$"""
            {
              "name": "small", "seed": 3,
              "tokenizer": { "train": { "vocab": 300, "pattern": "gpt4", "special": ["<|endoftext|>"], "input": ["text.txt"] } },
              "model": { "depth": 2, "width": 32, "context": 64 },
              "stages": [
                { "name": "pretrain", "kind": "pretrain", "tokens": {{tokens}}, "batchTokens": 512,
                  "data": [ { "file": "text.txt" } ], "validation": { "heldOut": 0.1, "tokensPerSource": 512 } }
              ]{{extra}}
            }
            """
        );
    }

    public string TextPath => _folder["text.txt"];

    public string RecipePath => _folder["small.json"];

    public List<string> Lines { get; } = [];

    public List<StepReport> Steps { get; } = [];

    public List<JudgementReport> Judgements { get; } = [];

    public List<SampleReport> Samples { get; } = [];

    /// <summary>Called after each step.</summary>
    public Action<StepReport> OnStep { get; set; } = _ => { };

    public string this[string name] => _folder[name];

    public TrainingRun Open(string run, RunOptions? options = null)
    {
        var recipe = Recipe.Read(RecipePath);
        var files = new DataFiles(_folder.Path, null);
        var tokenizer = RunTokenizer.Prepare(recipe, files, _folder["tokenizer"], this, TimeProvider.System, default);
        options ??= new RunOptions { Threads = 1 };
        return new TrainingRun(recipe, tokenizer, files, _folder[run], options, this, TimeProvider.System);
    }

    /// <summary>Runs to the end and returns the bytes of the exact model.</summary>
    public byte[] Finish(string run, RunOptions? options = null)
    {
        using (var training = Open(run, options))
            Assert.True(training.Run(default));
        return File.ReadAllBytes(Path.Combine(_folder[run], "model-f32.gguf"));
    }

    public static string Story(int documents)
    {
        string[] people = ["Ana", "Ben", "Chen", "Dora", "Emil"];
        string[] things = ["a red kite", "two apples", "the old map", "a wooden boat", "seven stones"];
        var text = new StringBuilder();
        var random = new Random(1);
        for (var i = 0; i < documents; i++)
        {
            var (who, what, other) = (people[random.Next(5)], things[random.Next(5)], people[random.Next(5)]);
            text.Append($"{who} found {what} near the river {i % 60} days ago. Later {who} gave {what} to {other}.\n");
            text.Append("<|endoftext|>\n");
        }
        return text.ToString();
    }

    public void Said(string line) => Lines.Add(line);

    public void Stepped(StepReport report)
    {
        Steps.Add(report);
        OnStep(report);
    }

    public void Judged(JudgementReport report) => Judgements.Add(report);

    public void Sampled(SampleReport report) => Samples.Add(report);

    public void Dispose() => _folder.Dispose();
}
