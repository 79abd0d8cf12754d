using Edge.TestKit;

namespace Edge.EndToEnd.Tests;

/// <summary>edge and edged against each other over a unix socket.</summary>
public sealed class DeviceTests
{
    [Fact]
    public async Task Notes_go_to_the_device_and_a_second_sync_moves_nothing()
    {
        await using var device = await Device.StartAsync();
        device.Write("boiler.md", "# Boiler\r\n\r\nServiced by Jens on 3 May.\r\n");
        device.Write("garden/plums.md", "# Plums\n\nThe plum tree was pruned in July.\n");

        var first = (await device.EdgeAsync("sync", device.Notes, "--json")).Exits(0).Json();
        var second = (await device.EdgeAsync("sync", device.Notes, "--json")).Exits(0).Json();

        Assert.Equal(2, first.GetProperty("to_device").GetInt32());
        Assert.Equal(0, second.GetProperty("steps").GetArrayLength());
        Assert.Equal(2, second.GetProperty("unchanged").GetInt32());
        var status = (await device.EdgeAsync("status", "--json")).Exits(0).Json();
        Assert.Equal(2, status.GetProperty("notes").GetInt32());
    }

    [Fact]
    public async Task A_dry_run_only_says_what_would_be_done()
    {
        await using var device = await Device.StartAsync();
        device.Write("boiler.md", "# Boiler\n\nServiced by Jens.\n");

        var run = await device.EdgeAsync("sync", device.Notes, "--dry-run");

        Assert.Contains("to device    boiler.md", run.Exits(0).Output, StringComparison.Ordinal);
        var status = (await device.EdgeAsync("status", "--json")).Exits(0).Json();
        Assert.Equal(0, status.GetProperty("notes").GetInt32());
    }

    [Fact]
    public async Task A_chat_with_the_device_keeps_its_subject_and_one_bad_line_does_not_end_it()
    {
        await using var device = await Device.StartAsync();
        device.Write("boiler.md", "# Boiler\n\nThe boiler is due in March. Jens services the boiler for 80 euros.\n");
        device.Write("roof.md", "# Roof\n\nAnna mends the roof for 300 euros in June.\n");
        (await device.EdgeAsync("sync", device.Notes)).Exits(0);

        var lines =
            $"When is the boiler due?\nAnd how much does it cost?\n{new string('x', 3000)}\n\nWho mends the roof?\n";
        var run = (await device.EdgeAsync(["chat", "--json"], lines)).Exits(0);

        var answers = run
            .Output.Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Select(line => System.Text.Json.JsonDocument.Parse(line).RootElement)
            .ToArray();
        Assert.Equal(3, answers.Length);
        Assert.Equal("And how much does it cost? (boiler due)", answers[1].GetProperty("question").GetString());
        Assert.Equal(
            ["boiler.md", "boiler.md", "roof.md"],
            answers.Select(answer => answer.GetProperty("citations")[0].GetProperty("note").GetString())
        );
        Assert.Contains("shorten it", run.Talk, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_note_edited_on_both_sides_keeps_both_texts()
    {
        await using var device = await Device.StartAsync();
        device.Write("plan.md", "# Plan\n\nFirst text.\n");
        (await device.EdgeAsync("sync", device.Notes)).Exits(0);
        var onDevice = Directory.GetFiles(device.Data, "plan.md", SearchOption.AllDirectories).Order().First();
        await File.WriteAllTextAsync(onDevice, "# Plan\n\nThe device's text.\n", TestContext.Current.CancellationToken);
        device.Write("plan.md", "# Plan\n\nThe folder's text.\n");

        var run = (await device.EdgeAsync("sync", device.Notes, "--json")).Exits(0);

        Assert.Equal(1, run.Json().GetProperty("kept_both").GetInt32());
        var texts = Directory.GetFiles(device.Notes, "*.md").Select(File.ReadAllText).Order().ToList();
        Assert.Equal(["# Plan\n\nThe device's text.\n", "# Plan\n\nThe folder's text.\n"], texts);
    }

    [Fact]
    public async Task A_question_is_answered_with_the_lines_it_came_from_or_refused()
    {
        await using var device = await Device.StartAsync();
        device.Write("boiler.md", "# Boiler\n\nThe boiler was serviced by Jens on 3 May.\n");
        (await device.EdgeAsync("sync", device.Notes)).Exits(0);

        var answer = (await device.EdgeAsync("ask", "Who serviced the boiler?", "--json")).Exits(0).Json();
        var refusal = (await device.EdgeAsync("ask", "What is the capital of Peru?", "--json")).Exits(0).Json();

        Assert.False(answer.GetProperty("refused").GetBoolean());
        var citation = answer.GetProperty("citations")[0];
        Assert.Equal("boiler.md", citation.GetProperty("note").GetString());
        Assert.Equal(3, citation.GetProperty("first_line").GetInt32());
        Assert.Equal("The boiler was serviced by Jens on 3 May.", citation.GetProperty("quote").GetString());
        Assert.True(answer.GetProperty("ms").GetDouble() > 0);
        Assert.True(refusal.GetProperty("refused").GetBoolean());
        Assert.Equal(
            ["answer", "citations", "confidence", "hidden", "ms", "refused"],
            answer.EnumerateObject().Select(member => member.Name).Order()
        );
    }

    [Fact]
    public async Task A_capture_appears_in_the_feed_and_comes_to_the_folder_with_the_next_sync()
    {
        await using var device = await Device.StartAsync();

        var note = (await device.EdgeAsync(["capture"], "Bees in the chimney. Ask Ruth for the number.")).Exits(0);
        var feed = (await device.EdgeAsync("feed", "--json")).Exits(0).Json();
        (await device.EdgeAsync("sync", device.Notes)).Exits(0);

        var path = note.Output.Trim();
        Assert.Equal(path, feed.GetProperty("entries")[0].GetProperty("note").GetString());
        Assert.Contains("Ask Ruth", File.ReadAllText(Path.Combine(device.Notes, path)), StringComparison.Ordinal);
        var summary = (await device.EdgeAsync("summarize", path, "--json")).Exits(0).Json();
        Assert.NotEqual("", summary.GetProperty("headline").GetString());
    }

    [Fact]
    public async Task A_model_is_flashed_and_stands_in_a_slot()
    {
        var model = Repo.Shared("golden/plain.q8_0.gguf");
        await using var device = await Device.StartAsync();

        var flash = (await device.EdgeAsync("flash", model, "--json")).Exits(0).Json();
        var slots = (await device.EdgeAsync("slots", "--json")).Exits(0).Json().GetProperty("slots");

        var active = slots.EnumerateArray().Single(slot => slot.GetProperty("active").GetBoolean());
        Assert.Equal(flash.GetProperty("slot").GetString(), active.GetProperty("id").GetString());
        Assert.Equal(new FileInfo(model).Length, active.GetProperty("bytes").GetInt64());
    }

    [Fact]
    public async Task A_model_that_is_none_is_refused_before_anything_is_sent()
    {
        await using var device = await Device.StartAsync();
        device.Write("letter.gguf", "This is a letter and no model.");

        var run = await device.EdgeAsync("flash", Path.Combine(device.Notes, "letter.gguf"));

        run.Exits(1).SaysInOneLine("letter.gguf");
        var slots = (await device.EdgeAsync("slots", "--json")).Exits(0).Json().GetProperty("slots");
        Assert.All(slots.EnumerateArray(), slot => Assert.Equal("empty", slot.GetProperty("state").GetString()));
    }

    [Fact]
    public async Task What_the_device_will_not_do_is_exit_code_4()
    {
        await using var device = await Device.StartAsync();
        (await device.EdgeAsync("summarize", "no-such-note.md")).Exits(4).SaysInOneLine("no-such-note.md");
    }

    [Fact]
    public async Task A_single_device_is_found_without_being_named()
    {
        await using var device = await Device.StartAsync();

        var found = (await device.FindAsync("devices", "--json")).Exits(0).Json().GetProperty("devices");
        Assert.Contains(device.Link, found.EnumerateArray().Select(d => d.GetProperty("link").GetString()));
        (await device.FindAsync("status", "--json")).Exits(0);
    }

    [Fact]
    public async Task A_device_that_dies_in_mid_answer_fails_in_one_line_and_loses_nothing()
    {
        await using var device = await Device.StartAsync();
        foreach (var i in Enumerable.Range(0, 300))
            device.Write($"n{i}.md", $"# Note {i}\n\nThe boiler of house {i} was serviced by Jens.\n");
        (await device.EdgeAsync("sync", device.Notes)).Exits(0);
        device.Write("questions.jsonl", string.Concat(Enumerable.Repeat(Question, 5000)));

        await using var asking = device.Start(
            "eval",
            "answers",
            "--questions",
            Path.Combine(device.Notes, "questions.jsonl")
        );
        await Task.Delay(TimeSpan.FromSeconds(3), TestContext.Current.CancellationToken);
        Assert.False(asking.Process.HasExited, "the questions were over before the device died");
        device.Kill();
        var run = await asking.FinishAsync();

        run.Exits(1).SaysInOneLine();
        Assert.Equal("", run.Output);
        Assert.Equal(300, Directory.GetFiles(device.Notes, "*.md").Length);
    }

    private const string Question =
        "{\"id\":\"1\",\"question\":\"Who serviced the boiler of house 7?\",\"answer\":\"Jens\",\"note\":\"n7.md\"}\n";
}
