namespace Edge.Training.Reports;

internal readonly record struct Colour(byte Red, byte Green, byte Blue);

/// <summary>A picture of pixels with smooth lines and plain letters; (0, 0) is the upper left corner.</summary>
internal sealed class Canvas
{
    private readonly float[] _coverage;

    public Canvas(int width, int height, Colour background)
    {
        (Width, Height) = (width, height);
        Pixels = new byte[width * height * 3];
        _coverage = new float[width * height];
        Fill(0, 0, width, height, background);
    }

    public int Width { get; }

    public int Height { get; }

    /// <summary>(height, width, 3), row-major.</summary>
    public byte[] Pixels { get; }

    public void Fill(int left, int top, int width, int height, Colour colour)
    {
        for (var y = Math.Max(0, top); y < Math.Min(Height, top + height); y++)
        for (var x = Math.Max(0, left); x < Math.Min(Width, left + width); x++)
            Blend((y * Width) + x, colour, 1);
    }

    /// <summary>A line through all points. Where it crosses itself it does not get darker: a pixel takes the most that any
    /// part covers of it.</summary>
    /// <param name="dash">Pixels drawn and then as many left out; 0 draws all.</param>
    public void Line(
        IReadOnlyList<(double X, double Y)> points,
        Colour colour,
        double width,
        double opacity = 1,
        double dash = 0
    )
    {
        var walked = 0.0;
        for (var i = 1; i < points.Count; i++)
        {
            var (from, to) = (points[i - 1], points[i]);
            var length = Math.Sqrt(Squared(to.X - from.X) + Squared(to.Y - from.Y));
            if (dash <= 0)
                Cover(from, to, width);
            for (var at = 0.0; dash > 0 && at < length; )
            {
                var phase = (walked + at) % (2 * dash);
                var piece = Math.Min(length - at, (phase < dash ? dash : 2 * dash) - phase + 1e-6);
                if (phase < dash)
                    Cover(Between(from, to, at / length), Between(from, to, (at + piece) / length), width);
                at += piece;
            }
            walked += length;
        }
        for (var i = 0; i < _coverage.Length; i++)
        {
            if (_coverage[i] > 0)
                Blend(i, colour, _coverage[i] * opacity);
        }
        Array.Clear(_coverage);
    }

    public void Dot(double x, double y, double radius, Colour colour) =>
        Line([(x, y), (x, y + 0.01)], colour, 2 * radius);

    /// <summary>One line of text, <see cref="Letters.Height"/> * scale pixels high.</summary>
    public void Text(int x, int y, string text, Colour colour, int scale = 2)
    {
        foreach (var letter in text)
        {
            for (var row = 0; row < Letters.Height; row++)
            for (var column = 0; column < Letters.Width; column++)
            {
                if (Letters.IsSet(letter, row, column))
                    Fill(x + (column * scale), y + (row * scale), scale, scale, colour);
            }
            x += Letters.Advance * scale;
        }
    }

    public static int TextWidth(string text, int scale = 2) =>
        text.Length == 0 ? 0 : ((text.Length * Letters.Advance) - 1) * scale;

    /// <summary>Marks the pixels near a segment: 1 inside, less over the last pixel of its edge.</summary>
    private void Cover((double X, double Y) from, (double X, double Y) to, double width)
    {
        var reach = (width / 2) + 1;
        var (left, right) = (Math.Min(from.X, to.X) - reach, Math.Max(from.X, to.X) + reach);
        var (top, bottom) = (Math.Min(from.Y, to.Y) - reach, Math.Max(from.Y, to.Y) + reach);
        var (dx, dy) = (to.X - from.X, to.Y - from.Y);
        var squared = Squared(dx) + Squared(dy);
        for (var y = Math.Max(0, (int)top); y <= Math.Min(Height - 1, (int)bottom); y++)
        for (var x = Math.Max(0, (int)left); x <= Math.Min(Width - 1, (int)right); x++)
        {
            var (px, py) = (x + 0.5 - from.X, y + 0.5 - from.Y);
            var along = squared > 0 ? Math.Clamp(((px * dx) + (py * dy)) / squared, 0, 1) : 0;
            var distance = Math.Sqrt(Squared(px - (along * dx)) + Squared(py - (along * dy)));
            var covered = (float)Math.Clamp((width / 2) + 0.5 - distance, 0, 1);
            ref var pixel = ref _coverage[(y * Width) + x];
            pixel = Math.Max(pixel, covered);
        }
    }

    private void Blend(int pixel, Colour colour, double share)
    {
        var at = pixel * 3;
        Pixels[at] = Mix(Pixels[at], colour.Red, share);
        Pixels[at + 1] = Mix(Pixels[at + 1], colour.Green, share);
        Pixels[at + 2] = Mix(Pixels[at + 2], colour.Blue, share);
    }

    private static byte Mix(byte under, byte over, double share) => (byte)Math.Round(under + ((over - under) * share));

    private static (double X, double Y) Between((double X, double Y) from, (double X, double Y) to, double share) =>
        (from.X + ((to.X - from.X) * share), from.Y + ((to.Y - from.Y) * share));

    private static double Squared(double value) => value * value;
}
