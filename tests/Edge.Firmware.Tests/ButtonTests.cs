using System.Device.Gpio;
using Edge.Device.Panel;
using Edge.Firmware.Hardware;

namespace Edge.Firmware.Tests;

public sealed class ButtonTests : IDisposable
{
    private static readonly TimeSpan Settled = TimeSpan.FromMilliseconds(Buttons.SettleMs);
    private readonly ManualClock clock = new();
    private readonly SimulatedGpioDriver pins = new();
    private readonly List<PanelButton> pressed = [];
    private readonly Buttons buttons;

    public ButtonTests() => buttons = new Buttons(new GpioController(pins), Buttons.DefaultPins, clock, pressed.Add);

    public void Dispose() => buttons.Dispose();

    [Fact]
    public void Each_pin_is_its_own_button()
    {
        foreach (var pin in Buttons.DefaultPins)
        {
            pins.Drive(pin, PinValue.Low);
            clock.Advance(Settled);
            pins.Drive(pin, PinValue.High);
            clock.Advance(Settled);
        }
        Assert.Equal([PanelButton.Up, PanelButton.Select, PanelButton.Down], pressed);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(99)]
    public void Bouncing_contacts_give_one_press(int seed)
    {
        var random = new Random(seed);
        for (var press = 1; press <= 3; press++)
        {
            Bounce(random, PinValue.Low);
            clock.Advance(Settled);
            Assert.Equal(press, pressed.Count);
            Bounce(random, PinValue.High);
            clock.Advance(Settled);
            Assert.Equal(press, pressed.Count);
        }
    }

    [Fact]
    public void A_spike_shorter_than_the_settling_time_is_no_press()
    {
        pins.Drive(6, PinValue.Low);
        clock.Advance(Settled / 4);
        pins.Drive(6, PinValue.High);
        clock.Advance(Settled * 5);
        Assert.Empty(pressed);
    }

    [Fact]
    public void Holding_a_button_is_one_press()
    {
        pins.Drive(13, PinValue.Low);
        clock.Advance(TimeSpan.FromSeconds(30));
        Assert.Equal([PanelButton.Down], pressed);
    }

    [Fact]
    public void After_dispose_nothing_is_reported()
    {
        pins.Drive(13, PinValue.Low);
        buttons.Dispose();
        clock.Advance(Settled);
        Assert.Empty(pressed);
    }

    /// <summary>Up to six times there and back, each level held for less than the settling time.</summary>
    private void Bounce(Random random, PinValue end)
    {
        for (var i = random.Next(1, 6); i > 0; i--)
        {
            pins.Drive(5, end);
            clock.Advance(TimeSpan.FromMilliseconds(random.NextDouble() * (Buttons.SettleMs - 1)));
            pins.Drive(5, !(bool)end);
            clock.Advance(TimeSpan.FromMilliseconds(random.NextDouble() * (Buttons.SettleMs - 1)));
        }
        pins.Drive(5, end);
    }
}
