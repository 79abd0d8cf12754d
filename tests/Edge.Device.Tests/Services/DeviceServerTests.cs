using Edge.Device.Panel;
using Edge.Link;
using Edge.Link.Messages;
using Edge.TestKit;

namespace Edge.Device.Tests.Services;

public sealed class DeviceServerTests : IDisposable
{
    private readonly TempFolder temp = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => temp.Dispose();

    private static async Task<StatusReply> StatusAsync(LinkSession session)
    {
        await using var channel = await session.OpenAsync(Operations.Status, Cancellation);
        await channel.SendAsync(new EmptyRequest(), LinkJson.Default.EmptyRequest, Cancellation);
        return await channel.ReceiveAsync(LinkJson.Default.StatusReply, Cancellation);
    }

    private static async Task<AskReply> AskAsync(LinkSession session, string question)
    {
        await using var channel = await session.OpenAsync(Operations.Ask, Cancellation);
        await channel.SendAsync(new AskRequest(question), LinkJson.Default.AskRequest, Cancellation);
        while (true)
            if ((await channel.ReceiveAsync(LinkJson.Default.DeviceEvent, Cancellation)).Ask is { } reply)
                return reply;
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Status_comes_over_a_socket_and_over_a_pty(bool pty)
    {
        await using var device = TestDevice.Start(temp.Path, pty);
        await using var session = await device.ConnectAsync();
        var status = await StatusAsync(session);
        Assert.Equal((device.Appliance.Identity.Id, "Test"), (status.DeviceId, status.DeviceName));
        Assert.Equal((session.Peer.Id, session.Peer.Name), (status.DeviceId, status.DeviceName));
        Assert.Null(status.ModelName);
        Assert.NotNull(status.WhyQuoted);
        Assert.True(status.FreeBytes > 0);
    }

    [Fact]
    public async Task The_hosts_time_becomes_the_devices_time()
    {
        await using var device = TestDevice.Start(temp.Path);
        await using var session = await device.ConnectAsync();
        await StatusAsync(session);
        var host = new DateTimeOffset(638_900_000_000_000_000, TimeSpan.Zero);
        Assert.InRange(device.Appliance.Clock.GetUtcNow(), host, host.AddMinutes(5));
        Assert.Equal(TimeSpan.FromHours(1), device.Appliance.Clock.LocalTimeZone.BaseUtcOffset);
    }

    [Fact]
    public async Task An_unknown_operation_is_refused_by_its_name_and_the_session_goes_on()
    {
        await using var device = TestDevice.Start(temp.Path);
        await using var session = await device.ConnectAsync();
        await using var channel = await session.OpenAsync("make-coffee", Cancellation);
        var refused = await Assert.ThrowsAsync<RefusedException>(() =>
            channel.ReceiveAsync(LinkJson.Default.StatusReply, Cancellation)
        );
        Assert.Contains("'make-coffee'", refused.Message);
        Assert.Equal("Test", (await StatusAsync(session)).DeviceName);
    }

    [Fact]
    public async Task A_request_of_the_wrong_shape_is_refused_in_one_line()
    {
        await using var device = TestDevice.Start(temp.Path);
        await using var session = await device.ConnectAsync();
        foreach (var operation in Operations.All)
        {
            await using var channel = await session.OpenAsync(operation, Cancellation);
            await channel.SendBytesAsync(new byte[] { 1, 2, 3 }, Cancellation);
            var refused = await Assert.ThrowsAsync<RefusedException>(() =>
                channel.ReceiveAsync(LinkJson.Default.StatusReply, Cancellation)
            );
            Assert.DoesNotContain('\n', refused.Message);
        }
        Assert.Equal("Test", (await StatusAsync(session)).DeviceName);
    }

    [Fact]
    public async Task A_host_of_another_version_gets_no_session_and_the_next_host_is_served()
    {
        await using var device = TestDevice.Start(temp.Path);
        await using (var other = await device.ConnectAsync(version: 99))
        {
            Assert.Equal(LinkLimits.Version, other.Peer.Version);
            Assert.Null(device.Panel.State.Host);
        }
        await using var session = await device.ConnectAsync();
        Assert.Equal("Test", (await StatusAsync(session)).DeviceName);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(100_000)]
    public async Task A_question_of_no_or_far_too_many_characters_is_refused(int length)
    {
        await using var device = TestDevice.Start(temp.Path);
        await using var session = await device.ConnectAsync();
        var refused = await Assert.ThrowsAsync<RefusedException>(() => AskAsync(session, new string('a', length)));
        Assert.DoesNotContain('\n', refused.Message);
        Assert.Equal("Test", (await StatusAsync(session)).DeviceName);
    }

    [Fact]
    public async Task Without_a_model_an_answer_is_quoted_cited_and_shown_on_the_screen()
    {
        await using var device = TestDevice.Start(temp.Path);
        device.WriteNote("bread.md", "# Bread\n\nThe bread dough must rest for twelve hours in the fridge.\n");
        await using var session = await device.ConnectAsync();
        await device.Appliance.UpdateIndexAsync(null, Cancellation);
        var answer = await AskAsync(session, "How long must the bread dough rest?");
        Assert.False(answer.Refused, answer.Answer);
        Assert.Equal("quoted", answer.WrittenBy);
        Assert.Equal(("bread.md", 3), (answer.Citations[0].Note, answer.Citations[0].FirstLine));
        Assert.Contains("twelve hours", answer.Citations[0].Quote);
        await TestDevice.WaitUntilAsync(() => device.Panel.State.AnswerDone, "the answer on the panel");
        Assert.Equal(PanelScreen.Answer, device.Panel.State.Screen);

        await using var channel = await session.OpenAsync(Operations.Screen, Cancellation);
        await channel.SendAsync(new EmptyRequest(), LinkJson.Default.EmptyRequest, Cancellation);
        var screen = await channel.ReceiveAsync(LinkJson.Default.ScreenReply, Cancellation);
        Assert.Equal(device.Panel.Picture().ToHalfBlocks(), screen.Lines);
    }

    [Fact]
    public async Task A_host_that_dies_in_mid_answer_loses_nothing_and_the_next_one_is_served()
    {
        await using var device = TestDevice.Start(temp.Path);
        device.WriteNote("bread.md", "# Bread\n\nThe dough rests for twelve hours.\n");
        await device.Appliance.UpdateIndexAsync(null, Cancellation);
        // The engine is taken, so the question is sure to be under way when the host dies.
        var engine = await device.Appliance.Engine.EnterAsync("a test", Cancellation);
        var dying = await device.ConnectAsync();
        var channel = await dying.OpenAsync(Operations.Ask, Cancellation);
        await channel.SendAsync(
            new AskRequest("How long does the dough rest?"),
            LinkJson.Default.AskRequest,
            Cancellation
        );
        var waiting = await channel.ReceiveAsync(LinkJson.Default.DeviceEvent, Cancellation);
        Assert.Contains("a test", waiting.Progress?.Stage);
        await dying.DisposeAsync();
        engine.Dispose();

        await using var next = await device.ConnectAsync();
        Assert.Contains("twelve hours", (await AskAsync(next, "How long does the dough rest?")).Citations[0].Quote);
        Assert.True(File.Exists(Path.Combine(device.Notes, "bread.md")));
        Assert.Equal(1, (await StatusAsync(next)).Notes);
    }

    [Fact]
    public async Task A_captured_note_gets_a_summary_by_itself_and_leads_the_feed()
    {
        await using var device = TestDevice.Start(temp.Path);
        await using var session = await device.ConnectAsync();
        await using var channel = await session.OpenAsync(Operations.Capture, Cancellation);
        var text = "# Dentist\n\nThe appointment is on Tuesday at nine. Bring the insurance card.\n";
        await channel.SendAsync(new CaptureRequest(text), LinkJson.Default.CaptureRequest, Cancellation);
        var captured = await channel.ReceiveAsync(LinkJson.Default.CaptureReply, Cancellation);
        Assert.Equal("Dentist", captured.Title);
        Assert.True(File.Exists(Path.Combine(device.Notes, captured.Note)));
        var hash = device.Appliance.Index.Find(captured.Note)!.Hash;
        await TestDevice.WaitUntilAsync(
            () => device.Appliance.Summaries.Find(captured.Note, hash) is not null,
            "a summary"
        );
        await TestDevice.WaitUntilAsync(() => device.Panel.State.Feed.Count == 1, "the note on the panel");
        Assert.Equal(captured.Note, device.Panel.State.Feed[0].Note);
    }

    [Fact]
    public async Task Notes_that_came_while_the_device_was_off_are_known_after_the_start()
    {
        await using (var device = TestDevice.Start(temp.Path))
            device.WriteNote("late.md", "# Late\n\nText.\n");
        await using var again = TestDevice.Start(temp.Path);
        await TestDevice.WaitUntilAsync(() => again.Panel.State.NoteCount == 1, "the note on the panel");
    }

    [Fact]
    public async Task Damaged_slots_are_set_aside_and_the_notes_are_served()
    {
        await using (TestDevice.Start(temp.Path)) { }
        foreach (var copy in new[] { "state-0", "state-1" })
            File.WriteAllText(temp["device/slots/" + copy], "damaged");
        await using var device = TestDevice.Start(temp.Path);
        await using var session = await device.ConnectAsync();
        Assert.Null((await StatusAsync(session)).ModelName);
        Assert.Contains(device.Log, line => line.Contains("set aside"));
    }
}
