using Edge.Assistant.Text;

namespace Edge.Assistant.Tests;

public class PlainTextTests
{
    [Theory]
    [InlineData("See **[the plan](plan.md)** for `v2`", "See the plan for v2")]
    [InlineData("into 100 *cents.* When", "into 100 cents. When")]
    [InlineData("2 * 3 * 4 stays, snake_case_name too", "2 * 3 * 4 stays, snake_case_name too")]
    [InlineData("[[garden/tomatoes|the tomatoes]] and [[Beans]]", "the tomatoes and Beans")]
    [InlineData("![a picture](x.png)after", "after")]
    [InlineData("a\\*b and \\#7", "a*b and #7")]
    [InlineData("<b>bold</b> &amp; <https://example.org/>", "bold & https://example.org/")]
    [InlineData("[not a link] and [1]: 5 < 6", "[not a link] and [1]: 5 < 6")]
    [InlineData("***all three*** ~~gone~~", "all three gone")]
    [InlineData("said[^2] so", "said so")]
    [InlineData("a <!-- quiet --> b", "a  b")]
    [InlineData("open ** only", "open ** only")]
    public void Markup_goes_and_words_stay(string markdown, string plain) =>
        Assert.Equal(plain, PlainText.Of(markdown));

    [Fact]
    public void Zero_width_and_bidirectional_controls_are_removed() =>
        Assert.Equal("paypal", PlainText.Of("pay\u200Bp\u202Eal\uFEFF"));

    [Fact]
    public void A_comment_over_lines_keeps_the_line_count() =>
        Assert.Equal("a \n\n b", Hidden.Remove("a <!-- one\ntwo\nthree --> b"));

    [Fact]
    public void A_comment_that_is_never_closed_hides_the_rest() =>
        Assert.Equal("a ", Hidden.Remove("a <!-- and so on"));

    [Theory]
    [InlineData('[')]
    [InlineData('*')]
    [InlineData('`')]
    [InlineData('<')]
    [InlineData('(')]
    public void A_hundred_thousand_marks_in_a_row_take_no_time(char mark)
    {
        var plain = PlainText.Of(new string(mark, 100_000));
        Assert.True(plain.Length <= 100_000);
    }
}
