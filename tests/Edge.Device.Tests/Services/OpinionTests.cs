using System.Security.Cryptography;
using Edge.Link;
using Edge.Link.Messages;
using Edge.Slots;
using Edge.TestKit;

namespace Edge.Device.Tests.Services;

/// <summary>Both sides and the council, asked over the link of a real device.</summary>
public sealed class OpinionTests : IDisposable
{
    private const string Question = "How long must the bread dough rest?";

    private readonly TempFolder temp = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => temp.Dispose();

    [Fact]
    public async Task Both_sides_come_over_the_link_cited_and_streamed()
    {
        await using var device = await StartAsync();
        await using var session = await device.ConnectAsync();
        var (end, text) = await AskAsync(session, "Coffee is good before bed", AskRequest.BothSides);
        Assert.Equal(
            new Citation("coffee.md", 3, 3, "Avoid coffee before bed."),
            Assert.Single(Assert.IsType<SidesReply>(end.Sides).Against)
        );
        Assert.Empty(end.Sides.For);
        Assert.Contains("Avoid coffee before bed.", text, StringComparison.Ordinal);
        await TestDevice.WaitUntilAsync(() => device.Panel.State.AnswerDone, "the answer on the panel");
    }

    [Fact]
    public async Task The_models_of_both_slots_sit_in_the_council_and_the_one_in_use_stays()
    {
        await using var device = await StartAsync();
        Install(device, "twelve hours", "first");
        device.Appliance.Slots.Confirm();
        Install(device, "the cold fridge", "second");
        device.Appliance.LoadModel();
        var inUse = device.Appliance.Models.Model;
        await using var session = await device.ConnectAsync();

        var (end, text) = await AskAsync(session, Question, AskRequest.Council);

        var reply = Assert.IsType<CouncilReply>(end.Council);
        Assert.Null(reply.Remark);
        Assert.Equal(3, reply.Voices.Count);
        Assert.Equal(3, reply.Voices.Select(voice => voice.Model).Distinct().Count());
        Assert.All(reply.Voices, voice => Assert.Equal(2, voice.Scores.Count));
        Assert.Equal(
            ["The bread dough must rest for twelve hours in the cold fridge.", "the cold fridge", "twelve hours"],
            reply.Voices.Select(voice => voice.Answer).Order(StringComparer.Ordinal)
        );
        Assert.Equal(reply.Answer, text);
        Assert.Equal("bread.md", reply.Citations[0].Note);
        Assert.Same(inUse, device.Appliance.Models.Model);
        var (plain, _) = await AskAsync(session, Question, null);
        Assert.Equal("the cold fridge", plain.Ask?.Answer);
    }

    [Fact]
    public async Task A_slot_whose_model_was_damaged_takes_no_part_and_the_other_answers()
    {
        await using var device = await StartAsync();
        Install(device, "twelve hours", "first");
        device.Appliance.Slots.Confirm();
        var first = device.Appliance.Slots.Active!.Id;
        Install(device, "the cold fridge", "second");
        device.Appliance.LoadModel();
        var model = device.Appliance.Slots.PathOf(first, SlotLimits.ModelFileName)!;
        await File.WriteAllTextAsync(model, "not a model", Cancellation);
        await using var session = await device.ConnectAsync();

        var (end, _) = await AskAsync(session, Question, AskRequest.Council);

        var reply = Assert.IsType<CouncilReply>(end.Council);
        Assert.StartsWith($"slot {first} took no part: ", reply.Remark, StringComparison.Ordinal);
        Assert.Contains(reply.Voices, voice => voice.Answer == "the cold fridge");
        Assert.DoesNotContain(reply.Voices, voice => voice.Answer == "twelve hours");
    }

    [Fact]
    public async Task Without_a_model_a_council_says_so_and_quotes()
    {
        await using var device = await StartAsync();
        await using var session = await device.ConnectAsync();
        var (end, _) = await AskAsync(session, Question, AskRequest.Council);
        Assert.StartsWith("There is no model", end.Council?.Remark, StringComparison.Ordinal);
        Assert.Equal("quoted", end.Council?.WrittenBy);
    }

    [Fact]
    public async Task A_way_of_asking_that_the_device_does_not_know_is_refused_and_the_session_goes_on()
    {
        await using var device = await StartAsync();
        await using var session = await device.ConnectAsync();
        var refused = await Assert.ThrowsAsync<RefusedException>(() => AskAsync(session, Question, "song"));
        Assert.Contains("\"song\"", refused.Message, StringComparison.Ordinal);
        Assert.False((await AskAsync(session, Question, null)).End.Ask?.Refused);
        await Assert.ThrowsAsync<RefusedException>(() => AskAsync(session, "", AskRequest.BothSides));
    }

    private async Task<TestDevice> StartAsync()
    {
        var device = TestDevice.Start(temp.Path);
        device.WriteNote("coffee.md", "# Drinks\n\nAvoid coffee before bed.\n");
        device.WriteNote("bread.md", "# Bread\n\nThe bread dough must rest for twelve hours in the cold fridge.\n");
        await device.Appliance.UpdateIndexAsync(null, Cancellation);
        return device;
    }

    /// <summary>Puts a model that answers everything with this text into the idle slot and makes it the active one.</summary>
    private void Install(TestDevice device, string says, string name)
    {
        SpeakingModel.Write(temp["model.gguf"], says);
        var bytes = File.ReadAllBytes(temp["model.gguf"]);
        var file = new SlotFile(
            SlotLimits.ModelFileName,
            bytes.Length,
            Convert.ToHexStringLower(SHA256.HashData(bytes))
        );
        using var install = device.Appliance.Slots.Begin(new SlotManifest(name, [file], [1, 3 + 256 + 1], []));
        install.Write(file.Name, bytes);
        install.Finish(cancellation: Cancellation);
    }

    private static async Task<(DeviceEvent End, string Text)> AskAsync(
        LinkSession session,
        string question,
        string? how
    )
    {
        await using var channel = await session.OpenAsync(Operations.Ask, Cancellation);
        await channel.SendAsync(new AskRequest(question, how), LinkJson.Default.AskRequest, Cancellation);
        var text = "";
        while (true)
        {
            var happened = await channel.ReceiveAsync(LinkJson.Default.DeviceEvent, Cancellation);
            text += happened.Text?.Text;
            if (happened is { Ask: not null } or { Sides: not null } or { Council: not null })
                return (happened, text);
        }
    }
}
