using Edge.TestKit;

namespace Edge.EndToEnd.Tests;

/// <summary>edge ask --both-sides and --council, on a simulated device and on a folder.</summary>
public sealed class OpinionTests : IDisposable
{
    private const string Bread = "# Bread\n\nThe bread dough must rest for twelve hours in the cold fridge.\n";
    private const string Coffee = "# Drinks\n\nAvoid coffee before bed.\n\nJens says that coffee before bed is fine.\n";
    private const string Claim = "Coffee is good before bed";
    private const string Question = "How long must the bread dough rest?";

    private readonly TempFolder _folder = new();

    public OpinionTests()
    {
        Directory.CreateDirectory(_folder["vault"]);
        File.WriteAllText(_folder["vault/bread.md"], Bread);
        File.WriteAllText(_folder["vault/coffee.md"], Coffee);
        SpeakingModel.Write(_folder["a.gguf"], "twelve hours");
        SpeakingModel.Write(_folder["b.gguf"], "the cold fridge");
    }

    public void Dispose() => _folder.Dispose();

    private Task<Finished> AskAsync(params string[] arguments) =>
        EdgeProcess.EdgeAsync(["ask", .. arguments, "--vault", _folder["vault"]]);

    [Fact]
    public async Task Both_sides_are_the_same_on_a_device_and_in_a_folder()
    {
        await using var device = await Device.StartAsync();
        device.Write("bread.md", Bread);
        device.Write("coffee.md", Coffee);
        (await device.EdgeAsync("sync", device.Notes)).Exits(0);

        var there = (await device.EdgeAsync("ask", "--both-sides", Claim, "--json")).Exits(0).Json();
        var here = (await AskAsync("--both-sides", Claim, "--json")).Exits(0).Json();

        foreach (var result in (System.Text.Json.JsonElement[])[there, here])
        {
            Assert.Equal(["claim", "for", "against", "ms"], result.EnumerateObject().Select(member => member.Name));
            Assert.Equal(Claim, result.GetProperty("claim").GetString());
            var against = Assert.Single(result.GetProperty("against").EnumerateArray());
            Assert.Equal("Avoid coffee before bed.", against.GetProperty("quote").GetString());
            Assert.Equal(3, against.GetProperty("first_line").GetInt32());
            Assert.Equal("coffee.md", against.GetProperty("note").GetString());
            Assert.Equal(
                5,
                Assert.Single(result.GetProperty("for").EnumerateArray()).GetProperty("last_line").GetInt32()
            );
        }
        var text = (await device.EdgeAsync("ask", "--both-sides", "The moon is good")).Exits(0);
        Assert.Equal("The notes take no side.\n", text.Output);
    }

    [Fact]
    public async Task A_council_sits_on_a_device_with_two_models_and_shows_who_said_what()
    {
        await using var device = await Device.StartAsync();
        device.Write("bread.md", Bread);
        (await device.EdgeAsync("sync", device.Notes)).Exits(0);
        var alone = (await device.EdgeAsync("ask", "--council", Question)).Exits(0);
        Assert.Contains("There is no model", alone.Talk, StringComparison.Ordinal);
        (await device.EdgeAsync("flash", _folder["a.gguf"])).Exits(0);
        var one = (await device.EdgeAsync("ask", "--council", Question)).Exits(0);
        Assert.Contains("There is only one model", one.Talk, StringComparison.Ordinal);
        (await device.EdgeAsync("flash", _folder["b.gguf"])).Exits(0);

        var result = (await device.EdgeAsync("ask", "--council", Question, "--json")).Exits(0).Json();

        Assert.Equal(
            ["answer", "refused", "citations", "council", "ms"],
            result.EnumerateObject().Select(member => member.Name)
        );
        Assert.False(result.GetProperty("refused").GetBoolean());
        var council = result.GetProperty("council").EnumerateArray().ToList();
        Assert.Equal(3, council.Count);
        Assert.All(council, voice => Assert.Equal(2, voice.GetProperty("scores").EnumerateObject().Count()));
        Assert.Equal(
            ["The bread dough must rest for twelve hours in the cold fridge.", "the cold fridge", "twelve hours"],
            council.Select(voice => voice.GetProperty("answer").GetString()).Order(StringComparer.Ordinal)
        );
        Assert.Equal(council[0].GetProperty("answer").GetString(), result.GetProperty("answer").GetString());
        var plain = (await device.EdgeAsync("ask", Question, "--json")).Exits(0).Json();
        Assert.Equal("the cold fridge", plain.GetProperty("answer").GetString());
    }

    [Fact]
    public async Task A_council_sits_over_a_folder_with_several_models()
    {
        var run = (
            await AskAsync("--council", Question, "--model", _folder["a.gguf"], "--model", _folder["b.gguf"])
        ).Exits(0);
        Assert.Contains("twelve hours", run.Output, StringComparison.Ordinal);
        Assert.Contains("  speaker (b.gguf): the cold fridge\n", run.Output, StringComparison.Ordinal);
        Assert.Contains("nats a token", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Options_that_do_not_go_together_are_usage_errors()
    {
        (await AskAsync("--both-sides", "--council", Claim)).Exits(2).SaysInOneLine("--council");
        (await AskAsync(Question, "--model", _folder["a.gguf"], "--model", _folder["b.gguf"]))
            .Exits(2)
            .SaysInOneLine("--model", "--council");
        (await AskAsync("--council", Question, "--model", _folder["none.gguf"])).Exits(1).SaysInOneLine("none.gguf");
    }
}
