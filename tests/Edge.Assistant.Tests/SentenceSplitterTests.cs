using Edge.Assistant.Text;

namespace Edge.Assistant.Tests;

public class SentenceSplitterTests
{
    [Theory]
    [InlineData("Rest the dough. Bake it.", "Rest the dough.|Bake it.")]
    [InlineData("Add 2.5 kg, e.g. Duck. Roast it!", "Add 2.5 kg, e.g. Duck.|Roast it!")]
    [InlineData("Ask Dr. Lindqvist at 9.30. Then call.", "Ask Dr. Lindqvist at 9.30.|Then call.")]
    [InlineData("See https://example.org/a.b?c=d. Then go.", "See https://example.org/a.b?c=d.|Then go.")]
    [InlineData("Use 3 oz. cheese. Stir.", "Use 3 oz. cheese.|Stir.")]
    [InlineData("J. R. Hartley wrote it. Who knew?", "J. R. Hartley wrote it.|Who knew?")]
    [InlineData("He said \"stop.\" She did.", "He said \"stop.\"|She did.")]
    [InlineData("Wait... what? Yes.", "Wait... what?|Yes.")]
    [InlineData("No. 5 is alive. So is No. 6.", "No. 5 is alive.|So is No. 6.")]
    [InlineData("Was it 40%? Yes, in v1.3.", "Was it 40%?|Yes, in v1.3.")]
    [InlineData("no stop at the end", "no stop at the end")]
    [InlineData("   ", "")]
    public void Sentences_end_where_a_reader_ends_them(string text, string expected)
    {
        var sentences = SentenceSplitter.Split(text).Select(range => text[range]);
        Assert.Equal(expected, string.Join('|', sentences));
    }

    [Fact]
    public void A_sentence_without_an_end_is_cut_at_a_space()
    {
        var text = string.Join(' ', Enumerable.Repeat("word", 1000));
        var sentences = SentenceSplitter.Split(text).Select(range => text[range]).ToList();
        Assert.All(sentences, sentence => Assert.True(sentence.Length <= SentenceSplitter.SentenceCharsMax));
        Assert.Equal(text, string.Join(' ', sentences));
    }

    [Fact]
    public void A_million_letters_without_a_space_are_split_in_time()
    {
        var text = new string('x', 1_000_000);
        Assert.Equal(text.Length, SentenceSplitter.Split(text).Sum(range => text[range].Length));
    }
}
