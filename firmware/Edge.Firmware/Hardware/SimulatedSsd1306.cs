using System.Device.I2c;
using Edge.Device.Panel;

namespace Edge.Firmware.Hardware;

/// <summary>
/// An SSD1306 at register level: it takes the bytes that the driver puts on the bus and yields the picture that a
/// module would show. Its memory starts as noise, as the real one does; a byte it does not know is an error.
/// </summary>
public sealed class SimulatedSsd1306 : I2cDevice
{
    private const int Width = Ssd1306.Width;
    private const int Height = Ssd1306.Height;
    private const int PagesCount = Height / 8;

    private readonly Lock gate = new();
    private readonly byte[] memory = new byte[Width * PagesCount];
    private readonly List<byte> command = [];

    private bool on;
    private bool chargePump;
    private bool inverted;
    private bool allLit;
    private bool columnsTurned;
    private bool rowsTurned;
    private byte addressing = 2;
    private int startRow;
    private int rowsDriven = Height;
    private int firstColumn;
    private int lastColumn = Width - 1;
    private int firstPage;
    private int lastPage = PagesCount - 1;
    private int column;
    private int page;

    /// <param name="noiseSeed">What the memory holds at power-up.</param>
    public SimulatedSsd1306(uint noiseSeed = 1)
    {
        var noise = noiseSeed | 1;
        for (var i = 0; i < memory.Length; i++)
        {
            noise = (noise * 1664525) + 1013904223;
            memory[i] = (byte)(noise >> 24);
        }
    }

    public override I2cConnectionSettings ConnectionSettings { get; } = new(1, Ssd1306.DefaultAddress);

    /// <summary>True: every transfer fails as when the module is unplugged.</summary>
    public bool Unplugged { get; set; }

    /// <summary>Data bytes received since power-up.</summary>
    public long DataBytes { get; private set; }

    /// <summary>After each transfer that may have changed the picture.</summary>
    public event Action? Changed;

    /// <summary>What a person sees on a module mounted with its pins at the top.</summary>
    public Canvas Picture()
    {
        var picture = new Canvas(Width, Height);
        lock (gate)
        {
            if (!on || !chargePump)
                return picture;
            for (var y = 0; y < rowsDriven; y++)
            for (var x = 0; x < Width; x++)
            {
                var row = (y + startRow) % Height;
                var bit = (memory[(row / 8 * Width) + x] >> (row % 8) & 1) != 0;
                picture[columnsTurned ? x : Width - 1 - x, rowsTurned ? y : Height - 1 - y] = allLit || bit != inverted;
            }
        }
        return picture;
    }

    public override void Write(ReadOnlySpan<byte> buffer)
    {
        ThrowIfUnplugged();
        lock (gate)
        {
            var at = 0;
            while (at < buffer.Length)
            {
                var control = buffer[at++];
                if ((control & 0x3F) != 0)
                    throw new InvalidOperationException(
                        $"SSD1306: control byte 0x{control:X2} is none; expected 0x00, 0x40, 0x80 or 0xC0"
                    );
                var isData = (control & 0x40) != 0;
                // Bit 7: one byte, then another control byte. Otherwise everything that follows is of this kind.
                var end = (control & 0x80) != 0 ? Math.Min(at + 1, buffer.Length) : buffer.Length;
                for (; at < end; at++)
                    Take(buffer[at], isData);
            }
        }
        Changed?.Invoke();
    }

    /// <summary>The status byte: bit 6 is set while the display is off.</summary>
    public override void Read(Span<byte> buffer)
    {
        ThrowIfUnplugged();
        lock (gate)
            buffer.Fill((byte)(on ? 0x00 : 0x40));
    }

    public override void WriteRead(ReadOnlySpan<byte> writeBuffer, Span<byte> readBuffer)
    {
        Write(writeBuffer);
        Read(readBuffer);
    }

    private void ThrowIfUnplugged()
    {
        if (Unplugged)
            throw new IOException("Error 121 performing I2C data transfer (simulated: the display is unplugged)");
    }

    private void Take(byte value, bool isData)
    {
        if (isData)
        {
            StoreData(value);
            return;
        }
        command.Add(value);
        if (command.Count <= ArgumentsOf(command[0]))
            return;
        var (code, first, second) = (command[0], command.ElementAtOrDefault(1), command.ElementAtOrDefault(2));
        command.Clear();
        Execute(code, first, second);
    }

    private void StoreData(byte value)
    {
        DataBytes++;
        memory[(page * Width) + column] = value;
        switch (addressing)
        {
            case 0: // along the page, then the next page, within the window
                if (column++ < lastColumn)
                    return;
                column = firstColumn;
                page = page < lastPage ? page + 1 : firstPage;
                break;
            case 1: // down the column, then the next column
                if (page++ < lastPage)
                    return;
                page = firstPage;
                column = column < lastColumn ? column + 1 : firstColumn;
                break;
            default: // within one page
                column = (column + 1) % Width;
                break;
        }
    }

    private static int ArgumentsOf(byte code) =>
        code switch
        {
            0x21 or 0x22 => 2,
            0x20 or 0x81 or 0x8D or 0xA8 or 0xD3 or 0xD5 or 0xD9 or 0xDA or 0xDB => 1,
            _ => 0,
        };

    private void Execute(byte code, byte first, byte second)
    {
        switch (code)
        {
            case <= 0x0F:
                column = (column & 0xF0) | code;
                break;
            case <= 0x1F:
                column = ((code & 0x07) << 4) | (column & 0x0F);
                break;
            case 0x20:
                addressing = first <= 2 ? first : throw Unknown(code, first);
                break;
            case 0x21:
                (firstColumn, lastColumn) = Window(code, first, second, Width);
                column = firstColumn;
                break;
            case 0x22:
                (firstPage, lastPage) = Window(code, first, second, PagesCount);
                page = firstPage;
                break;
            case >= 0x40 and <= 0x7F:
                startRow = code - 0x40;
                break;
            case 0x8D:
                chargePump = first == 0x14;
                break;
            case 0xA0 or 0xA1:
                columnsTurned = code == 0xA1;
                break;
            case 0xA4 or 0xA5:
                allLit = code == 0xA5;
                break;
            case 0xA6 or 0xA7:
                inverted = code == 0xA7;
                break;
            case 0xA8:
                rowsDriven = first is >= 15 and < Height ? first + 1 : throw Unknown(code, first);
                break;
            case 0xAE or 0xAF:
                on = code == 0xAF;
                break;
            case >= 0xB0 and <= 0xB7:
                page = code - 0xB0;
                break;
            case 0xC0 or 0xC8:
                rowsTurned = code == 0xC8;
                break;
            case 0xD3:
                if (first != 0)
                    throw Unknown(code, first); // a shifted picture is not simulated
                break;
            case 0x2E or 0x81 or 0xD5 or 0xD9 or 0xDA or 0xDB or 0xE3:
                break; // scrolling off, brightness, timing, wiring, nothing: no picture depends on them here
            default:
                throw Unknown(code, first);
        }
    }

    private static (int First, int Last) Window(byte code, byte first, byte last, int count) =>
        first <= last && last < count
            ? (first, last)
            : throw new InvalidOperationException(
                $"SSD1306: command 0x{code:X2} sets the window {first} to {last}; expected within 0 to {count - 1}"
            );

    private static InvalidOperationException Unknown(byte code, byte argument) =>
        new($"SSD1306: command 0x{code:X2} (0x{argument:X2}) is not one that is simulated");
}
