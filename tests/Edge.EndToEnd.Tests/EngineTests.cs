using System.Text.Json;
using Edge.TestKit;

namespace Edge.EndToEnd.Tests;

/// <summary>The engine through the command line, against published text and independent logits.</summary>
public sealed class EngineTests
{
    public static TheoryData<string, double> Goldens =>
        new()
        {
            { "plain.f32", 1e-4 },
            { "gqa-untied.f32", 1e-4 },
            { "mqa.f32", 1e-4 },
            { "odd-hidden.f32", 1e-4 },
            { "theta500k.f32", 1e-4 },
            { "llama3-rope.f32", 1e-4 },
            { "wide-head.f32", 1e-4 },
            { "plain.f16", 1e-3 },
            { "plain.q8_0", 0.02 },
            { "gqa-untied.q8_0", 0.02 },
            { "mqa.q8_0", 0.02 },
            { "theta500k.q8_0", 0.02 },
        };

    [Theory]
    [InlineData("1")]
    [InlineData("2")]
    public async Task The_published_greedy_text_is_reproduced(string threads)
    {
        var model = Repo.Shared("models/stories260K.bin");
        var run = await EdgeProcess.EdgeAsync(
            [
                "run",
                model,
                "--tokenizer",
                Repo.Shared("models/tok512.bin"),
                "-p",
                "",
                "-n",
                "200",
                "--temp",
                "0",
                "--threads",
                threads,
            ],
            null
        );
        run.Exits(0);
        var expected = await File.ReadAllTextAsync(
            Repo.Shared("models/stories260K.greedy.txt"),
            TestContext.Current.CancellationToken
        );
        Assert.Equal(expected + "\n", run.Output);
        Assert.Equal("", run.Talk);
    }

    [Theory]
    [MemberData(nameof(Goldens))]
    public async Task Logits_agree_with_an_independent_implementation(string name, double relativeErrorMax) =>
        await CompareLogits(Repo.Shared($"golden/{name}.gguf"), Repo.Shared($"golden/{name}.json"), relativeErrorMax);

    [Fact]
    public async Task Logits_of_a_trained_model_agree_with_an_independent_implementation() =>
        await CompareLogits(
            Repo.Shared("models/stories260K.bin"),
            Repo.Shared("golden/stories260K.json"),
            1e-4,
            "--tokenizer",
            Repo.Shared("models/tok512.bin")
        );

    [Fact]
    public async Task Text_becomes_tokens_and_pieces()
    {
        var vocabulary = Repo.Shared("models/vocab/gpt-2.gguf");
        var run = await EdgeProcess.EdgeAsync("tokenize", vocabulary, "Hello world", "--json");
        var json = run.Exits(0).Json();
        var ids = json.GetProperty("ids").EnumerateArray().Select(x => x.GetInt32());
        Assert.Equal([15496, 995], ids);
        Assert.Equal(["Hello", "Ġworld"], json.GetProperty("pieces").EnumerateArray().Select(x => x.GetString()));

        var piped = await EdgeProcess.EdgeAsync(["tokenize", vocabulary, "-", "--json"], "Hello world");
        Assert.Equal(run.Output, piped.Exits(0).Output);
    }

    [Fact]
    public async Task A_model_file_is_described()
    {
        var run = await EdgeProcess.EdgeAsync("inspect", Repo.Shared("golden/gqa-untied.q8_0.gguf"), "--json");
        var json = run.Exits(0).Json();
        Assert.StartsWith("GGUF", json.GetProperty("format").GetString(), StringComparison.Ordinal);
        Assert.Equal("Q8_0", json.GetProperty("weight_type").GetString());
        Assert.Equal(512, json.GetProperty("vocab_size").GetInt32());
    }

    private static async Task CompareLogits(string model, string golden, double relativeErrorMax, params string[] more)
    {
        using var expected = JsonDocument.Parse(
            await File.ReadAllBytesAsync(golden, TestContext.Current.CancellationToken)
        );
        var tokens = string.Join(',', expected.RootElement.GetProperty("tokens").EnumerateArray());
        var run = await EdgeProcess.EdgeAsync(["logits", model, "--tokens", tokens, "--json", .. more], null);
        var actual = run.Exits(0).Json().GetProperty("logits");

        double error = 0;
        double power = 0;
        var rows = expected.RootElement.GetProperty("logits");
        Assert.Equal(rows.GetArrayLength(), actual.GetArrayLength());
        foreach (var (expectedRow, actualRow) in rows.EnumerateArray().Zip(actual.EnumerateArray()))
        {
            Assert.Equal(expectedRow.GetArrayLength(), actualRow.GetArrayLength());
            foreach (var (e, a) in expectedRow.EnumerateArray().Zip(actualRow.EnumerateArray()))
            {
                error += Math.Pow(e.GetDouble() - a.GetDouble(), 2);
                power += Math.Pow(e.GetDouble(), 2);
            }
        }
        var relative = Math.Sqrt(error / power);
        Assert.True(
            relative <= relativeErrorMax,
            $"relative root mean square error {relative:G3}, at most {relativeErrorMax:G3}"
        );
    }
}
