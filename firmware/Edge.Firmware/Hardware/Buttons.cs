using System.Device.Gpio;
using Edge.Device.Panel;

namespace Edge.Firmware.Hardware;

/// <summary>
/// Three buttons between a pin and ground, pulled up. Contacts bounce for a few milliseconds: a level counts once it
/// has held for <see cref="SettleMs"/>.
/// </summary>
public sealed class Buttons : IDisposable
{
    public const int SettleMs = 20;

    /// <summary>BCM numbers of up, select and down on the usual wiring.</summary>
    public static readonly IReadOnlyList<int> DefaultPins = [5, 6, 13];

    private readonly GpioController controller;
    private readonly Button[] buttons;
    private bool disposed;

    /// <param name="controller">Owned from then on.</param>
    /// <param name="pins">Of up, select, down, in this order.</param>
    /// <param name="pressed">Called once per press, from any thread.</param>
    public Buttons(GpioController controller, IReadOnlyList<int> pins, TimeProvider clock, Action<PanelButton> pressed)
    {
        this.controller = controller;
        buttons = [.. pins.Select((pin, i) => new Button(controller, pin, clock, () => pressed((PanelButton)i)))];
    }

    public void Dispose()
    {
        if (disposed)
            return;
        disposed = true;
        foreach (var button in buttons)
            button.Dispose();
        controller.Dispose();
    }

    private sealed class Button : IDisposable
    {
        private readonly GpioController controller;
        private readonly int pin;
        private readonly Action pressed;
        private readonly ITimer settle;
        private readonly Lock gate = new();
        private bool isDown;
        private bool disposed;

        public Button(GpioController controller, int pin, TimeProvider clock, Action pressed)
        {
            this.controller = controller;
            this.pin = pin;
            this.pressed = pressed;
            controller.OpenPin(pin, PinMode.InputPullUp);
            settle = clock.CreateTimer(_ => Settled(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
            controller.RegisterCallbackForPinValueChangedEvent(
                pin,
                PinEventTypes.Rising | PinEventTypes.Falling,
                OnEdge
            );
        }

        public void Dispose()
        {
            lock (gate)
                disposed = true;
            controller.UnregisterCallbackForPinValueChangedEvent(pin, OnEdge);
            settle.Dispose();
        }

        // Each edge starts the wait anew: only a quiet contact is read.
        private void OnEdge(object sender, PinValueChangedEventArgs e) =>
            settle.Change(TimeSpan.FromMilliseconds(SettleMs), Timeout.InfiniteTimeSpan);

        private void Settled()
        {
            lock (gate)
            {
                if (disposed)
                    return;
                var down = controller.Read(pin) == PinValue.Low;
                if (down == isDown)
                    return;
                isDown = down;
                if (!down)
                    return;
            }
            pressed();
        }
    }
}
