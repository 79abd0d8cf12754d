using System.CommandLine;
using System.Globalization;
using Edge.Cli.CommandLine;
using Edge.Cli.Devices;
using Edge.Cli.Output;
using Edge.Host;

namespace Edge.Cli.Commands;

/// <summary>edge flash: puts a model into the idle slot; the device tests it there and only then switches.</summary>
internal static class FlashCommand
{
    public static Command Create(Terminal terminal)
    {
        var model = Options.Model();
        var tokenizer = Options.Tokenizer();
        var fallback = new Option<string?>("--fallback")
        {
            Description = "the same model as ONNX, for the device to use where the model does not work",
            HelpName = "FILE",
        };
        var device = Options.Device();
        var json = Options.Json();
        return new EdgeCommand(
            "flash",
            "Put a model into the device's idle slot, have it tested there, and switch to it.",
            "edge flash pocket.gguf"
        )
            .With(model)
            .With(tokenizer, fallback, device, json)
            .Runs(
                terminal,
                async (parsed, cancellation) =>
                {
                    using var line = new ProgressLine(terminal, "flash:");
                    var progress = Attached.ShownOn(line);
                    var started = terminal.Clock.GetTimestamp();
                    var package = ModelPackage.Open(
                        parsed.GetRequiredValue(model),
                        parsed.GetValue(tokenizer),
                        parsed.GetValue(fallback),
                        progress,
                        cancellation
                    );
                    var client = await Attached
                        .ConnectAsync(terminal, parsed.GetValue(device), cancellation)
                        .ConfigureAwait(false);
                    await using (client.ConfigureAwait(false))
                    {
                        var reply = await client.FlashAsync(package, progress, cancellation).ConfigureAwait(false);
                        line.Clear();
                        var ms = terminal.Clock.GetElapsedTime(started).TotalMilliseconds;
                        if (parsed.GetValue(json))
                            terminal.PrintJson(
                                new FlashResult(reply.Slot, reply.ModelName, package.Bytes, reply.SelfTest, ms),
                                Json.Types.FlashResult
                            );
                        else
                            terminal.Print(
                                string.Create(
                                    CultureInfo.InvariantCulture,
                                    $"{reply.ModelName} is active in slot {reply.Slot} ({package.Bytes:N0} bytes, {ms / 1000:F1} s; {reply.SelfTest})"
                                )
                            );
                        return ExitCode.Done;
                    }
                }
            );
    }
}
