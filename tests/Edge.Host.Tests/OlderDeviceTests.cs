using Edge.Link;
using Edge.Link.Messages;
using Edge.TestKit;

namespace Edge.Host.Tests;

/// <summary>A device of an earlier version: it skips what it does not know of a question, and answers it plainly.</summary>
public sealed class OlderDeviceTests : IDisposable
{
    private readonly TempFolder temp = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => temp.Dispose();

    [Fact]
    public async Task A_device_that_only_knows_plain_questions_is_said_to_be_too_old()
    {
        await using var listener = LinkAddress.Parse("unix:" + temp["edge.sock"]).Listen();
        var serving = AnswerPlainlyAsync(listener, questions: 2);
        await using (
            var client = await DeviceClient.ConnectAsync(
                listener.HostAddress,
                HostIdentity.LoadOrCreate(temp["config"]),
                TimeProvider.System,
                TimeSpan.FromSeconds(30),
                Cancellation
            )
        )
        {
            var sides = await Assert.ThrowsAsync<RefusedException>(() =>
                client.AskBothSidesAsync("Coffee is good", null, null, Cancellation)
            );
            Assert.Contains("\"both-sides\"", sides.Message, StringComparison.Ordinal);
            var council = await Assert.ThrowsAsync<RefusedException>(() =>
                client.AskCouncilAsync("When is tea?", null, null, Cancellation)
            );
            Assert.Contains("update", council.Message, StringComparison.Ordinal);
        }
        await serving;
    }

    private static async Task AnswerPlainlyAsync(LinkListener listener, int questions)
    {
        var stream = await listener.AcceptAsync(Cancellation);
        var hello = new LinkHello(
            LinkLimits.Version,
            "00112233445566778899aabbccddeeff",
            "old",
            638_900_000_000_000_000,
            0
        );
        await using var session = await LinkSession.AcceptAsync(stream, () => hello, TimeProvider.System, Cancellation);
        for (var i = 0; i < questions; i++)
        {
            await using var channel =
                await session.AcceptChannelAsync(Cancellation) ?? throw new InvalidOperationException("the host left");
            await channel.ReceiveAsync(LinkJson.Default.AskRequest, Cancellation);
            var plain = new DeviceEvent { Ask = new AskReply("at five", false, [], 0.5, 12, "quoted") };
            await channel.SendAsync(plain, LinkJson.Default.DeviceEvent, Cancellation);
        }
        // It stays until the host leaves: what it says last is read.
        Assert.Null(await session.AcceptChannelAsync(Cancellation));
    }
}
