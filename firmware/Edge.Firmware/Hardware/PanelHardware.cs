using System.Device.Gpio;
using System.Device.I2c;
using Edge.Device.Panel;

namespace Edge.Firmware.Hardware;

/// <summary>The display and the buttons, real or simulated. Either may be missing: the device works without them.</summary>
internal sealed class PanelHardware : IDisposable
{
    private const int I2cBus = 1;
    private static readonly TimeSpan KeyHold = TimeSpan.FromMilliseconds(Buttons.SettleMs * 2);

    private readonly Ssd1306? display;
    private readonly TimeProvider clock;
    private readonly SimulatedGpioDriver? pins;
    private Buttons? buttons;

    private PanelHardware(Ssd1306? display, SimulatedSsd1306? chip, SimulatedGpioDriver? pins, TimeProvider clock)
    {
        this.display = display;
        this.pins = pins;
        this.clock = clock;
        SimulatedChip = chip;
    }

    public SimulatedSsd1306? SimulatedChip { get; }

    /// <summary>Null without a display.</summary>
    public Action<Canvas>? Show => display is null ? null : display.Show;

    public static PanelHardware Simulated(TimeProvider clock)
    {
        var chip = new SimulatedSsd1306();
        return new PanelHardware(new Ssd1306(chip), chip, new SimulatedGpioDriver(), clock);
    }

    /// <summary>What this board has; a part that is missing is logged in one line.</summary>
    public static PanelHardware Real(TimeProvider clock, Action<string> log) =>
        new(OpenDisplay(log), null, null, clock);

    /// <summary>Starts to report presses. A board without pins is logged in one line.</summary>
    public void Listen(Action<PanelButton> pressed, Action<string> log)
    {
        try
        {
            var controller = pins is null ? new GpioController() : new GpioController(pins);
            buttons = new Buttons(controller, Buttons.DefaultPins, clock, pressed);
        }
        // The library throws whatever its driver search met: a board without pins must still serve its notes.
        catch (Exception e) when (pins is null)
        {
            log($"no buttons on GPIO {string.Join(", ", Buttons.DefaultPins)}: {e.Message}");
        }
    }

    /// <summary>Simulated pins only: pulls the button's pin low for long enough to count.</summary>
    public async Task PressAsync(PanelButton button, CancellationToken cancellation)
    {
        var pin = Buttons.DefaultPins[(int)button];
        pins!.Drive(pin, PinValue.Low);
        await Task.Delay(KeyHold, clock, cancellation).ConfigureAwait(false);
        pins.Drive(pin, PinValue.High);
        await Task.Delay(KeyHold, clock, cancellation).ConfigureAwait(false);
    }

    public void Dispose()
    {
        buttons?.Dispose();
        display?.Dispose();
    }

    private static Ssd1306? OpenDisplay(Action<string> log)
    {
        try
        {
            return new Ssd1306(I2cDevice.Create(new I2cConnectionSettings(I2cBus, Ssd1306.DefaultAddress)));
        }
        // As above: a missing bus, a missing right and a missing display all end here.
        catch (Exception e)
        {
            log($"no display at I2C bus {I2cBus}, address 0x{Ssd1306.DefaultAddress:X2}: {e.Message}");
            return null;
        }
    }
}
