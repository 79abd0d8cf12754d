using System.Text;
using System.Text.Json;
using Edge.Link.Messages;

namespace Edge.Link.Tests;

public sealed class MessageTests
{
    [Fact]
    public void A_flash_request_with_the_most_logits_fits_a_message_and_keeps_every_bit()
    {
        var random = new Random(1);
        var logits = Enumerable.Range(0, 131_072).Select(_ => random.NextSingle() * 40 - 20).ToArray();
        var request = new FlashRequest("m", [new FlashFile("model", 5, "00")], [1, 2], logits);
        var json = JsonSerializer.SerializeToUtf8Bytes(request, LinkJson.Default.FlashRequest);
        Assert.InRange(json.Length, 1, LinkLimits.MessageBytesMax);
        Assert.Equal(logits, JsonSerializer.Deserialize(json, LinkJson.Default.FlashRequest)!.ProbeLogits);
    }

    [Fact]
    public void Lists_are_cut_so_that_every_batch_fits_a_message()
    {
        var path = new string('語', 340);
        var entries = Enumerable
            .Range(0, 1200)
            .Select(i => new SyncEntry($"{path}{i}", new string('a', 64), i))
            .ToList();
        var batches = SyncListBatch.Split(SyncListBatch.Device, entries).ToList();
        Assert.Equal(entries, batches.SelectMany(batch => batch.Entries));
        Assert.Equal(batches.Count - 1, batches.FindIndex(batch => batch.Last));
        foreach (var batch in batches)
        {
            Assert.InRange(batch.Entries.Count, 1, SyncListBatch.EntriesMax);
            var json = JsonSerializer.SerializeToUtf8Bytes(batch, LinkJson.Default.SyncListBatch);
            Assert.InRange(json.Length, 1, LinkLimits.MessageBytesMax);
        }
        Assert.Equal([500, 1], SyncListBatch.Split("common", Short(501)).Select(batch => batch.Entries.Count));
        Assert.True(Assert.Single(SyncListBatch.Split("common", [])).Last);
    }

    [Fact]
    public void An_event_of_a_later_device_is_read_without_what_is_unknown()
    {
        var json = """{"thinking":{"steps":3},"progress":{"stage":"indexing","done":1,"total":2,"eta":9}}""";
        var later = JsonSerializer.Deserialize(json, LinkJson.Default.DeviceEvent)!;
        Assert.Equal(new DeviceEvent { Progress = new ProgressEvent("indexing", 1, 2) }, later);
    }

    [Fact]
    public void Members_are_camel_case_and_absent_ones_are_left_out()
    {
        var status = new StatusReply("id", "edge", "0.1.0", null, null, null, null, 3, 9, 100, 5, null);
        Assert.Equal(
            """{"deviceId":"id","deviceName":"edge","version":"0.1.0","notes":3,"passages":9,"freeBytes":100,"uptimeSeconds":5}""",
            JsonSerializer.Serialize(status, LinkJson.Default.StatusReply)
        );
        var answer = new DeviceEvent { Ask = new AskReply("yes", false, [new("a.md", 1, 2, "q")], 0.5, 12, "quoted") };
        Assert.Equal(
            """{"ask":{"answer":"yes","refused":false,"citations":[{"note":"a.md","firstLine":1,"lastLine":2,"quote":"q"}],"confidence":0.5,"ms":12,"writtenBy":"quoted"}}""",
            JsonSerializer.Serialize(answer, LinkJson.Default.DeviceEvent)
        );
    }

    /// <summary>A device of an earlier version sends neither; one of a later version may know kinds that this host does not.</summary>
    [Fact]
    public void Hidden_text_and_sources_are_left_out_when_there_are_none_and_may_be_missing()
    {
        var old =
            """{"ask":{"answer":"yes","refused":false,"citations":[],"confidence":0.5,"ms":12,"writtenBy":"quoted"}}""";
        Assert.Null(JsonSerializer.Deserialize(old, LinkJson.Default.DeviceEvent)!.Ask!.Hidden);
        var summary = new SummaryReply("a.md", "A", "Text.", "quoted")
        {
            Sources = [new SourceLines(3, 4)],
            Hidden = [new HiddenText("a.md", 7, "html_comment")],
        };
        const string expected =
            """{"summary":{"note":"a.md","headline":"A","text":"Text.","writtenBy":"quoted","sources":[{"firstLine":3,"lastLine":4}],"hidden":[{"note":"a.md","line":7,"kind":"html_comment"}]}}""";
        var json = JsonSerializer.Serialize(new DeviceEvent { Summary = summary }, LinkJson.Default.DeviceEvent);
        Assert.Equal(expected, json);
        var read = JsonSerializer.Deserialize(json, LinkJson.Default.DeviceEvent)!.Summary!;
        Assert.Equal(summary.Sources, read.Sources);
        Assert.Equal(summary.Hidden, read.Hidden);
    }

    [Fact]
    public void Null_where_text_is_required_is_refused() =>
        Assert.Throws<JsonException>(() =>
            JsonSerializer.Deserialize("""{"question":null}""", LinkJson.Default.AskRequest)
        );

    [Fact]
    public void Operations_are_frozen() =>
        Assert.Equal(
            "status slots flash sync-list sync-put sync-get sync-commit sync-index ask summarize capture feed screen",
            string.Join(' ', Operations.All)
        );

    private static IEnumerable<SyncEntry> Short(int count) =>
        Enumerable.Range(0, count).Select(i => new SyncEntry($"{i}.md", Encoding.ASCII.GetString(new byte[64]), 1));
}
