using System.Text.Json;
using Edge.TestKit;

namespace Edge.EndToEnd.Tests;

/// <summary>edge lab as people type it, and as machines end it.</summary>
public sealed class LabTests
{
    private const string Recipe = """
        {
          "name": "tiny",
          "tokenizer": { "train": { "vocab": 257, "pattern": "none", "special": ["<|endoftext|>"], "input": ["text.txt"] } },
          "model": { "depth": 1, "width": 32, "context": 32 },
          "optimizer": { "kind": "adamw" },
          "stages": [
            { "name": "names", "kind": "pretrain", "minutes": 1, "batchTokens": 64,
              "data": [ { "file": "text.txt", "format": "lines" } ],
              "validation": { "heldOut": 0.1, "tokensPerSource": 512 } }
          ]
        }
        """;

    private const string Plan = """
        { "budgetSeconds": 1, "repeats": 1, "settings": [ { "path": "optimizer.beta1", "values": [0.8, 0.7] } ] }
        """;

    [Fact]
    public async Task A_search_that_was_killed_goes_on_where_it_was()
    {
        using var temp = new TempFolder();
        var names = Enumerable.Range(0, 300).Select(i => $"{"abcdefghij"[i % 10]}{"aeiou"[i % 5]}nna{i}");
        await File.WriteAllLinesAsync(temp["text.txt"], names, TestContext.Current.CancellationToken);
        await File.WriteAllTextAsync(temp["tiny.json"], Recipe, TestContext.Current.CancellationToken);
        await File.WriteAllTextAsync(temp["plan.json"], Plan, TestContext.Current.CancellationToken);
        string[] lab = ["lab", temp["tiny.json"], "--plan", temp["plan.json"], "--folder", temp["lab"], "--json"];
        var ledger = temp["lab/ledger.jsonl"];
        await using (var first = EdgeProcess.Start("Edge.Cli", "edge", lab))
        {
            while (!File.Exists(ledger) || new FileInfo(ledger).Length == 0)
            {
                Assert.False(first.Process.HasExited, "it ended before it wrote a line");
                await Task.Delay(20, TestContext.Current.CancellationToken);
            }
            first.Process.Kill();
            await first.Process.WaitForExitAsync(TestContext.Current.CancellationToken);
        }
        var before = await File.ReadAllTextAsync(ledger, TestContext.Current.CancellationToken);
        await File.AppendAllTextAsync(ledger, "{\"key\":\"to", TestContext.Current.CancellationToken);
        var second = (await EdgeProcess.EdgeAsync(lab)).Exits(0);
        Assert.Contains("the last line was cut off", second.Talk, StringComparison.Ordinal);
        Assert.Equal(4, second.Json().GetProperty("experiments").GetInt32());
        var after = await File.ReadAllLinesAsync(ledger, TestContext.Current.CancellationToken);
        Assert.StartsWith(before, string.Join('\n', after), StringComparison.Ordinal);
        Assert.Equal(
            4,
            after.Select(line => JsonDocument.Parse(line).RootElement.GetProperty("key").GetString()).Distinct().Count()
        );
        Assert.True(File.Exists(temp["lab/best.json"]));
    }

    [Fact]
    public async Task Mistakes_are_usage_and_trouble_is_one_line()
    {
        using var temp = new TempFolder();
        await File.WriteAllTextAsync(temp["tiny.json"], Recipe, TestContext.Current.CancellationToken);
        await File.WriteAllTextAsync(temp["plan.json"], Plan, TestContext.Current.CancellationToken);
        await File.WriteAllTextAsync(temp["bad.json"], "{}", TestContext.Current.CancellationToken);
        string[] lab = ["lab", temp["tiny.json"], "--folder", temp["lab"]];
        (await EdgeProcess.EdgeAsync(lab)).Exits(2).SaysInOneLine("--plan");
        (await EdgeProcess.EdgeAsync([.. lab, "--plan", temp["plan.json"]])).Exits(1).SaysInOneLine("text.txt");
        (await EdgeProcess.EdgeAsync([.. lab, "--plan", temp["bad.json"]]))
            .Exits(1)
            .SaysInOneLine("bad.json", "settings");
        (await EdgeProcess.EdgeAsync([.. lab, "--plan", temp["plan.json"], "--budget", "0"]))
            .Exits(2)
            .SaysInOneLine("--budget");
        (await EdgeProcess.EdgeAsync("train", "--finetune", temp["none.gguf"])).Exits(2).SaysInOneLine("--notes");
        (await EdgeProcess.EdgeAsync("train", "--finetune", temp["none.gguf"], "--notes", temp["none"]))
            .Exits(1)
            .SaysInOneLine("no such folder of notes");
        (await EdgeProcess.EdgeAsync("train", "card", temp["none"], "-o", temp["out"]))
            .Exits(1)
            .SaysInOneLine("no run");
    }
}
