using Edge.Device.Panel;

namespace Edge.Device.Tests.Panel;

public sealed class CanvasTests
{
    [Fact]
    public void Letters_are_drawn_as_the_font_shows_them()
    {
        var canvas = new Canvas(24, 8);
        canvas.Text(0, 0, "Ag\u00E9\u4E2D");
        const string picture = """
            .###...........#..#####.
            #...#..####...#...#...#.
            #...#.#...#..###..#...#.
            #...#.#...#.#...#.#...#.
            #####..####.#####.#...#.
            #...#.....#.#.....#...#.
            #...#..###...###..#####.
            ........................
            """;
        Assert.Equal(picture, string.Join('\n', canvas.ToLines()));
    }

    [Fact]
    public void Every_printable_ascii_and_latin_1_character_has_a_letter_of_its_own()
    {
        var characters = Enumerable
            .Range(0x20, 0x5F)
            .Concat(Enumerable.Range(0xA0, 0x60))
            .Select(i => (char)i)
            .ToArray();
        Assert.DoesNotContain(characters, c => !PanelFont.Has(c));
        var alike = characters
            .Where(c => c is not ('\u00A0' or '\u00AD'))
            .GroupBy(c => Convert.ToHexString(PanelFont.Glyph(c)))
            .Where(same => same.Count() > 1)
            .Select(same => string.Concat(same));
        Assert.Empty(alike);
    }

    [Fact]
    public void Drawing_outside_is_cut_off()
    {
        var canvas = new Canvas(16, 8);
        canvas.Fill(-5, -5, 100, 100);
        canvas.Text(12, 5, "WW", lit: false);
        canvas.Text(-3, -3, "WW", lit: false);
        canvas.Rectangle(-1, -1, 18, 10);
        Assert.True(canvas[15, 0]);
        Assert.False(canvas[16, 0]);
        Assert.Equal(8, canvas.ToLines().Count);
    }

    [Fact]
    public void Pages_hold_eight_rows_with_the_top_row_in_bit_0()
    {
        var canvas = new Canvas(4, 16)
        {
            [1, 0] = true,
            [1, 7] = true,
            [2, 9] = true,
        };
        Assert.Equal<byte>([0, 0x81, 0, 0, 0, 0, 0x02, 0], canvas.Pages.ToArray());
    }

    [Fact]
    public void Half_blocks_put_two_rows_in_a_line()
    {
        var canvas = new Canvas(4, 8)
        {
            [0, 0] = true,
            [1, 1] = true,
            [2, 0] = true,
            [2, 1] = true,
        };
        Assert.Equal(["\u2580\u2584\u2588 ", "    ", "    ", "    "], canvas.ToHalfBlocks());
    }

    [Theory]
    [InlineData("", 5, "")]
    [InlineData("one two", 5, "one|two")]
    [InlineData("one two", 7, "one two")]
    [InlineData("a\n\nb", 5, "a||b")]
    [InlineData("abcdefghijkl m", 5, "abcde|fghij|kl m")]
    [InlineData("x abcdefghij", 5, "x|abcde|fghij")]
    [InlineData("  lead\tand   gaps ", 20, "lead and gaps")]
    [InlineData("a\r\nb", 5, "a|b")]
    public void Text_wraps_at_words(string text, int columns, string lines) =>
        Assert.Equal(lines.Split('|'), WordWrap.Lines(text, columns));
}
