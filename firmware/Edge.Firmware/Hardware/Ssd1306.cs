using System.Device.I2c;
using Edge.Device.Panel;

namespace Edge.Firmware.Hardware;

/// <summary>
/// The common 128 x 64 one-bit OLED on I2C. Sends whole pages (8 rows, 128 bytes), and only those that changed.
/// Every write starts with a control byte: 0x00 commands follow, 0x40 picture data follows.
/// </summary>
public sealed class Ssd1306 : IDisposable
{
    public const int Width = 128;
    public const int Height = 64;

    /// <summary>The address most modules have; 0x3D after moving a resistor.</summary>
    public const int DefaultAddress = 0x3C;

    private const int PageCount = Height / 8;
    private const byte CommandsFollow = 0x00;
    private const byte DataFollows = 0x40;

    private static readonly byte[] Setup =
    [
        CommandsFollow,
        0xAE, // display off while it is set up
        0xD5,
        0x80, // clock: the data sheet's default
        0xA8,
        Height - 1, // rows driven
        0xD3,
        0x00, // no vertical shift
        0x40, // picture starts at memory row 0
        0x8D,
        0x14, // charge pump on: the module has no other source for the panel's voltage
        0x20,
        0x00, // addresses run along a page, then to the next
        0xA1,
        0xC8, // both directions turned: upright with the pins at the top
        0xDA,
        0x12, // row pins as 128 x 64 modules wire them
        0x81,
        0x7F, // contrast: half, OLEDs age with light
        0xD9,
        0xF1, // precharge for the charge pump
        0xDB,
        0x40, // deselect level
        0x2E, // no scrolling
        0xA4, // show the memory
        0xA6, // a set bit is a lit pixel
    ];

    private readonly I2cDevice chip;
    private readonly byte[] shown = new byte[PageCount * Width];
    private readonly byte[] data = new byte[1 + Width];

    /// <summary>Sets the chip up and shows a dark picture; owns the chip from then on.</summary>
    /// <exception cref="IOException">Nothing answers at the address.</exception>
    public Ssd1306(I2cDevice chip)
    {
        this.chip = chip;
        data[0] = DataFollows;
        chip.Write(Setup);
        // The memory holds noise after power-up: write all of it before the display goes on.
        for (var page = 0; page < PageCount; page++)
            SendPage(page);
        chip.Write([CommandsFollow, 0xAF]);
    }

    /// <param name="canvas">128 x 64.</param>
    /// <exception cref="IOException">The chip no longer answers.</exception>
    public void Show(Canvas canvas)
    {
        if (canvas.Width != Width || canvas.Height != Height)
            throw new ArgumentException(
                $"the picture must be {Width} x {Height}, got {canvas.Width} x {canvas.Height}"
            );
        for (var page = 0; page < PageCount; page++)
        {
            var next = canvas.Pages.Slice(page * Width, Width);
            var last = shown.AsSpan(page * Width, Width);
            if (next.SequenceEqual(last))
                continue;
            next.CopyTo(last);
            SendPage(page);
        }
    }

    /// <summary>Switches the display off: a burnt-in last picture helps nobody.</summary>
    public void Dispose()
    {
        try
        {
            chip.Write([CommandsFollow, 0xAE]);
        }
        catch (IOException)
        {
            // Unplugged: dark already.
        }
        chip.Dispose();
    }

    private void SendPage(int page)
    {
        // The window is this one page, so a byte lost on the wire spoils no other page.
        chip.Write([CommandsFollow, 0x21, 0, Width - 1, 0x22, (byte)page, (byte)page]);
        shown.AsSpan(page * Width, Width).CopyTo(data.AsSpan(1));
        chip.Write(data);
    }
}
