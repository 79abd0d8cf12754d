using Edge.Inference;
using Edge.Training.Model;
using Edge.Training.Recipes;
using Edge.Training.Run;
using Edge.Training.Tests.Model;

namespace Edge.Training.Tests.Run;

public sealed unsafe class TrainingRunTests
{
    [Fact]
    public void A_run_learns_judges_samples_and_leaves_models_that_the_engine_opens()
    {
        using var small = new SmallRun(tokens: 40_000);
        _ = small.Finish("run");
        Assert.True(
            small.Steps[^1].Loss < 0.5 * small.Steps[0].Loss,
            $"{small.Steps[0].Loss} to {small.Steps[^1].Loss}"
        );
        Assert.True(small.Judgements[^1].BitsPerByte < small.Judgements[0].BitsPerByte);
        Assert.InRange(small.Judgements[^1].Int8BitsPerByte / small.Judgements[^1].BitsPerByte, 0.98, 1.02);
        Assert.NotEmpty(small.Samples);
        foreach (var name in new[] { "model.gguf", "model-f32.gguf" })
        {
            using var model = LanguageModel.Open(Path.Combine(small["run"], name), threads: 1);
            var written = model.Generate(
                model.Tokenizer.Encode("Ana found", addBos: true),
                new GenerationOptions { MaxTokens = 12 }
            );
            Assert.NotEmpty(written.Text);
        }
    }

    [Fact]
    public void The_engine_computes_the_logits_of_the_trainer()
    {
        using var small = new SmallRun();
        _ = small.Finish("run");
        var path = Path.Combine(small["run"], "model-f32.gguf");
        using var model = LanguageModel.Open(path, threads: 1);
        using var network = new Network(model.File.Config, 48, 48, threads: 2);
        ModelImport.Load(network, path);
        var batch = NetworkTests.RandomBatch(model.File.Config, rows: 1, length: 48, seed: 5);
        Array.Clear(batch.Starts);
        var ours = network.Logits(batch);
        var theirs = model.Logits(batch.Inputs);
        double error = 0,
            size = 0;
        for (var row = 0; row < 48; row++)
        for (var token = 0; token < model.File.Config.VocabSize; token++)
        {
            error += Math.Pow(ours[(row * model.File.Config.VocabSize) + token] - theirs[row][token], 2);
            size += Math.Pow(theirs[row][token], 2);
        }
        Assert.True(Math.Sqrt(error / size) < 1e-5, $"relative error {Math.Sqrt(error / size):g3}");
    }

    [Fact]
    public void A_run_that_was_cancelled_goes_on_to_the_same_bits()
    {
        using var small = new SmallRun(tokens: 10_240);
        var whole = small.Finish("whole");
        for (var sitting = 0; ; sitting++)
        {
            Assert.True(sitting < 30, "the run does not end");
            using var cancel = new CancellationTokenSource();
            small.OnStep = report =>
            {
                if (report.Step % 7 == 3)
                    cancel.Cancel();
            };
            using var training = small.Open("pieces", new RunOptions { Threads = 1 + (sitting % 2) });
            if (training.Run(cancel.Token))
                break;
        }
        Assert.Equal(whole, File.ReadAllBytes(Path.Combine(small["pieces"], "model-f32.gguf")));
    }

    [Fact]
    public void A_damaged_checkpoint_gives_way_to_the_one_before()
    {
        using var small = new SmallRun(tokens: 10_240);
        var whole = small.Finish("whole");
        for (var stop = 0; stop < 2; stop++)
        {
            using var cancel = new CancellationTokenSource();
            small.OnStep = report =>
            {
                if (report.Step is 5 or 9)
                    cancel.Cancel();
            };
            using var training = small.Open("run");
            Assert.False(training.Run(cancel.Token));
        }
        small.OnStep = _ => { };
        var checkpoint = Path.Combine(small["run"], "checkpoint.bin");
        using (var stream = new FileStream(checkpoint, FileMode.Open))
        {
            stream.Seek(5000, SeekOrigin.Begin);
            stream.WriteByte(77);
            stream.WriteByte(78);
        }
        Assert.Equal(whole, small.Finish("run"));
        Assert.Contains(small.Lines, line => line.Contains("step 5", StringComparison.Ordinal));
    }

    [Fact]
    public void A_changed_corpus_is_refused_by_name_and_nothing_is_lost()
    {
        using var small = new SmallRun(tokens: 10_240);
        Interrupt(small);
        File.AppendAllText(small.TextPath, "A new line.\n");
        using var training = small.Open("run");
        var refused = Assert.Throws<TrainingException>(() => training.Run(default));
        Assert.Contains("the data changed since the checkpoint", refused.Message, StringComparison.Ordinal);
        Assert.Contains("text.txt", refused.Message, StringComparison.Ordinal);
        Assert.True(File.Exists(Path.Combine(small["run"], "checkpoint.bin")));
    }

    [Fact]
    public void A_changed_recipe_is_refused()
    {
        using var small = new SmallRun(tokens: 10_240);
        Interrupt(small);
        var recipe = File.ReadAllText(small.RecipePath);
        File.WriteAllText(small.RecipePath, recipe.Replace("\"seed\": 3", "\"seed\": 4", StringComparison.Ordinal));
        var refused = Assert.Throws<TrainingException>(() => small.Open("run").Dispose());
        Assert.Contains("another recipe", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_recipe_that_does_not_fit_the_memory_is_refused_with_numbers()
    {
        using var small = new SmallRun();
        var refused = Assert.Throws<TrainingException>(() =>
            small.Open("run", new RunOptions { Threads = 1, MemoryBytes = 1_000_000 }).Dispose()
        );
        Assert.Matches("training needs [0-9,]+ MB .* 1 MB are free", refused.Message);
    }

    [Fact]
    public void Widths_that_int8_cannot_store_are_refused()
    {
        using var small = new SmallRun();
        var recipe = File.ReadAllText(small.RecipePath);
        File.WriteAllText(
            small.RecipePath,
            recipe.Replace("\"width\": 32", "\"width\": 48, \"headDim\": 16", StringComparison.Ordinal)
        );
        var refused = Assert.Throws<RecipeException>(() => small.Open("run").Dispose());
        Assert.Contains("multiples of 32", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_loss_that_is_no_number_stops_the_run_and_never_reaches_the_weights()
    {
        using var small = new SmallRun();
        _ = small.Finish("first");
        var start = Path.Combine(small["first"], "model-f32.gguf");
        var bad = small["bad.gguf"];
        using (var model = ModelFile.Open(start))
        using (var network = new Network(model.Config, 8, 8, threads: 1))
        {
            ModelImport.Load(network, start);
            network.Weights[network.Layout["blk.0.ffn_up.weight"].Offset + 5] = float.NaN;
            ModelExport.Save(network, bad, "bad", TensorType.F32, start, []);
        }
        using var training = small.Open("run", new RunOptions { Threads = 1, StartFrom = bad });
        var stopped = Assert.Throws<TrainingException>(() => training.Run(default));
        Assert.Contains("no number any more at step 1", stopped.Message, StringComparison.Ordinal);
    }

    private static void Interrupt(SmallRun small)
    {
        using var cancel = new CancellationTokenSource();
        small.OnStep = report =>
        {
            if (report.Step == 4)
                cancel.Cancel();
        };
        using (var training = small.Open("run"))
            Assert.False(training.Run(cancel.Token));
        small.OnStep = _ => { };
    }
}
