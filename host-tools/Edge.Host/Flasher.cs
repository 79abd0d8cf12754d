using Edge.Link;
using Edge.Link.Messages;

namespace Edge.Host;

/// <summary>Sends a model to the device while listening to what the device says of it.</summary>
internal sealed class Flasher(DeviceClient client)
{
    public async Task<FlashReply> FlashAsync(
        ModelPackage package,
        IProgress<ProgressEvent>? progress,
        CancellationToken cancellation
    )
    {
        var channel = await client.OpenAsync(Operations.Flash, cancellation).ConfigureAwait(false);
        await using var use = channel.ConfigureAwait(false);
        using var sendingStop = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        await channel.SendAsync(package.Request, LinkJson.Default.FlashRequest, cancellation).ConfigureAwait(false);
        var sending = SendFilesAsync(channel, package, sendingStop.Token);
        try
        {
            var reply = await DeviceClient
                .EventsAsync(channel, e => e.Flash, null, progress, cancellation)
                .ConfigureAwait(false);
            await sending.ConfigureAwait(false);
            return reply;
        }
        finally
        {
            // A refusal may come while bytes are still on their way.
            await sendingStop.CancelAsync().ConfigureAwait(false);
            await IgnoreAsync(sending).ConfigureAwait(false);
        }
    }

    private static async Task SendFilesAsync(LinkChannel channel, ModelPackage package, CancellationToken cancellation)
    {
        var buffer = new byte[LinkLimits.ChunkBytesMax];
        for (var i = 0; i < package.Paths.Count; i++)
        {
            var file = File.OpenRead(package.Paths[i]);
            await using var use = file.ConfigureAwait(false);
            // Exactly what was announced, even when the file has grown meanwhile.
            for (var left = package.Request.Files[i].Bytes; left > 0; )
            {
                var part = buffer.AsMemory(0, (int)Math.Min(buffer.Length, left));
                var read = await file.ReadAsync(part, cancellation).ConfigureAwait(false);
                if (read == 0)
                    throw new IOException($"{package.Paths[i]} became shorter while it was sent: flash it again");
                await channel.SendBytesAsync(part[..read], cancellation).ConfigureAwait(false);
                left -= read;
            }
        }
    }

    private static async Task IgnoreAsync(Task sending)
    {
        try
        {
            await sending.ConfigureAwait(false);
        }
        catch (Exception e) when (e is OperationCanceledException or LinkException or RefusedException or IOException)
        {
            // The reply, or its own exception, says what matters. A shortened file ends the flash by its hash.
        }
    }
}
