using System.Diagnostics;
using System.Globalization;
using Edge.TestKit;
using Edge.Training.Data;
using Edge.Training.Recipes;

namespace Edge.Training.Tests.Data;

/// <summary>The data that our own model is trained on.</summary>
public sealed class SharedDataTests(ITestOutputHelper output) : IDisposable
{
    private readonly TempFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void Prose_is_tokenised_in_well_under_a_minute()
    {
        var tokenizer = TestTokenizer.Of4096(folder);
        var entries = Directory.GetFiles(Repo.Shared("data/pretrain")).Order().ToArray();
        var stage = new RecipeStage
        {
            Name = "prose",
            Kind = "pretrain",
            Tokens = 1,
            Data = [.. entries.Select(path => new RecipeData { File = path })],
        };
        var options = new TrainingDataOptions { Length = 512, CacheFolder = folder["cache"] };
        for (var round = 0; round < 2; round++)
        {
            var watch = Stopwatch.StartNew();
            var data = TrainingData.Open(stage, new DataFiles(null, null), tokenizer, options);
            output.WriteLine($"{watch.Elapsed.TotalSeconds:0.0} s");
            if (round > 0)
                continue;
            foreach (var entry in data.Entries)
                output.WriteLine(
                    $"{entry.Entry} {entry.Items} docs {entry.TextBytes} bytes {entry.Tokens} tokens {(double)entry.TextBytes / entry.Tokens:0.00} held {entry.HeldOut}"
                );
            foreach (var part in data.Validation.Parts)
                output.WriteLine($"val {part.Source} {part.Targets} {part.Bytes}");
            watch.Restart();
            var batch = new Batch(64, 512);
            for (var i = 0; i < 40; i++)
                data.Fill(batch, i * 64);
            output.WriteLine($"fill 40 batches {watch.Elapsed.TotalMilliseconds:0} ms");
        }
    }

    [Fact]
    public void Tasks()
    {
        var tokenizer = TestTokenizer.Of4096(folder);
        var stage = new RecipeStage
        {
            Name = "tasks",
            Kind = "instruct",
            Tokens = 1,
            Data =
            [
                new RecipeData
                {
                    File = Repo.Shared("data/qa/train.jsonl.gz"),
                    Weight = 45,
                    Questions = new RecipeQuestions { Pack = new Dictionary<string, int> { ["qamr"] = 5 } },
                },
                new RecipeData { File = Repo.Shared("data/summarize/train.jsonl.gz"), Weight = 35 },
            ],
            Validation = new RecipeValidation
            {
                Data =
                [
                    new RecipeData { File = Repo.Shared("data/qa/dev.jsonl.gz") },
                    new RecipeData { File = Repo.Shared("data/summarize/dev.jsonl.gz") },
                ],
            },
        };
        var options = new TrainingDataOptions { Length = 512 };
        var watch = Stopwatch.StartNew();
        var data = TrainingData.Open(stage, new DataFiles(null, null), tokenizer, options);
        output.WriteLine($"open {watch.Elapsed.TotalSeconds:0.0} s, rows per epoch {data.RowsPerEpoch:N0}");
        watch.Restart();
        var batch = new Batch(64, 512);
        var batches = (int)(data.RowsPerEpoch / 64);
        for (var i = 0; i < batches; i++)
            data.Fill(batch, i * 64);
        output.WriteLine($"fill {batches} batches {watch.Elapsed.TotalSeconds:0.0} s, empty {data.EmptyShare:P2}");
        foreach (var (entry, epochs) in data.EpochsAt(batches * 64))
            output.WriteLine($"{entry} {epochs:0.00}");
        foreach (var entry in data.Entries)
        foreach (var (source, c) in entry.Tasks)
            output.WriteLine(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"{source} made {c.Made} tokens {c.Tokens} mean {c.Tokens / Math.Max(1, c.Made)} cut {c.Shortened} dropped {c.Dropped} refused {c.Unanswerable} left {entry.LeftOut.GetValueOrDefault(source)}"
                )
            );
        foreach (var part in data.Validation.Parts)
            output.WriteLine($"val {part.Source} {part.Targets} {part.Bytes}");
        data.Fill(batch, 640);
        for (var r = 0; r < 4; r++)
        {
            var ids = batch.Inputs.AsSpan(r * 512, 512).ToArray();
            output.WriteLine(
                string.Concat(
                    ids.Select(id => id < 3 ? tokenizer.Tokenizer.Piece(id) : tokenizer.Tokenizer.Decode([id]))
                )
            );
            output.WriteLine(
                "  -> "
                    + tokenizer.Tokenizer.Decode(
                        batch.Targets.AsSpan(r * 512, 512).ToArray().Select(t => t < 0 ? 3 + '_' : t).ToArray()
                    )
            );
        }
    }
}
