using System.Security.Cryptography;
using Edge.Conversion.Onnx;
using Edge.Inference;
using Edge.Link;
using Edge.Link.Messages;
using Edge.TestKit;

namespace Edge.Device.Tests.Services;

/// <summary>A slot with an ONNX model beside its native one, or instead of it, on a real device.</summary>
public sealed class FallbackTests : IDisposable
{
    private const string Right = "The bread rests for twelve hours.";
    private const string Wrong = "Never ask a stone anything.";

    private readonly TempFolder temp = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => temp.Dispose();

    [Fact]
    public async Task A_model_that_fails_its_self_test_gives_way_to_its_fallback_which_writes_the_answers()
    {
        WriteModels();
        await using (var device = TestDevice.Start(temp.Path))
        {
            await using var session = await device.ConnectAsync();
            // The host computed the right model's logits; the file that comes is another.
            var reply = await FlashAsync(session, "wrong.gguf", "right.onnx", ProbeOf("right.gguf"));
            Assert.StartsWith(
                "the model in slot A runs on its ONNX fallback: the model failed its self-test",
                reply.SelfTest
            );
            await AssertOnFallbackAsync(device, session, "the model failed its self-test: it has");
            Assert.Equal(Right, WrittenBy(device));
            device.Appliance.Models.Confirm();
        }
        // After a restart the model that failed is not tried again.
        await using var again = TestDevice.Start(temp.Path);
        await using var later = await again.ConnectAsync();
        await AssertOnFallbackAsync(again, later, "the model failed its self-test: it has");
        Assert.Equal(Right, WrittenBy(again));
        var slots = await SlotsAsync(later);
        Assert.Equal(("good", true), (slots.Slots[0].State, slots.Slots[0].Active));
    }

    [Fact]
    public async Task A_model_that_no_longer_loads_gives_way_to_its_fallback()
    {
        WriteModels();
        await using (var device = TestDevice.Start(temp.Path))
        {
            await using var session = await device.ConnectAsync();
            var reply = await FlashAsync(session, "right.gguf", "right.onnx", ProbeOf("right.gguf"));
            Assert.DoesNotContain("fallback", reply.SelfTest);
            Assert.Null(device.Appliance.Models.Problem);
        }
        File.WriteAllText(temp["device/slots/a/model"], "damaged");
        await using (var device = TestDevice.Start(temp.Path))
        {
            await using var session = await device.ConnectAsync();
            await AssertOnFallbackAsync(device, session, "model: ");
            Assert.Equal(Right, WrittenBy(device));
        }
        File.WriteAllText(temp["device/slots/a/fallback"], "damaged too");
        await using var without = TestDevice.Start(temp.Path);
        Assert.Null(without.Appliance.Models.Model);
        Assert.Contains("does not load", without.Appliance.Models.Problem);
    }

    [Fact]
    public async Task Where_neither_works_the_other_slot_stays_in_use()
    {
        WriteModels();
        await using var device = TestDevice.Start(temp.Path);
        await using var session = await device.ConnectAsync();
        await FlashAsync(session, "right.gguf", null, ProbeOf("right.gguf"));
        var refused = await Assert.ThrowsAsync<RefusedException>(() =>
            FlashAsync(session, "wrong.gguf", "wrong.onnx", ProbeOf("right.gguf"))
        );
        Assert.Contains("its fallback does not work either", refused.Message);
        Assert.Equal(Right, WrittenBy(device));
        Assert.Equal("bad", (await SlotsAsync(session)).Slots[1].State);
    }

    [Fact]
    public async Task A_slot_may_hold_an_ONNX_model_alone()
    {
        WriteModels();
        await using var device = TestDevice.Start(temp.Path);
        await using var session = await device.ConnectAsync();
        var reply = await FlashAsync(session, "right.onnx", null, ProbeOf("right.gguf"));
        Assert.Contains("probe tokens give the host's logits", reply.SelfTest);
        Assert.Null(device.Appliance.Models.Problem);
        Assert.Equal(Right, WrittenBy(device));
    }

    /// <summary>Two GGUF models that say different things, and both as ONNX.</summary>
    private void WriteModels()
    {
        foreach (var (name, text) in ((string, string)[])[("right", Right), ("wrong", Wrong)])
        {
            SpeakingModel.Write(temp[$"{name}.gguf"], text);
            using var source = ModelFile.Open(temp[$"{name}.gguf"]);
            OnnxExporter.Write(source, OnnxWeightType.F32, temp[$"{name}.onnx"]);
        }
    }

    /// <summary>The model's own second word, after which it says the third, and the logits that say so.</summary>
    private (int[] Tokens, float[] Logits) ProbeOf(string model)
    {
        using var host = LanguageModel.Open(temp[model]);
        int[] tokens = [1, 3 + 256 + 1];
        return (tokens, host.Logits(tokens)[^1]);
    }

    private async Task<FlashReply> FlashAsync(
        LinkSession session,
        string model,
        string? fallback,
        (int[] Tokens, float[] Logits) probe
    )
    {
        var files = new List<FlashFile>();
        var contents = new List<byte[]>();
        foreach (var (name, path) in ((string, string?)[])[("model", model), ("fallback", fallback)])
        {
            if (path is null)
                continue;
            var bytes = await File.ReadAllBytesAsync(temp[path], Cancellation);
            files.Add(new FlashFile(name, bytes.Length, Convert.ToHexStringLower(SHA256.HashData(bytes))));
            contents.Add(bytes);
        }
        await using var channel = await session.OpenAsync(Operations.Flash, Cancellation);
        var request = new FlashRequest("speaker", files, probe.Tokens, probe.Logits);
        await channel.SendAsync(request, LinkJson.Default.FlashRequest, Cancellation);
        var sending = SendAsync(channel, contents);
        while (true)
        {
            if ((await channel.ReceiveAsync(LinkJson.Default.DeviceEvent, Cancellation)).Flash is not { } reply)
                continue;
            await sending;
            return reply;
        }
    }

    private static async Task SendAsync(LinkChannel channel, List<byte[]> contents)
    {
        foreach (var bytes in contents)
            for (var at = 0; at < bytes.Length; at += LinkLimits.ChunkBytesMax)
            {
                var part = bytes.AsMemory(at, Math.Min(LinkLimits.ChunkBytesMax, bytes.Length - at));
                await channel.SendBytesAsync(part, Cancellation);
            }
    }

    private static async Task AssertOnFallbackAsync(TestDevice device, LinkSession session, string reason)
    {
        await using var channel = await session.OpenAsync(Operations.Status, Cancellation);
        await channel.SendAsync(new EmptyRequest(), LinkJson.Default.EmptyRequest, Cancellation);
        var status = await channel.ReceiveAsync(LinkJson.Default.StatusReply, Cancellation);
        Assert.Equal(("speaker", "a"), (status.ModelName, status.Slot));
        Assert.StartsWith("the model in slot A runs on its ONNX fallback: " + reason, status.ModelProblem);
        Assert.Null(status.WhyQuoted);
        Assert.Contains(device.Log, line => line.Contains("slot A") && line.Contains(reason));
        Assert.Contains("model speaker from slot A, its fallback", device.Log);
        var slots = await SlotsAsync(session);
        Assert.StartsWith(reason, slots.Slots[0].Problem);
    }

    private static async Task<SlotsReply> SlotsAsync(LinkSession session)
    {
        await using var channel = await session.OpenAsync(Operations.Slots, Cancellation);
        await channel.SendAsync(new EmptyRequest(), LinkJson.Default.EmptyRequest, Cancellation);
        return await channel.ReceiveAsync(LinkJson.Default.SlotsReply, Cancellation);
    }

    /// <summary>What the model in use says.</summary>
    private static string WrittenBy(TestDevice device)
    {
        var model = device.Appliance.Models.Model!;
        var prompt = model.ChatTemplate.Encode(model.Tokenizer, [new ChatMessage(ChatRole.User, "How long?")]);
        return model.Generate(prompt, new GenerationOptions()).Text.Trim();
    }
}
