using System.Text.Json;
using Edge.TestKit;

namespace Edge.Inference.Tests;

/// <summary>The whole stack against an independent float64 reference and llama2.c's published text.</summary>
public sealed class GoldenTests
{
    public static TheoryData<string, double> Files =>
        new()
        {
            { "plain.f32", 1e-4 },
            { "odd-hidden.f32", 1e-4 },
            { "gqa-untied.f32", 1e-4 },
            { "mqa.f32", 1e-4 },
            { "wide-head.f32", 1e-4 },
            { "theta500k.f32", 1e-4 },
            { "llama3-rope.f32", 1e-4 },
            { "plain.f16", 1e-3 },
            { "plain.q8_0", 0.02 },
            { "gqa-untied.q8_0", 0.02 },
            { "mqa.q8_0", 0.02 },
            { "theta500k.q8_0", 0.02 },
        };

    [Theory]
    [MemberData(nameof(Files))]
    public void Logits_equal_the_float64_reference(string name, double errorMax)
    {
        using var model = LanguageModel.Open(Repo.Shared($"golden/{name}.gguf"), threads: 2);
        AssertClose(model, Repo.Shared($"golden/{name}.json"), errorMax);
    }

    [Fact]
    public void Logits_of_stories260K_equal_the_float64_reference()
    {
        using var model = LanguageModel.Open(Repo.Shared("models/stories260K.bin"), Repo.Shared("models/tok512.bin"));
        AssertClose(model, Repo.Shared("golden/stories260K.json"), 1e-4);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void Greedy_text_of_stories260K_is_llama2c_s(int threads)
    {
        using var model = LanguageModel.Open(
            Repo.Shared("models/stories260K.bin"),
            Repo.Shared("models/tok512.bin"),
            threads
        );
        var streamed = "";
        var result = model.Generate([1], new GenerationOptions { MaxTokens = 200 }, text => streamed += text);
        Assert.Equal(File.ReadAllText(Repo.Shared("models/stories260K.greedy.txt")), result.Text);
        Assert.Equal(result.Text, streamed);
        Assert.Equal(FinishReason.MaxTokens, result.Finish);
    }

    [Fact]
    public void Cancelling_ends_within_a_token_with_what_there_is()
    {
        using var model = LanguageModel.Open(Repo.Shared("models/stories260K.bin"), Repo.Shared("models/tok512.bin"));
        using var cancel = new CancellationTokenSource();
        var pieces = 0;
        var result = model.Generate(
            [1],
            new GenerationOptions { MaxTokens = 200 },
            _ =>
            {
                if (++pieces == 5)
                    cancel.Cancel();
            },
            cancel.Token
        );
        Assert.Equal(FinishReason.Cancelled, result.Finish);
        Assert.Equal(5, result.Tokens.Count);
    }

    private static void AssertClose(LanguageModel model, string goldenPath, double errorMax)
    {
        using var golden = JsonDocument.Parse(File.ReadAllText(goldenPath));
        var tokens = golden.RootElement.GetProperty("tokens").EnumerateArray().Select(t => t.GetInt32()).ToArray();
        var rows = golden.RootElement.GetProperty("logits").EnumerateArray().ToArray();
        var found = model.Logits(tokens);
        Assert.Equal(rows.Length, found.Length);
        double errors = 0,
            squares = 0;
        for (var t = 0; t < rows.Length; t++)
        {
            var expected = rows[t].EnumerateArray().Select(x => x.GetDouble()).ToArray();
            Assert.Equal(expected.Length, found[t].Length);
            for (var i = 0; i < expected.Length; i++)
            {
                errors += (found[t][i] - expected[i]) * (found[t][i] - expected[i]);
                squares += expected[i] * expected[i];
            }
        }
        var relative = Math.Sqrt(errors / squares);
        TestContext.Current.TestOutputHelper?.WriteLine($"relative RMS error {relative:E2}");
        Assert.InRange(relative, 0, errorMax);
    }
}
