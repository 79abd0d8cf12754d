using Edge.Assistant.Writing;
using Edge.Inference;
using Edge.TestKit;
using Edge.Training.Cards;
using Edge.Training.Personal;
using Edge.Training.Run;
using Edge.Training.Tests.Run;

namespace Edge.Training.Tests.Personal;

public sealed class PersonalTests : IDisposable
{
    private const string Marks = "\"<|endoftext|>\", \"<|im_start|>\", \"<|im_end|>\"";

    private readonly SmallRun _small = new(tokens: 512, extra: ", \"tasks\": [\"summarize\"]");
    private readonly TempFolder _folder = new();

    public PersonalTests()
    {
        Change("\"<|endoftext|>\"", Marks);
        Change("\"context\": 64", "\"context\": 256");
        Directory.CreateDirectory(_folder["notes/diary"]);
        Put(
            "garden.md",
            $"# Garden club\n\n{SmallRun.Story(4).Replace("<|endoftext|>\n", "", StringComparison.Ordinal)}"
        );
        Put("diary/monday.md", "Met Ana near the river. She found a red kite.");
        Put(
            "bank.md",
            "---\nprivate: true\n---\n# Bank\n\nThe account is ZANZIBAR, and more text that is long enough for a title to be made."
        );
        Put("torn.md", "---\nprivate: [true\n---\nThe word is MOZAMBIQUE.");
    }

    [Fact]
    public void A_personal_model_learns_from_all_notes_but_private_ones_and_says_what_went_in()
    {
        var model = Base();
        using var cancel = new CancellationTokenSource();
        _small.OnStep = _ => cancel.Cancel();
        Assert.Null(Personal(model).Run(cancel.Token));
        _small.OnStep = _ => { };
        var report = Personal(model).Run(default)!;
        Assert.Equal(2, report.Notes);
        Assert.Equal(1, report.Headlines);
        Assert.Equal(["bank.md"], report.Private);
        Assert.Equal(["torn.md"], report.Unreadable);
        Assert.InRange(report.Tokens, 1024, 2048);
        Assert.Contains(_small.Lines, line => line.Contains("private, left out: bank.md", StringComparison.Ordinal));

        using (var opened = ModelFile.Open(_folder["own.gguf"]))
        using (var first = ModelFile.Open(model))
        {
            Assert.Equal(first.Config, opened.Config);
            Assert.Equal("summarize", opened.Metadata["edge.tasks"]);
            Assert.Equal("7.5", opened.Metadata[TaskPrompt.ThresholdKey]);
        }
        Assert.NotEqual(File.ReadAllBytes(model), File.ReadAllBytes(_folder["own.gguf"]));
        var card = File.ReadAllText(_folder["own.card.md"]);
        Assert.Contains("| private notes left out | 1 |", card, StringComparison.Ordinal);
        Assert.Equal([0, 1, 4, 16], report.Canaries!.Select(group => group.Planted));
        Assert.Contains("private: true", card, StringComparison.Ordinal);
        // Neither the copy with canaries nor a word of a private note stays behind.
        Assert.False(Directory.Exists(_folder["run/canary"]));
        foreach (var path in Directory.EnumerateFiles(_folder["run"], "*.json*", SearchOption.AllDirectories))
        {
            Assert.DoesNotContain("ZANZIBAR", File.ReadAllText(path), StringComparison.Ordinal);
            Assert.DoesNotContain("MOZAMBIQUE", File.ReadAllText(path), StringComparison.Ordinal);
        }
    }

    [Fact]
    public void A_folder_without_a_note_to_learn_from_is_refused()
    {
        File.Delete(_folder["notes/garden.md"]);
        File.Delete(_folder["notes/diary/monday.md"]);
        var refused = Assert.Throws<TrainingException>(() => Personal("none.gguf").Run(default));
        Assert.Contains("1 are private, 1 cannot be read", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_secret_learned_by_heart_is_said_and_ranks_first_and_one_never_read_does_neither()
    {
        var known = new Canary("The door code of Baden is", "31415926", 16);
        var unknown = CanarySet.Draw(2, seed: 5).Where(canary => canary.Planted == 0).ToArray();
        File.WriteAllText(_small.TextPath, string.Concat(Enumerable.Repeat($"{known.Sentence}\n<|endoftext|>\n", 60)));
        Change("\"vocab\": 300", "\"vocab\": 262");
        Change("\"heldOut\": 0.1", "\"heldOut\": 0");
        Change("\"depth\": 2", "\"depth\": 1");
        Change("\"tokens\": 512", "\"tokens\": 16384");
        Change("\"batchTokens\": 512", "\"batchTokens\": 128");
        _ = _small.Finish("run");
        var path = Path.Combine(_small["run"], "model.gguf");
        var groups = CanaryMeasure.Run(path, [known, .. unknown], 64, seed: 1, threads: 1, default);
        Assert.Equal((16, 1, 1), (groups[1].Planted, groups[1].Canaries, groups[1].Extracted));
        Assert.Equal(6, groups[1].MeanExposure);
        Assert.Equal((0, 2, 0), (groups[0].Planted, groups[0].Canaries, groups[0].Extracted));
        Assert.True(groups[0].MeanExposure < 6);
    }

    [Fact]
    public void Canaries_stand_in_the_copy_as_often_as_is_said()
    {
        var canaries = CanarySet.Draw(3, seed: 9);
        var planted = string.Join('\n', CanarySet.Plant(["one\ntwo", "three"], canaries, seed: 9));
        Assert.Equal(12, canaries.Count);
        foreach (var canary in canaries)
            Assert.Equal(canary.Planted, planted.Split(canary.Sentence).Length - 1);
        Assert.Equal(12, canaries.Select(canary => canary.Prefix).Distinct().Count());
    }

    public void Dispose()
    {
        _small.Dispose();
        _folder.Dispose();
    }

    private void Put(string name, string text) => File.WriteAllText(_folder["notes/" + name], text);

    private void Change(string what, string with) =>
        File.WriteAllText(
            _small.RecipePath,
            File.ReadAllText(_small.RecipePath).Replace(what, with, StringComparison.Ordinal)
        );

    private string Base()
    {
        _ = _small.Finish("base");
        var card = new CardOptions
        {
            Run = _small["base"],
            Output = _folder["base"],
            RefusalThreshold = 7.5,
            Threads = 1,
        };
        return ModelCard.Write(card);
    }

    private PersonalTraining Personal(string model) =>
        new(
            new PersonalOptions
            {
                Model = model,
                Notes = _folder["notes"],
                Folder = _folder["run"],
                Output = _folder["own.gguf"],
                Tokens = 1024,
                CanariesOfEach = 1,
                Candidates = 4,
                Run = new RunOptions { Threads = 2, Judgements = 0 },
            },
            _small,
            TimeProvider.System
        );
}
