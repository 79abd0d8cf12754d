using Edge.TestKit;

namespace Edge.EndToEnd.Tests;

/// <summary>edge tokenizer as people type it.</summary>
public sealed class TokenizerTests
{
    [Fact]
    public async Task A_vocabulary_is_trained_looked_at_and_used()
    {
        using var temp = new TempFolder();
        var text = string.Concat(Enumerable.Repeat("The lake was calm.\n<|endoftext|>\nA boat on the lake.\n", 50));
        await File.WriteAllTextAsync(temp["a.txt"], text, TestContext.Current.CancellationToken);
        await File.WriteAllTextAsync(temp["b.txt"], text, TestContext.Current.CancellationToken);
        string[] train = ["tokenizer", "train", "--vocab", "279", "--input", temp["a.txt"], temp["b.txt"]];
        var trained = await EdgeProcess.EdgeAsync([
            .. train,
            "--special",
            "<|endoftext|>",
            "<|im_end|>",
            "-o",
            temp["tok.gguf"],
            "--json",
        ]);
        var json = trained.Exits(0).SaysInOneLine("279 tokens", "21 of them merged", "tok.txt").Json();
        Assert.Equal((279, 21), (json.GetProperty("vocab_size").GetInt32(), json.GetProperty("merges").GetInt32()));

        var tokens = (await EdgeProcess.EdgeAsync("tokenize", temp["tok.gguf"], "the lake", "--json")).Exits(0).Json();
        Assert.Equal(0, tokens.GetProperty("ids")[0].GetInt32());
        Assert.Equal("Ġlake", tokens.GetProperty("pieces").EnumerateArray().Last().GetString());
        var inspected = (await EdgeProcess.EdgeAsync("inspect", temp["tok.gguf"], "--json")).Exits(0).Json();
        Assert.Equal(279, inspected.GetProperty("vocab_size").GetInt32());
    }

    [Fact]
    public async Task Mistakes_are_usage_and_trouble_is_one_line()
    {
        using var temp = new TempFolder();
        await File.WriteAllTextAsync(temp["a.txt"], "a small text", TestContext.Current.CancellationToken);
        await File.WriteAllBytesAsync(temp["a.bin"], [1, 2, 0, 3], TestContext.Current.CancellationToken);
        string[] train = ["tokenizer", "train", "-o", temp["tok.gguf"], "--input"];
        (await EdgeProcess.EdgeAsync([.. train, temp["a.txt"]])).Exits(1).SaysInOneLine("merges", "4,096", "smaller");
        (await EdgeProcess.EdgeAsync([.. train, temp["a.bin"]])).Exits(1).SaysInOneLine("a.bin", "a zero byte at 2");
        (await EdgeProcess.EdgeAsync([.. train, temp["none"]])).Exits(1).SaysInOneLine("no such file");
        (await EdgeProcess.EdgeAsync([.. train, temp["a.txt"], "--vocab", "9"])).Exits(2).SaysInOneLine("--vocab");
        (await EdgeProcess.EdgeAsync([.. train, temp["a.txt"], "--pattern", "gpt9"]))
            .Exits(2)
            .SaysInOneLine("--pattern must be gpt2, gpt4 or none");
        (await EdgeProcess.EdgeAsync("tokenizer", "import", temp["a.txt"], "-o", temp["tok.gguf"]))
            .Exits(1)
            .SaysInOneLine("a.txt, line 1", "base64");
        (await EdgeProcess.EdgeAsync("tokenizer", "train", "--input", temp["a.txt"]))
            .Exits(2)
            .SaysInOneLine("--output");
        Assert.False(File.Exists(temp["tok.gguf"]));
    }
}
