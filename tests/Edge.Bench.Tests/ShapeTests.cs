using Edge.Bench.Shapes;
using Edge.Inference;
using Edge.TestKit;

namespace Edge.Bench.Tests;

public sealed class ShapeTests
{
    public static TheoryData<string> Types => [.. ShapeFile.Types.Keys];

    [Theory]
    [InlineData("stories15m", 15_191_712)]
    [InlineData("stories110m", 109_529_856)]
    [InlineData("smollm2-135m", 134_515_008)]
    [InlineData("smollm2-360m", 361_821_120)]
    [InlineData("tinyllama-1.1b", 1_100_048_384)]
    public void A_shape_has_the_parameters_of_the_model_it_is_named_after(string name, long parameters) =>
        Assert.Equal(
            parameters,
            ShapeTensors.Of(ModelShape.Find(name).Config).Sum(tensor => (long)tensor.Rows * tensor.Columns)
        );

    [Fact]
    public void An_unknown_shape_is_refused_with_the_names_there_are()
    {
        var refused = Assert.Throws<ArgumentException>(() => ModelShape.Find("smollm3"));
        Assert.Contains("smollm3", refused.Message, StringComparison.Ordinal);
        Assert.Contains("tinyllama-1.1b", refused.Message, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Types))]
    public void A_written_shape_opens_as_the_model_that_was_asked_for(string type)
    {
        using var folder = new TempFolder();
        var path = folder["tiny.gguf"];
        var shape = TinyShape.Make(tied: false);
        ShapeFile.Write(path, shape, ShapeFile.Types[type], 1);

        using var file = ModelFile.Open(path);
        Assert.Equal(shape.Config, file.Config);
        Assert.Equal(ShapeFile.Types[type].ToString(), file.WeightType);
        Assert.Equal(shape.Config.VocabSize, file.Tokenizer.VocabSize);
        Assert.Equal("the fat cat ", file.Tokenizer.Decode(file.Tokenizer.Encode("the fat cat ")));
    }

    [Theory]
    [MemberData(nameof(Types))]
    public void Random_weights_give_finite_logits_of_ordinary_size(string type)
    {
        using var folder = new TempFolder();
        var path = folder["tiny.gguf"];
        ShapeFile.Write(path, TinyShape.Make(), ShapeFile.Types[type], 1);
        using var model = LanguageModel.Open(path, threads: 1);
        var last = model.Logits([1, 2, 3, 299])[^1];
        Assert.All(last, logit => Assert.InRange(logit, -100f, 100f));
        Assert.True(last.Distinct().Count() > 200, "logits should differ");
    }

    [Fact]
    public void Greedy_text_of_random_weights_never_ends_by_itself()
    {
        using var folder = new TempFolder();
        var path = folder["tiny.gguf"];
        ShapeFile.Write(path, TinyShape.Make(), TensorType.Q8_0, 1);
        using var model = LanguageModel.Open(path, threads: 1);
        for (var start = 0; start < 300; start += 30)
            Assert.Equal(100, model.Generate([start], new GenerationOptions { MaxTokens = 100 }).Tokens.Count);
    }

    [Fact]
    public void The_same_seed_writes_the_same_bytes_and_another_seed_others()
    {
        using var folder = new TempFolder();
        byte[] Written(ulong seed)
        {
            var path = folder[$"{seed}.gguf"];
            ShapeFile.Write(path, TinyShape.Make(), TensorType.Q4_0, seed);
            return File.ReadAllBytes(path);
        }
        var first = Written(1);
        Assert.Equal(first, Written(1));
        Assert.NotEqual(first, Written(2));
    }

    [Fact]
    public void No_int8_weight_is_minus_128()
    {
        var rows = new byte[34 * 4096];
        new RandomRows(3).Fill(TensorType.Q8_0, 4096, rows);
        var weights = rows.Where((_, i) => i % 34 >= 2).Select(b => (sbyte)b).ToList();
        Assert.Equal(-127, weights.Min());
        Assert.Equal(127, weights.Max());
    }

    [Fact]
    public void A_file_that_was_cancelled_leaves_nothing_behind()
    {
        using var folder = new TempFolder();
        var path = folder["tiny.gguf"];
        Assert.Throws<OperationCanceledException>(() =>
            ShapeFile.Write(path, TinyShape.Make(), TensorType.F32, 1, new CancellationToken(canceled: true))
        );
        Assert.Empty(Directory.GetFiles(folder.Path));
    }
}
