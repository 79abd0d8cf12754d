using Edge.TestKit;

namespace Edge.EndToEnd.Tests;

/// <summary>edge convert as people type it.</summary>
public sealed class ConvertTests
{
    [Fact]
    public async Task A_model_is_converted_and_runs_as_before()
    {
        using var temp = new TempFolder();
        SpeakingModel.Write(temp["m.gguf"], "hello there");
        var run = await EdgeProcess.EdgeAsync("convert", temp["m.gguf"], temp["n.gguf"], "--type", "q8_0", "--json");
        var json = run.Exits(0).SaysInOneLine("read back and compared", "Q8_0", "parameters").Json();
        Assert.Equal("Q8_0", json.GetProperty("weight_type").GetString());
        Assert.Equal(new FileInfo(temp["n.gguf"]).Length, json.GetProperty("bytes").GetInt64());
        var inspected = (await EdgeProcess.EdgeAsync("inspect", temp["n.gguf"], "--json")).Exits(0).Json();
        Assert.Equal(json.GetProperty("parameters").GetInt64(), inspected.GetProperty("parameters").GetInt64());
        Assert.Equal("chatml", inspected.GetProperty("chat_template").GetString());
    }

    [Fact]
    public async Task Mistakes_are_usage_and_trouble_is_one_line()
    {
        using var temp = new TempFolder();
        SpeakingModel.Write(temp["m.gguf"], "hello there");
        (await EdgeProcess.EdgeAsync("convert", temp["m.gguf"], temp["m.gguf"]))
            .Exits(2)
            .SaysInOneLine("is the model to convert");
        (await EdgeProcess.EdgeAsync("convert", temp["m.gguf"], temp["n.zip"])).Exits(2).SaysInOneLine(".gguf, .bin");
        (await EdgeProcess.EdgeAsync("convert", temp["m.gguf"], temp["n.gguf"], "--type", "q5"))
            .Exits(2)
            .SaysInOneLine("--type must be f32, f16, q8_0 or q4_0");
        (await EdgeProcess.EdgeAsync("convert", temp["none"], temp["n.gguf"])).Exits(1).SaysInOneLine("no such file");
        await File.WriteAllTextAsync(temp["note.md"], "a note", TestContext.Current.CancellationToken);
        (await EdgeProcess.EdgeAsync("convert", temp["note.md"], temp["n.gguf"]))
            .Exits(1)
            .SaysInOneLine("note.md", "is not a model");
        Assert.False(File.Exists(temp["n.gguf"]));
    }
}
