using System.Runtime.InteropServices;
using Edge.Device.Panel;
using Edge.Device.Services;
using Edge.Firmware.Hardware;
using Edge.Link;

namespace Edge.Firmware;

/// <summary>Puts the device together and runs it until a signal (SIGTERM, SIGINT, SIGHUP) or q in the terminal.</summary>
internal sealed class Edged(EdgedOptions options, TimeProvider clock, TextWriter output, TextWriter error) : IDisposable
{
    /// <summary>Work under way (a token, a note's fsync) ends well inside this.</summary>
    private static readonly TimeSpan ShutdownMax = TimeSpan.FromSeconds(8);

    private readonly CancellationTokenSource stop = new();
    private readonly Lock logGate = new();
    private TerminalScreen? screen;

    public async Task RunAsync()
    {
        using var term = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
        using var hangUp = PosixSignalRegistration.Create(PosixSignal.SIGHUP, Stop);
        var link = options.Link.Listen(clock);
        await using var linkUse = link.ConfigureAwait(false);
        var draws = options.Simulate && !Console.IsOutputRedirected && !Console.IsInputRedirected;
        if (draws)
            screen = new TerminalScreen($"ready {link.HostAddress}", output);

        using var hardware = options.Simulate ? PanelHardware.Simulated(clock) : PanelHardware.Real(clock, Log);
        if (screen is not null)
            hardware.SimulatedChip!.Changed += () => screen.Draw(hardware.SimulatedChip.Picture());
        var panel = new PanelLoop(new PanelState(), hardware.Show, clock, Log);
        await using var panelUse = panel.ConfigureAwait(false);
        hardware.Listen(button => panel.Post(new PanelEvent.Pressed(button)), Log);

        var device = Appliance.Open(options.Appliance, clock, panel.Post, Log);
        await using var deviceUse = device.ConfigureAwait(false);
        using var registration = Register(link);
        var serving = new DeviceServer(device, link, PictureOf(hardware, panel)).RunAsync(stop.Token);
        if (screen is not null)
            ReadKeys(hardware);
        await output.WriteLineAsync($"ready {link.HostAddress}").ConfigureAwait(false);
        await output.FlushAsync().ConfigureAwait(false);
        await serving.ConfigureAwait(false);
    }

    public void Dispose() => stop.Dispose();

    /// <summary>What the simulated chip shows, not only what was meant to be drawn; without one, the panel's picture.</summary>
    private static Func<Canvas> PictureOf(PanelHardware hardware, PanelLoop panel) =>
        hardware.SimulatedChip is { } chip ? chip.Picture : panel.Picture;

    private IDisposable? Register(LinkListener link)
    {
        if (!options.Simulate)
            return null;
        try
        {
            return RunningDevices.Register(RunningDevices.DefaultFolder(), link.HostAddress);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            Log($"hosts will not find this device by themselves ({e.Message}): pass --device {link.HostAddress}");
            return null;
        }
    }

    private void ReadKeys(PanelHardware hardware)
    {
        var keys = new Thread(() =>
        {
            try
            {
                TerminalScreen.ReadKeys(
                    button => hardware.PressAsync(button, stop.Token).GetAwaiter().GetResult(),
                    stop.Cancel
                );
            }
            catch (Exception e) when (e is OperationCanceledException or InvalidOperationException)
            {
                // Ending, or the terminal is gone.
            }
        })
        {
            IsBackground = true,
            Name = "keys",
        };
        keys.Start();
    }

    private void Stop(PosixSignalContext signal)
    {
        signal.Cancel = true;
        // Whatever hangs must not keep a shutdown waiting: every file on disk is whole at any moment.
        if (!stop.IsCancellationRequested)
            _ = clock.CreateTimer(_ => Environment.Exit(0), null, ShutdownMax, Timeout.InfiniteTimeSpan);
        stop.Cancel();
    }

    private void Log(string line)
    {
        if (screen is not null)
        {
            screen.Log(line);
            return;
        }
        lock (logGate)
            error.WriteLine("edged: " + line.ReplaceLineEndings(" "));
    }
}
