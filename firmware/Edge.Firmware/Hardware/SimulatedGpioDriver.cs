using System.Device.Gpio;

namespace Edge.Firmware.Hardware;

/// <summary>
/// A GPIO chip whose pins a test or the keyboard moves. An input with a pull-up reads high until something pulls it
/// low; edges reach the registered callbacks on the caller's thread.
/// </summary>
public sealed class SimulatedGpioDriver(int pinCount = 28) : GpioDriver
{
    private readonly Lock gate = new();
    private readonly Pin?[] pins = new Pin?[pinCount];

    protected override int PinCount => pinCount;

    /// <summary>Sets the level that the outside world puts on an open input pin.</summary>
    public void Drive(int pinNumber, PinValue level)
    {
        PinChangeEventHandler? callbacks;
        PinEventTypes edge;
        lock (gate)
        {
            var pin = Opened(pinNumber);
            if (pin.Level == level)
                return;
            pin.Level = level;
            edge = level == PinValue.High ? PinEventTypes.Rising : PinEventTypes.Falling;
            callbacks = edge == PinEventTypes.Rising ? pin.OnRising : pin.OnFalling;
        }
        callbacks?.Invoke(this, new PinValueChangedEventArgs(edge, pinNumber));
    }

    protected override void OpenPin(int pinNumber)
    {
        lock (gate)
            pins[pinNumber] = new Pin();
    }

    protected override void ClosePin(int pinNumber)
    {
        lock (gate)
            pins[pinNumber] = null;
    }

    protected override void SetPinMode(int pinNumber, PinMode mode)
    {
        lock (gate)
        {
            var pin = Opened(pinNumber);
            pin.Mode = mode;
            if (mode == PinMode.InputPullUp)
                pin.Level = PinValue.High;
            if (mode == PinMode.InputPullDown)
                pin.Level = PinValue.Low;
        }
    }

    protected override PinMode GetPinMode(int pinNumber)
    {
        lock (gate)
            return Opened(pinNumber).Mode;
    }

    protected override bool IsPinModeSupported(int pinNumber, PinMode mode) =>
        mode is PinMode.Input or PinMode.InputPullUp or PinMode.InputPullDown or PinMode.Output;

    protected override PinValue Read(int pinNumber)
    {
        lock (gate)
            return Opened(pinNumber).Level;
    }

    protected override void Write(int pinNumber, PinValue value)
    {
        lock (gate)
            Opened(pinNumber).Level = value;
    }

    protected override WaitForEventResult WaitForEvent(
        int pinNumber,
        PinEventTypes eventTypes,
        CancellationToken cancellationToken
    ) => throw new NotSupportedException("the simulated pins report edges to callbacks only");

    protected override void AddCallbackForPinValueChangedEvent(
        int pinNumber,
        PinEventTypes eventTypes,
        PinChangeEventHandler callback
    )
    {
        lock (gate)
        {
            var pin = Opened(pinNumber);
            if (eventTypes.HasFlag(PinEventTypes.Rising))
                pin.OnRising += callback;
            if (eventTypes.HasFlag(PinEventTypes.Falling))
                pin.OnFalling += callback;
        }
    }

    protected override void RemoveCallbackForPinValueChangedEvent(int pinNumber, PinChangeEventHandler callback)
    {
        lock (gate)
        {
            var pin = Opened(pinNumber);
            pin.OnRising -= callback;
            pin.OnFalling -= callback;
        }
    }

    private Pin Opened(int pinNumber) =>
        pins[pinNumber] ?? throw new InvalidOperationException($"simulated GPIO: pin {pinNumber} is not open");

    private sealed class Pin
    {
        public PinMode Mode { get; set; } = PinMode.Input;

        public PinValue Level { get; set; } = PinValue.Low;

        public PinChangeEventHandler? OnRising { get; set; }

        public PinChangeEventHandler? OnFalling { get; set; }
    }
}
