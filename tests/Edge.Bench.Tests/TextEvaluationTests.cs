using Edge.Bench.Shapes;
using Edge.Inference;
using Edge.TestKit;

namespace Edge.Bench.Tests;

public sealed class TextEvaluationTests
{
    [Theory]
    [InlineData(1, 8)]
    [InlineData(7, 8)]
    [InlineData(8, 8)]
    [InlineData(9, 8)]
    [InlineData(100, 8)]
    [InlineData(100, 7)]
    [InlineData(50, 2)]
    public void Windows_count_every_token_once_with_half_a_context_before_it(int tokens, int context)
    {
        foreach (var before in new[] { 0, 1 })
        {
            var counted = 0;
            foreach (var window in TextEvaluation.Windows(tokens, context, before))
            {
                var (start, length) = window.GetOffsetAndLength(tokens);
                Assert.InRange(length, 1, context - before);
                Assert.True(start <= counted, "no token is left out");
                Assert.True(
                    counted == 0 || counted - start + before >= context / 2,
                    "half a context is before the rest"
                );
                counted = start + length;
            }
            Assert.Equal(tokens, counted);
        }
    }

    [Fact]
    public void A_model_that_knows_nothing_has_the_perplexity_of_its_vocabulary()
    {
        using var folder = new TempFolder();
        using var model = OpenTiny(folder, "zero", seed: null);
        var report = TextEvaluation.Run(model, "the cat sat on the mat", new TextOptions { Context = 6 });
        Assert.Equal(300, report.Perplexity, tolerance: 1e-6);
        // "th" is one token: 22 bytes are 20 tokens, of which the first, two bytes, has nothing before it.
        Assert.Equal(19, report.Tokens);
        Assert.Equal(19 * Math.Log2(300) / 20, report.BitsPerByte, tolerance: 1e-6);
        Assert.Null(report.KlDivergence);
    }

    [Fact]
    public void A_text_in_one_window_has_the_surprise_of_its_logits()
    {
        using var folder = new TempFolder();
        using var model = OpenTiny(folder, "random", seed: 5);
        const string text = "a short text";
        var ids = model.Tokenizer.Encode(text);
        var rows = model.Logits(ids);
        var surprise = 0.0;
        for (var i = 1; i < ids.Length; i++)
            surprise -= Math.Log(Math.Exp(rows[i - 1][ids[i]]) / rows[i - 1].Sum(x => Math.Exp(x)));
        var report = TextEvaluation.Run(model, text, new TextOptions { Context = 64 });
        Assert.Equal(Math.Exp(surprise / (ids.Length - 1)), report.Perplexity, tolerance: 1e-6);
    }

    [Fact]
    public void A_model_does_not_diverge_from_itself_and_does_from_another()
    {
        using var folder = new TempFolder();
        using var one = OpenTiny(folder, "one", seed: 1);
        using var other = OpenTiny(folder, "other", seed: 2);
        const string text = "the same words, read twice";
        Assert.Equal(0, TextEvaluation.Run(one, text, new TextOptions(), one).KlDivergence!.Value, tolerance: 1e-12);
        Assert.True(TextEvaluation.Run(one, text, new TextOptions(), other).KlDivergence > 0.1);
    }

    [Fact]
    public void What_cannot_be_measured_is_refused()
    {
        using var folder = new TempFolder();
        using var model = OpenTiny(folder, "one", seed: 1);
        Assert.Throws<ArgumentException>(() => TextEvaluation.Run(model, "a", new TextOptions()));
        var context = Assert.Throws<ArgumentException>(() =>
            TextEvaluation.Run(model, "abc", new TextOptions { Context = 513 })
        );
        Assert.Contains("2 to 512 tokens, got 513", context.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Int8_weights_cost_stories260K_next_to_nothing()
    {
        using var folder = new TempFolder();
        var tokenizer = Repo.Shared("models/tok512.bin");
        var text = File.ReadAllText(Repo.Shared("models/stories260K.greedy.txt"));
        using var f32 = LanguageModel.Open(Repo.Shared("models/stories260K.bin"), tokenizer);
        using var q8 = LanguageModel.Open(Quantised.Write(f32.File, folder["q8.gguf"]), tokenizer);
        Assert.Equal(TensorType.Q8_0, q8.File.Weights.Layers[0].Query.Type);

        var exact = TextEvaluation.Run(f32, text, new TextOptions());
        var report = TextEvaluation.Run(q8, text, new TextOptions(), f32);
        Assert.InRange(exact.Perplexity, 1.1, 3);
        Assert.InRange(report.Perplexity / exact.Perplexity, 0.998, 1.002);
        Assert.InRange(report.KlDivergence!.Value, 1e-9, 0.01);
        TestContext.Current.SendDiagnosticMessage(
            $"perplexity {exact.Perplexity:F4}, ratio {report.Perplexity / exact.Perplexity:F5}, KL {report.KlDivergence:G3}"
        );
    }

    /// <param name="seed">Null: all weights are zero.</param>
    private static LanguageModel OpenTiny(TempFolder folder, string name, ulong? seed)
    {
        var path = folder[$"{name}.gguf"];
        ShapeFile.Write(path, TinyShape.Make(), TensorType.F32, seed ?? 1);
        if (seed is null)
            ZeroWeights(path);
        return LanguageModel.Open(path, threads: 1);
    }

    private static void ZeroWeights(string path)
    {
        long start;
        using (var gguf = Edge.Inference.Gguf.GgufFile.Open(path))
            start = gguf.Tensors.Min(tensor => tensor.Offset);
        var bytes = File.ReadAllBytes(path);
        bytes.AsSpan((int)start).Clear();
        File.WriteAllBytes(path, bytes);
    }
}
