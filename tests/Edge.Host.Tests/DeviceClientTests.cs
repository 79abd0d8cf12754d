using Edge.Inference;
using Edge.Link;
using Edge.Link.Messages;
using Edge.TestKit;

namespace Edge.Host.Tests;

public sealed class DeviceClientTests : HostTest
{
    [Fact]
    public async Task Asking_streams_the_text_of_the_answer()
    {
        await using var device = StartDevice();
        Write("bread.md", "# Bread\n\nThe bread dough must rest for twelve hours in the fridge.\n");
        await SyncAsync(device);
        await using var client = await ConnectAsync(device);
        var text = "";
        var answer = await client.AskAsync("How long must the bread dough rest?", t => text += t, null, Cancellation);
        Assert.Equal(answer.Answer, text);
        Assert.Equal("bread.md", answer.Citations[0].Note);
    }

    [Fact]
    public async Task Capture_summarize_and_feed_speak_of_the_same_note()
    {
        await using var device = StartDevice();
        await using var client = await ConnectAsync(device);
        var captured = await client.CaptureAsync(
            "# Bike\n\nThe chain was changed in March. It cost 40 euros.\n",
            Cancellation
        );
        var summary = await client.SummarizeAsync(new SummarizeRequest(captured.Note, null), null, null, Cancellation);
        Assert.Equal("quoted", summary.WrittenBy);
        var feed = await client.FeedAsync(1, 10, Cancellation);
        Assert.Equal((captured.Note, summary.Headline), (feed.Entries[0].Note, feed.Entries[0].Headline));
        var piped = await client.SummarizeAsync(
            new SummarizeRequest(null, "Some text. More of it."),
            null,
            null,
            Cancellation
        );
        Assert.NotEmpty(piped.Text);
        await Assert.ThrowsAsync<RefusedException>(() =>
            client.SummarizeAsync(new SummarizeRequest("no/such.md", null), null, null, Cancellation)
        );
        await Assert.ThrowsAsync<RefusedException>(() => client.FeedAsync(0, 10, Cancellation));
        await Assert.ThrowsAsync<RefusedException>(() => client.CaptureAsync("  \n", Cancellation));
        Assert.Equal(32, (await client.ScreenAsync(Cancellation)).Lines.Count);
    }

    [Fact]
    public async Task A_flashed_model_is_tested_active_and_confirmed_by_the_first_answer()
    {
        var model = Repo.Shared("models/stories260K.bin");
        var tokenizer = Repo.Shared("models/tok512.bin");
        await using var device = StartDevice();
        Write("a.md", "# A\n\nThe key is under the mat.\n");
        await SyncAsync(device);
        await using var client = await ConnectAsync(device);
        var package = ModelPackage.Open(model, tokenizer, null, Cancellation);
        var stages = new List<string>();
        var reply = await client.FlashAsync(package, new Stages(stages), Cancellation);
        Assert.Equal("a", reply.Slot);
        Assert.Contains("receiving model", stages);
        var status = await client.StatusAsync(Cancellation);
        Assert.Equal((reply.ModelName, "a", null), (status.ModelName, status.Slot, status.ModelProblem));
        Assert.Contains((await client.SlotsAsync(Cancellation)).Slots, s => s is { Id: "a", Active: true });
        await client.AskAsync("Where is the key?", null, null, Cancellation);
        Assert.Contains((await client.SlotsAsync(Cancellation)).Slots, s => s is { Id: "a", State: "good" });

        await client.FlashAsync(package, null, Cancellation);
        Assert.Equal("b", (await client.StatusAsync(Cancellation)).Slot);
    }

    [Fact]
    public async Task A_model_damaged_on_the_way_is_refused_and_the_old_one_stays()
    {
        var model = Temp["model.bin"];
        File.Copy(Repo.Shared("models/stories260K.bin"), model);
        File.SetUnixFileMode(model, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        var tokenizer = Repo.Shared("models/tok512.bin");
        await using var device = StartDevice();
        await using var client = await ConnectAsync(device);
        var package = ModelPackage.Open(model, tokenizer, null, Cancellation);
        await client.FlashAsync(package, null, Cancellation);
        using (var file = File.OpenWrite(model))
        {
            file.Position = 500_000;
            file.WriteByte(0x55);
        }
        var refused = await Assert.ThrowsAsync<RefusedException>(() => client.FlashAsync(package, null, Cancellation));
        Assert.DoesNotContain('\n', refused.Message);
        Assert.Equal("a", (await client.StatusAsync(Cancellation)).Slot);
    }

    [Fact]
    public void A_file_that_is_no_model_is_refused_before_anything_is_sent()
    {
        var path = Temp["nonsense.gguf"];
        File.WriteAllText(path, "not a model");
        Assert.Throws<ModelFormatException>(() => ModelPackage.Open(path, null, null, Cancellation));
    }

    [Fact]
    public async Task A_model_that_no_longer_loads_is_marked_bad_and_the_device_quotes()
    {
        var model = Repo.Shared("models/stories260K.bin");
        var tokenizer = Repo.Shared("models/tok512.bin");
        Write("a.md", "# A\n\nThe key is under the mat.\n");
        await using (var device = StartDevice())
        {
            await SyncAsync(device);
            await using var client = await ConnectAsync(device);
            await client.FlashAsync(ModelPackage.Open(model, tokenizer, null, Cancellation), null, Cancellation);
        }
        File.WriteAllText(Temp["device/slots/a/model"], "damaged");
        await using var again = StartDevice();
        await using var next = await ConnectAsync(again);
        var status = await next.StatusAsync(Cancellation);
        Assert.Null(status.ModelName);
        Assert.NotNull(status.ModelProblem);
        Assert.Contains((await next.SlotsAsync(Cancellation)).Slots, s => s is { Id: "a", State: "bad" });
        Assert.Equal("quoted", (await next.AskAsync("Where is the key?", null, null, Cancellation)).WrittenBy);
    }

    [Fact]
    public async Task A_device_that_is_not_there_is_one_clear_line()
    {
        var host = HostIdentity.LoadOrCreate(Temp["config"]);
        var link = "unix:" + Temp["nobody.sock"];
        var error = await Assert.ThrowsAsync<LinkException>(() =>
            DeviceClient.ConnectAsync(link, host, TimeProvider.System, DeviceClient.DefaultTimeout, Cancellation)
        );
        Assert.Contains("nobody.sock", error.Message);
        Assert.DoesNotContain('\n', error.Message);
    }

    [Fact]
    public void This_computer_keeps_its_id_and_a_folder_its_own()
    {
        var host = HostIdentity.LoadOrCreate(Temp["config"]);
        Assert.Equal(host, HostIdentity.LoadOrCreate(Temp["config"]));
        Assert.Equal(host.VaultIdOf(Folder), host.VaultIdOf(Folder + "/"));
        Assert.NotEqual(host.VaultIdOf(Folder), host.VaultIdOf(Temp["other"]));
        Assert.Matches("^[0-9a-f]{32}$", host.VaultIdOf(Folder));
    }

    private sealed class Stages(List<string> stages) : IProgress<ProgressEvent>
    {
        public void Report(ProgressEvent value)
        {
            lock (stages)
                stages.Add(value.Stage);
        }
    }
}
