using System.Text;

namespace Edge.Device.Panel;

/// <summary>
/// A one-bit picture. Pixels are kept as the display chip wants them: pages of 8 rows, one byte per column, the top
/// row in bit 0. Whatever is drawn outside is cut off.
/// </summary>
public sealed class Canvas
{
    private readonly byte[] pages;

    /// <param name="width">Pixels, 1 or more.</param>
    /// <param name="height">Pixels, a multiple of 8.</param>
    public Canvas(int width = 128, int height = 64)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(width, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(height, 8);
        if (height % 8 != 0)
            throw new ArgumentException($"the height must be a multiple of 8, got {height}", nameof(height));
        Width = width;
        Height = height;
        pages = new byte[width * (height / 8)];
    }

    public int Width { get; }

    public int Height { get; }

    /// <summary>(Height / 8, Width), row-major.</summary>
    public ReadOnlySpan<byte> Pages => pages;

    public bool this[int x, int y]
    {
        get => x >= 0 && x < Width && y >= 0 && y < Height && (pages[(y / 8 * Width) + x] & (1 << (y % 8))) != 0;
        set
        {
            if (x < 0 || x >= Width || y < 0 || y >= Height)
                return;
            ref var column = ref pages[(y / 8 * Width) + x];
            column = value ? (byte)(column | (1 << (y % 8))) : (byte)(column & ~(1 << (y % 8)));
        }
    }

    public void Clear() => pages.AsSpan().Clear();

    public void Fill(int x, int y, int width, int height, bool lit = true)
    {
        for (var row = y; row < y + height; row++)
        for (var column = x; column < x + width; column++)
            this[column, row] = lit;
    }

    /// <summary>The outline, one pixel thick.</summary>
    public void Rectangle(int x, int y, int width, int height)
    {
        Fill(x, y, width, 1);
        Fill(x, y + height - 1, width, 1);
        Fill(x, y, 1, height);
        Fill(x + width - 1, y, 1, height);
    }

    /// <summary>Draws one line of text; only the letters' own pixels change.</summary>
    /// <param name="x">Left edge of the first character.</param>
    /// <param name="y">Top edge.</param>
    /// <param name="text">Line ends are drawn like any other unknown character.</param>
    /// <param name="lit">False draws dark letters on a lit ground.</param>
    public void Text(int x, int y, ReadOnlySpan<char> text, bool lit = true)
    {
        foreach (var c in text)
        {
            var rows = PanelFont.Glyph(c);
            for (var row = 0; row < rows.Length; row++)
            for (var column = 0; column < PanelFont.GlyphWidth; column++)
                if ((rows[row] & (0x10 >> column)) != 0)
                    this[x + column, y + row] = lit;
            x += PanelFont.Advance;
        }
    }

    /// <summary>One line per row, '#' lit and '.' dark.</summary>
    public IReadOnlyList<string> ToLines()
    {
        var lines = new string[Height];
        var line = new StringBuilder(Width);
        for (var y = 0; y < Height; y++)
        {
            line.Clear();
            for (var x = 0; x < Width; x++)
                line.Append(this[x, y] ? '#' : '.');
            lines[y] = line.ToString();
        }
        return lines;
    }

    /// <summary>Two rows per line of text in half-block characters: for a terminal.</summary>
    public IReadOnlyList<string> ToHalfBlocks()
    {
        var lines = new string[Height / 2];
        var line = new StringBuilder(Width);
        for (var y = 0; y < Height; y += 2)
        {
            line.Clear();
            for (var x = 0; x < Width; x++)
                line.Append(
                    (this[x, y], this[x, y + 1]) switch
                    {
                        (true, true) => '\u2588',
                        (true, false) => '\u2580',
                        (false, true) => '\u2584',
                        _ => ' ',
                    }
                );
            lines[y / 2] = line.ToString();
        }
        return lines;
    }

    /// <summary>Two columns and four rows per character in Braille dots: for a small terminal.</summary>
    public IReadOnlyList<string> ToBraille()
    {
        // Bit of each dot of U+2800, by row: left column, right column.
        ReadOnlySpan<byte> left = [0x01, 0x02, 0x04, 0x40];
        ReadOnlySpan<byte> right = [0x08, 0x10, 0x20, 0x80];
        var lines = new string[Height / 4];
        var line = new StringBuilder(Width / 2);
        for (var y = 0; y < Height; y += 4)
        {
            line.Clear();
            for (var x = 0; x < Width; x += 2)
            {
                var dots = 0;
                for (var row = 0; row < 4; row++)
                    dots |= (this[x, y + row] ? left[row] : 0) | (this[x + 1, y + row] ? right[row] : 0);
                line.Append((char)(0x2800 + dots));
            }
            lines[y / 4] = line.ToString();
        }
        return lines;
    }
}
