using Edge.Device.Panel;
using Edge.Link;
using Edge.Link.Messages;
using Edge.Slots;

namespace Edge.Device.Services;

/// <summary>Models on the device.</summary>
internal sealed class FlashRequests(Appliance device)
{
    private int flashing;

    public static string NameOf(SlotId slot) => slot == SlotId.A ? "a" : "b";

    public async Task SlotsAsync(LinkChannel channel, CancellationToken cancellation)
    {
        await channel.ReceiveAsync(LinkJson.Default.EmptyRequest, cancellation).ConfigureAwait(false);
        var reply = new SlotsReply([.. device.Slots.Slots.Select(Describe)]);
        await channel.SendAsync(reply, LinkJson.Default.SlotsReply, cancellation).ConfigureAwait(false);
    }

    public async Task FlashAsync(LinkChannel channel, CancellationToken cancellation)
    {
        var request = await channel.ReceiveAsync(LinkJson.Default.FlashRequest, cancellation).ConfigureAwait(false);
        if (Interlocked.Exchange(ref flashing, 1) != 0)
            throw new RefusedException("another model is being flashed: wait for it, then try again");
        try
        {
            await using var events = new EventSender(channel, device.Board, cancellation);
            var reply = await InstallAsync(channel, request, events, cancellation).ConfigureAwait(false);
            await events.FinishAsync(new DeviceEvent { Flash = reply }).ConfigureAwait(false);
        }
        finally
        {
            device.Show(new PanelEvent.BusyChanged(null));
            Volatile.Write(ref flashing, 0);
        }
    }

    private async Task<FlashReply> InstallAsync(
        LinkChannel channel,
        FlashRequest request,
        EventSender events,
        CancellationToken cancellation
    )
    {
        var manifest = new SlotManifest(
            request.ModelName,
            [.. request.Files.Select(file => new SlotFile(file.Name, file.Bytes, file.Sha256))],
            request.ProbeTokens,
            request.ProbeLogits
        );
        using var install = device.Slots.Begin(manifest);
        await ReceiveAsync(channel, request, install, events, cancellation).ConfigureAwait(false);

        // From here on the engine is needed, for the self-test and for the switch.
        using var turn = await device.Engine.EnterAsync("a new model", cancellation).ConfigureAwait(false);
        var stages = new DirectProgress<string>(stage =>
        {
            events.Progress(stage, 0, 0);
            device.Show(new PanelEvent.BusyChanged(stage));
        });
        var slot = await Task.Run(() => install.Finish(stages, cancellation), CancellationToken.None)
            .ConfigureAwait(false);
        device.LoadModel();
        if (device.Models.Slot != slot.Id)
            throw new RefusedException($"the model was stored, but: {device.Models.Problem}");
        // It is in use and there is a problem: it runs on its fallback.
        if (device.Models.Problem is { } problem)
            return new FlashReply(NameOf(slot.Id), request.ModelName, problem);
        var test =
            request.ProbeLogits.Count > 0
                ? $"{request.ProbeTokens.Count} probe tokens give the host's logits"
                : $"{request.ProbeTokens.Count} probe tokens give finite, repeatable logits";
        return new FlashReply(NameOf(slot.Id), request.ModelName, test);
    }

    private async Task ReceiveAsync(
        LinkChannel channel,
        FlashRequest request,
        SlotInstall install,
        EventSender events,
        CancellationToken cancellation
    )
    {
        var total = request.Files.Sum(file => file.Bytes);
        long done = 0;
        foreach (var file in request.Files)
        {
            for (long left = file.Bytes; left > 0; )
            {
                var chunk = await channel.ReceiveBytesAsync(cancellation).ConfigureAwait(false);
                if (chunk.Length > left)
                    throw new RefusedException($"{file.Name}: more bytes came than the {file.Bytes:N0} announced");
                install.Write(file.Name, chunk.Span);
                left -= chunk.Length;
                done += chunk.Length;
                events.Progress("receiving " + file.Name, done, total);
                device.Show(new PanelEvent.BusyChanged("Flashing", done / (double)Math.Max(1, total)));
            }
        }
    }

    private static SlotReply Describe(SlotInfo slot) =>
        new(
            NameOf(slot.Id),
            slot.State switch
            {
                SlotState.Empty => "empty",
                SlotState.Writing => "writing",
                SlotState.Trial => "trial",
                SlotState.Good => "good",
                _ => "bad",
            },
            slot.Active,
            slot.Manifest?.ModelName,
            slot.Manifest?.Files.Sum(file => file.Bytes) ?? 0,
            slot.Manifest?.Files.FirstOrDefault(file => file.Name == "model")?.Sha256,
            slot.Problem
        );
}
