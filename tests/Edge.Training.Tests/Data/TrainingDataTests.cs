using Edge.TestKit;
using Edge.Training.Data;
using Edge.Training.Recipes;

namespace Edge.Training.Tests.Data;

public sealed class TrainingDataTests : IDisposable
{
    private readonly TempFolder folder = new();
    private readonly TrainingTokenizer tokenizer;

    public TrainingDataTests() => tokenizer = TestTokenizer.Small(folder);

    public void Dispose() => folder.Dispose();

    [Fact]
    public void A_row_of_prose_is_documents_one_after_the_other_each_seeing_only_itself()
    {
        File.WriteAllText(folder["a.txt"], "the cat\n<|endoftext|>\nwas in\n<|endoftext|>\non the mat, 20");
        var data = Open(32, Prose("a.txt") with { Validation = new RecipeValidation { HeldOut = 0 } });
        var batch = new Batch(8, 32);
        data.Fill(batch, 5);
        for (var i = 0; i < batch.Positions; i++)
        {
            var position = i % 32;
            var begins = batch.Inputs[i] == tokenizer.Begin;
            Assert.Equal(begins || position == 0 ? position : batch.Starts[i - 1], batch.Starts[i]);
            if (position < 31)
                Assert.Equal(batch.Inputs[i + 1], batch.Targets[i]);
            Assert.NotEqual(Batch.NoTarget, batch.Targets[i]);
        }
        var text = tokenizer.Tokenizer.Decode(batch.Inputs.AsSpan(0, 32));
        Assert.Contains("the cat", string.Concat(Enumerable.Repeat(text, 2)), StringComparison.Ordinal);
    }

    [Fact]
    public void A_pass_holds_every_token_once_but_less_than_a_row()
    {
        var words = Enumerable.Range(0, 3000).Select(i => $"w{i}x");
        File.WriteAllText(folder["a.txt"], string.Join("\n<|endoftext|>\n", words));
        var data = Open(64, Prose("a.txt") with { Validation = new RecipeValidation { HeldOut = 0 } });
        var rows = (int)data.RowsPerEpoch;
        var batch = new Batch(rows, 64);
        data.Fill(batch, 0);
        var whole = Rows(batch).SelectMany(row => row.Split('w')[1..^1]).ToArray();
        // Each row cuts a word or two.
        Assert.InRange(whole.Length, 3000 - (2 * rows), 3000);
        Assert.Equal(whole.Length, whole.Distinct().Count());
    }

    [Fact]
    public void Any_row_is_the_same_however_it_is_reached()
    {
        var stage = Mixed();
        var reference = Open(96, stage);
        var all = new Batch(900, 96);
        reference.Fill(all, 0);
        foreach (var first in new[] { 0, 1, 350, 777, 12 })
        {
            var data = first % 2 == 0 ? Open(96, stage) : reference;
            var batch = new Batch(7, 96);
            data.Fill(batch, first);
            Assert.Equal(all.Inputs.AsSpan(first * 96, 7 * 96).ToArray(), batch.Inputs);
            Assert.Equal(all.Targets.AsSpan(first * 96, 7 * 96).ToArray(), batch.Targets);
            Assert.Equal(all.Starts.AsSpan(first * 96, 7 * 96).ToArray(), batch.Starts);
        }
        var other = Open(96, stage, seed: 2);
        var different = new Batch(7, 96);
        other.Fill(different, 0);
        Assert.NotEqual(all.Inputs.AsSpan(0, 7 * 96).ToArray(), different.Inputs);
    }

    [Fact]
    public void Weights_say_how_many_rows_each_entry_has_and_epochsMax_ends_one()
    {
        File.WriteAllText(folder["a.txt"], new string('a', 5000));
        File.WriteAllText(folder["b.txt"], new string('b', 500));
        var stage = Prose("a.txt") with
        {
            Data =
            [
                new RecipeData { File = "a.txt", Weight = 3 },
                new RecipeData
                {
                    File = "b.txt",
                    Weight = 1,
                    EpochsMax = 2,
                },
            ],
            Validation = new RecipeValidation { HeldOut = 0 },
        };
        var data = Open(50, stage);
        Assert.Equal(10, Letters(data, 40, 'b'), 1.0);
        var epochs = data.EpochsAt(400);
        Assert.InRange(epochs[1].Epochs, 1.9, 2.2);
        Assert.InRange(epochs[0].Epochs, 3.7, 3.9);
        Assert.Null(data.RowsMax);
    }

    [Fact]
    public void A_line_is_whole_and_judged_to_its_end()
    {
        File.WriteAllLines(folder["names.txt"], Enumerable.Range(0, 300).Select(i => $"Name{i}"));
        var stage = Prose("names.txt") with { Data = [new RecipeData { File = "names.txt", Format = "lines" }] };
        var data = Open(64, stage);
        var batch = new Batch(40, 64);
        data.Fill(batch, 0);
        for (var i = 0; i < batch.Positions; i++)
        {
            if (batch.Starts[i] != i % 64 || batch.Targets[i] == Batch.NoTarget)
                continue;
            var end = Array.IndexOf(batch.Targets, tokenizer.End, i);
            Assert.Matches("^Name[0-9]+$", tokenizer.Tokenizer.Decode(batch.Targets.AsSpan(i, end - i)));
        }
        Assert.True(data.EmptyShare < 0.06, $"{data.EmptyShare:P1}");
        var part = Assert.Single(data.Validation.Parts);
        Assert.True(part.Bytes > 0);
    }

    [Fact]
    public void Held_out_documents_are_never_trained_on()
    {
        var documents = Enumerable.Range(0, 400).Select(i => $"document {i} ends");
        File.WriteAllText(folder["a.txt"], string.Join("\n<|endoftext|>\n", documents));
        var data = Open(64, Prose("a.txt") with { Validation = new RecipeValidation { HeldOut = 0.1 } });
        var part = Assert.Single(data.Validation.Parts);
        var held = string.Concat(part.Batches.Select(batch => tokenizer.Tokenizer.Decode(batch.Inputs)));
        var numbers = System.Text.RegularExpressions.Regex.Matches(held, "document ([0-9]+) ends").Select(m => m.Value);
        var batch = new Batch((int)data.RowsPerEpoch * 2, 64);
        data.Fill(batch, 0);
        var trained = string.Join('|', Rows(batch));
        Assert.True(numbers.Count() > 30);
        Assert.All(numbers, text => Assert.DoesNotContain(text, trained, StringComparison.Ordinal));
        var judged = part.Batches.SelectMany(b => b.Targets).Where(t => t != Batch.NoTarget).ToArray();
        Assert.Equal(System.Text.Encoding.UTF8.GetByteCount(tokenizer.Tokenizer.Decode(judged)), part.Bytes);
        Assert.DoesNotContain(tokenizer.End, judged);
    }

    [Fact]
    public void A_changed_corpus_is_named()
    {
        var stage = Mixed();
        var before = Open(96, stage).Fingerprint;
        Assert.Null(Open(96, stage).Fingerprint.DifferenceFrom(before.Lines));
        File.AppendAllText(folder["prose.txt"], "more\n");
        var after = Open(96, stage).Fingerprint;
        Assert.StartsWith("file prose.txt was ", after.DifferenceFrom(before.Lines), StringComparison.Ordinal);
        Assert.NotEqual(before.Sha256, after.Sha256);
        Assert.StartsWith(
            "seed was 1, now 2",
            Open(96, stage, seed: 2).Fingerprint.DifferenceFrom(after.Lines),
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void Where_the_data_lies_is_not_told()
    {
        File.WriteAllText(folder["a.txt"], "the cat\n<|endoftext|>\nwas in");
        var data = Open(16, Prose(folder["a.txt"]));
        Assert.Equal("a.txt", data.Entries[0].Entry);
        Assert.DoesNotContain(data.Fingerprint.Lines, line => line.Contains(folder.Path, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("nothing.txt", "no file matches nothing.txt; looked in ")]
    [InlineData("empty.txt", "empty.txt: there is no text in it.")]
    [InlineData("tasks.jsonl", "tasks.jsonl holds questions, which a stage of kind pretrain does not train on.")]
    public void Data_that_cannot_be_trained_on_is_refused(string file, string message)
    {
        File.WriteAllText(folder["empty.txt"], " \n\n<|endoftext|>\n");
        File.WriteAllText(folder["tasks.jsonl"], """{"context":"a","question":"b","answers":["a"]}""");
        var trouble = Assert.Throws<TrainingDataException>(() => Open(32, Prose(file)));
        Assert.StartsWith(message, trouble.Message, StringComparison.Ordinal);
    }

    private RecipeStage Mixed()
    {
        File.WriteAllText(
            folder["prose.txt"],
            string.Join("\n<|endoftext|>\n", Enumerable.Range(0, 50).Select(i => $"the {i} was in"))
        );
        File.WriteAllLines(
            folder["qa.jsonl"],
            Enumerable
                .Range(0, 40)
                .Select(i =>
                    $$"""{"source":"s","context":"The box {{i}} was red{{i}}.","question":"Which {{i}}?","answers":["red{{i}}"]}"""
                )
        );
        return Prose("prose.txt") with
        {
            Kind = "instruct",
            Data =
            [
                new RecipeData { File = "prose.txt" },
                new RecipeData
                {
                    File = "qa.jsonl",
                    Weight = 2,
                    Questions = new RecipeQuestions { Distractors = 0.5 },
                },
            ],
        };
    }

    private static RecipeStage Prose(string file) =>
        new()
        {
            Name = "prose",
            Kind = "pretrain",
            Tokens = 1000,
            Data = [new RecipeData { File = file }],
        };

    private TrainingData Open(int length, RecipeStage stage, ulong seed = 1) =>
        TrainingData.Open(
            stage,
            new DataFiles(folder.Path, null),
            tokenizer,
            new TrainingDataOptions
            {
                Length = length,
                Seed = seed,
                Threads = 2,
            }
        );

    private IEnumerable<string> Rows(Batch batch) =>
        Enumerable
            .Range(0, batch.Rows)
            .Select(r => tokenizer.Tokenizer.Decode(batch.Inputs.AsSpan(r * batch.Length, batch.Length)));

    /// <summary>Rows with the letter in them.</summary>
    private double Letters(TrainingData data, int rows, char letter)
    {
        var batch = new Batch(rows, data.Length);
        data.Fill(batch, 0);
        return Rows(batch).Count(row => row.Contains(letter));
    }
}
