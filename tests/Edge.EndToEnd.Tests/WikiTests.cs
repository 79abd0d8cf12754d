using Edge.TestKit;

namespace Edge.EndToEnd.Tests;

/// <summary>edge wiki and edge wiki lint as a user runs them.</summary>
public sealed class WikiTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public WikiTests() => Directory.CreateDirectory(_folder["notes"]);

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_wiki_is_built_checked_changed_and_checked_again()
    {
        await PutAsync("a.md", "# Garden\n\nThe budget for seeds is 300 euros. #garden\n");
        await PutAsync("b.md", "# Money\n\nThe garden needs a fence. #garden\n");
        var built = (await EdgeProcess.EdgeAsync("wiki", "--vault", _folder["notes"], "--json")).Exits(0).Json();
        Assert.Equal("garden.md", Assert.Single(built.GetProperty("built").EnumerateArray()).GetString());
        Assert.Equal(_folder["notes-wiki"], built.GetProperty("folder").GetString());
        var page = await File.ReadAllTextAsync(_folder["notes-wiki/garden.md"]);
        Assert.Contains("> The budget for seeds is 300 euros. #garden\n\n— [a.md](../notes/a.md), line 3\n", page);
        (await EdgeProcess.EdgeAsync("wiki", "lint", "--vault", _folder["notes"])).Exits(0);

        await PutAsync("b.md", "# Money\n\nThe budget for seeds is 450 euros. #garden See [[Nowhere]].\n");
        var lint = (await EdgeProcess.EdgeAsync("wiki", "lint", "--vault", _folder["notes"], "--json")).Exits(1).Json();
        var found = Assert.Single(lint.GetProperty("contradictions").EnumerateArray());
        Assert.Equal("number", found.GetProperty("kind").GetString());
        Assert.Equal("b.md", found.GetProperty("second").GetProperty("note").GetString());
        Assert.Equal(3, found.GetProperty("second").GetProperty("first_line").GetInt32());
        Assert.Equal(
            "changed",
            Assert.Single(lint.GetProperty("stale").EnumerateArray()).GetProperty("why").GetString()
        );
        Assert.Equal(3, lint.GetProperty("findings").GetInt32());
        var shown = (await EdgeProcess.EdgeAsync("wiki", "lint", "--vault", _folder["notes"])).Exits(1);
        Assert.Contains("broken link    b.md:3: Nowhere\n", shown.Output);
        Assert.Contains("stale          garden.md: b.md has changed\n", shown.Output);

        var again = (await EdgeProcess.EdgeAsync("wiki", "--vault", _folder["notes"])).Exits(0);
        Assert.Equal("changed  garden.md\n", again.Output);
    }

    [Fact]
    public async Task A_wiki_is_built_over_the_notes_of_a_device()
    {
        await using var device = await Device.StartAsync();
        await PutAsync("a.md", "# Garden\n\nThe budget for seeds is 300 euros. #garden\n");
        await PutAsync("b.md", "# Money\n\nThe garden needs a fence. #garden\n");
        (await device.EdgeAsync("sync", _folder["notes"])).Exits(0);

        var built = (await device.EdgeAsync("wiki", "-o", _folder["wiki"], "--json")).Exits(0).Json();
        Assert.Equal("garden.md", Assert.Single(built.GetProperty("built").EnumerateArray()).GetString());
        var page = await File.ReadAllTextAsync(_folder["wiki/garden.md"]);
        Assert.Contains("— [a.md](../wiki-notes/a.md), line 3\n", page);
        Assert.True(File.Exists(_folder["wiki-notes/a.md"]));
        (await device.EdgeAsync("wiki", "lint", "-o", _folder["wiki"])).Exits(0);

        await PutAsync("b.md", "# Money\n\nThe budget for seeds is 450 euros. #garden\n");
        (await device.EdgeAsync("sync", _folder["notes"])).Exits(0);
        var lint = (await device.EdgeAsync("wiki", "lint", "-o", _folder["wiki"], "--json")).Exits(1).Json();
        Assert.Single(lint.GetProperty("contradictions").EnumerateArray());
        Assert.Equal("changed  garden.md\n", (await device.EdgeAsync("wiki", "-o", _folder["wiki"])).Exits(0).Output);
    }

    [Fact]
    public async Task A_wiki_without_a_vault_or_in_the_vault_itself_is_a_usage_error()
    {
        (await EdgeProcess.EdgeAsync("wiki")).Exits(2).SaysInOneLine("--vault", "-o");
        string[] both = ["wiki", "--vault", _folder["notes"], "--device", "unix:" + _folder["none.sock"]];
        (await EdgeProcess.EdgeAsync(both)).Exits(2).SaysInOneLine("give one");
        (await EdgeProcess.EdgeAsync("wiki", "--vault", _folder["notes"], "-o", _folder["notes"]))
            .Exits(2)
            .SaysInOneLine("folder of its own");
        (await EdgeProcess.EdgeAsync("wiki", "--vault", _folder["none"])).Exits(1).SaysInOneLine("no folder");
    }

    private Task PutAsync(string note, string text) => File.WriteAllTextAsync(_folder["notes/" + note], text);
}
