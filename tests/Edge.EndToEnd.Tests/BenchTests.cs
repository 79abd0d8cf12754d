using Edge.TestKit;

namespace Edge.EndToEnd.Tests;

/// <summary>edge bench and edge eval text, as scripts read them.</summary>
public sealed class BenchTests
{
    [Fact]
    public async Task Bench_prints_every_field_that_scripts_read()
    {
        var run = await EdgeProcess.EdgeAsync(
            "bench",
            Repo.Shared("golden/plain.q8_0.gguf"),
            "-p",
            "8",
            "-n",
            "4",
            "--threads",
            "1",
            "--repeat",
            "1",
            "--json"
        );
        var json = run.Exits(0).Json();
        Assert.Equal("", run.Talk);
        Assert.NotEqual("", json.GetProperty("model").GetString());
        Assert.True(json.GetProperty("parameters").GetInt64() > 0);
        Assert.True(json.GetProperty("weight_bytes").GetInt64() > 0);
        var only = Assert.Single(json.GetProperty("results").EnumerateArray());
        Assert.Equal(1, only.GetProperty("threads").GetInt32());
        foreach (
            var name in new[]
            {
                "prefill_tokens_per_s",
                "decode_tokens_per_s",
                "read_bandwidth_bytes_per_s",
                "bandwidth_share",
                "int8_peak_share",
                "rss_bytes",
            }
        )
            Assert.True(only.GetProperty(name).GetDouble() > 0, name);
    }

    [Theory]
    [InlineData("smollm3", "no shape is called", "stories15m", "bench", "--shape", "smollm3")]
    [InlineData("--shape", "MODEL", "", "bench")]
    [InlineData("give one", "", "", "bench", "x.gguf", "--shape", "stories15m")]
    [InlineData("q5_0", "--type", "q4_0", "bench", "--shape", "stories15m", "--type", "q5_0")]
    [InlineData("--keep", "go with --shape", "", "bench", "x.gguf", "--keep", "y.gguf")]
    [InlineData("1,,2", "--threads", "", "bench", "x.gguf", "--threads", "1,,2")]
    public async Task What_cannot_be_measured_is_a_usage_error(
        string one,
        string two,
        string three,
        params string[] arguments
    ) => (await EdgeProcess.EdgeAsync(arguments)).Exits(2).SaysInOneLine(one, two, three);

    [Fact]
    public async Task A_text_has_a_perplexity_and_a_distance_from_a_reference()
    {
        using var folder = new TempFolder();
        var text = folder["text.txt"];
        await File.WriteAllTextAsync(text, "Once upon a time there was a little cat. The cat was happy.");
        var model = Repo.Shared("models/stories260K.bin");
        string[] arguments = ["eval", "text", model, text, "--tokenizer", Repo.Shared("models/tok512.bin"), "--json"];

        var alone = (await EdgeProcess.EdgeAsync(arguments)).Exits(0).Json();
        Assert.InRange(alone.GetProperty("perplexity").GetDouble(), 1.5, 15);
        Assert.InRange(alone.GetProperty("bits_per_byte").GetDouble(), 0.3, 3);
        Assert.InRange(alone.GetProperty("tokens").GetInt32(), 15, 60);
        Assert.False(alone.TryGetProperty("kl_divergence", out _));

        var compared = (await EdgeProcess.EdgeAsync([.. arguments, "--reference", model])).Exits(0).Json();
        Assert.Equal(0, compared.GetProperty("kl_divergence").GetDouble(), tolerance: 1e-9);
    }

    [Fact]
    public async Task A_text_that_is_not_utf8_is_refused()
    {
        using var folder = new TempFolder();
        var text = folder["text.txt"];
        await File.WriteAllBytesAsync(text, [0x66, 0xC3, 0x28]);
        (
            await EdgeProcess.EdgeAsync(
                "eval",
                "text",
                Repo.Shared("models/stories260K.bin"),
                text,
                "--tokenizer",
                Repo.Shared("models/tok512.bin")
            )
        )
            .Exits(1)
            .SaysInOneLine("text.txt", "not UTF-8");
    }
}
