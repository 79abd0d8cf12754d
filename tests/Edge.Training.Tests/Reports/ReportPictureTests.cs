using System.Buffers.Binary;
using System.IO.Compression;
using Edge.Training.Reports;

namespace Edge.Training.Tests.Reports;

public sealed class ReportPictureTests
{
    [Fact]
    public void A_picture_is_a_png_whose_pixels_read_back()
    {
        byte[] pixels = [1, 2, 3, 250, 0, 7, 9, 9, 9, 0, 255, 128];
        var png = Png.Encode(pixels, 2, 2);
        Assert.Equal([0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A], png[..8]);
        // The last chunk has no bytes; its check sum is known.
        Assert.Equal([0, 0, 0, 0, .. "IEND"u8, 0xAE, 0x42, 0x60, 0x82], png[^12..]);
        Assert.Equal(pixels, PixelsOf(png, out var width));
        Assert.Equal(2, width);
    }

    [Fact]
    public void Runs_are_drawn_in_their_colours_and_stages_are_not_joined()
    {
        var picture = ReportPicture.Write([Run("one", 2), Run("two", 3)]);
        var pixels = PixelsOf(picture, out var width);
        Assert.Equal(1600, width);
        Assert.True(Count(pixels, 11, 98, 196) > 500, "the first run's colour is missing");
        Assert.True(Count(pixels, 194, 65, 12) > 500, "the second run's colour is missing");
    }

    [Fact]
    public void Runs_without_steps_make_a_picture_too() =>
        Assert.NotEmpty(ReportPicture.Write([new RunHistory("empty", [], [], [], [], 0)]));

    [Fact]
    public void A_line_covers_its_pixels_fully_and_their_neighbours_partly()
    {
        var canvas = new Canvas(20, 9, new Colour(255, 255, 255));
        canvas.Line([(2, 4.5), (18, 4.5)], new Colour(0, 0, 0), 2);
        int Grey(int x, int y) => canvas.Pixels[((y * 20) + x) * 3];
        Assert.Equal(0, Grey(10, 4));
        Assert.InRange(Grey(10, 3), 100, 155);
        Assert.Equal(255, Grey(10, 1));
    }

    [Fact]
    public void A_dashed_line_has_gaps_of_the_dash_length()
    {
        var canvas = new Canvas(45, 5, new Colour(255, 255, 255));
        canvas.Line([(0, 2.5), (22, 2.5), (44, 2.5)], new Colour(0, 0, 0), 1, dash: 8);
        var row = Enumerable.Range(0, 44).Select(x => canvas.Pixels[((2 * 45) + x) * 3] < 128).ToArray();
        Assert.True(row[4] && row[20] && row[36], string.Concat(row.Select(dark => dark ? '#' : '.')));
        Assert.False(row[12] || row[28], string.Concat(row.Select(dark => dark ? '#' : '.')));
    }

    [Theory]
    [InlineData(0, 10, 5, new double[] { 0, 2, 4, 6, 8, 10 })]
    [InlineData(1.87, 2.13, 6, new double[] { 1.9, 1.95, 2, 2.05, 2.1 })]
    [InlineData(0, 1_100_000, 6, new double[] { 0, 200_000, 400_000, 600_000, 800_000, 1_000_000 })]
    [InlineData(-0.3, 0.3, 3, new double[] { -0.2, 0, 0.2 })]
    public void Ticks_are_round_numbers(double low, double high, int most, double[] expected) =>
        Assert.Equal(expected, Ticks.Between(low, high, most).Select(tick => Math.Round(tick, 9)));

    [Fact]
    public void Every_printable_letter_has_a_shape_and_others_are_a_box()
    {
        var shapes = Enumerable.Range('!', 94).Select(letter => Shape((char)letter)).ToArray();
        Assert.Equal(94, shapes.Distinct().Count());
        Assert.All(shapes, shape => Assert.Contains('#', shape));
        Assert.Equal(Shape('é'), Shape('\n'));
    }

    private static string Shape(char letter) =>
        string.Concat(
            Enumerable.Range(0, 35).Select(i => Letters.IsSet(letter, i / Letters.Width, i % Letters.Width) ? '#' : '.')
        );

    private static RunHistory Run(string name, double level) =>
        new(
            name,
            [
                .. Enumerable
                    .Range(1, 50)
                    .Select(i => new StepPoint(
                        i < 30 ? "a" : "b",
                        i,
                        i,
                        i * 100,
                        i,
                        level + (1.0 / i),
                        1,
                        1,
                        100,
                        600
                    )),
            ],
            [
                new JudgedPoint("a", 10, 1000, 10, level, level * 1.01, new Dictionary<string, double>()),
                new JudgedPoint("b", 50, 5000, 50, level / 2, level / 2, new Dictionary<string, double>()),
            ],
            [],
            [],
            0
        );

    private static int Count(byte[] pixels, byte red, byte green, byte blue) =>
        pixels.Chunk(3).Count(pixel => pixel[0] == red && pixel[1] == green && pixel[2] == blue);

    /// <summary>Reads a PNG as its specification says, for the one filter that is used.</summary>
    private static byte[] PixelsOf(byte[] png, out int width)
    {
        width = BinaryPrimitives.ReadInt32BigEndian(png.AsSpan(16));
        var length = BinaryPrimitives.ReadInt32BigEndian(png.AsSpan(33));
        Assert.Equal("IDAT"u8, png.AsSpan(37, 4));
        using var zlib = new ZLibStream(new MemoryStream(png, 41, length), CompressionMode.Decompress);
        using var rows = new MemoryStream();
        zlib.CopyTo(rows);
        var pixels = new List<byte>();
        foreach (var row in rows.ToArray().Chunk((width * 3) + 1))
        {
            Assert.Equal(1, row[0]);
            for (var i = 1; i < row.Length; i++)
            {
                if (i > 3)
                    row[i] += row[i - 3];
                pixels.Add(row[i]);
            }
        }
        return [.. pixels];
    }
}
