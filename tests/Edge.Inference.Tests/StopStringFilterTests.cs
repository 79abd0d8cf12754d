namespace Edge.Inference.Tests;

public sealed class StopStringFilterTests
{
    [Fact]
    public void Any_cut_into_pieces_gives_the_same_text()
    {
        const string Text = "one <|en two <|end|> three";
        for (var first = 0; first <= Text.Length; first++)
        for (var second = first; second <= Text.Length; second++)
        {
            var filter = new StopStringFilter(["<|end|>", "zzz"]);
            var got =
                filter.Push(Text[..first])
                + filter.Push(Text[first..second])
                + filter.Push(Text[second..])
                + filter.Flush();
            Assert.Equal("one <|en two ", got);
            Assert.True(filter.Stopped);
        }
    }

    [Fact]
    public void A_beginning_that_comes_to_nothing_is_given_back()
    {
        var filter = new StopStringFilter(["stop"]);
        Assert.Equal("a ", filter.Push("a sto"));
        Assert.Equal("", filter.Push(""));
        Assert.Equal("sto", filter.Flush());
    }
}
