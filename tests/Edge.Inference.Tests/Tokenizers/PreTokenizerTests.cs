using Edge.Inference.Tokenizers;

namespace Edge.Inference.Tests.Tokenizers;

public class PreTokenizerTests
{
    [Theory]
    [InlineData("gpt-2", "I'll say  'RE 123!", "I|'ll| say| | '|RE| 123|!")]
    [InlineData("gpt-2", "a\n\n b \t", "a|\n\n| b| \t")]
    [InlineData("gpt-2", "don't", "don|'t")]
    [InlineData("llama-bpe", "I'LL say  'RE 12345!", "I|'LL| say| | '|RE| |123|45|!")]
    [InlineData("llama-bpe", "x=1;\r\n\r\n  y", "x|=|1|;\r\n\r\n| | y")]
    [InlineData("llama-bpe", "a \n \n  b", "a| \n \n| | b")]
    [InlineData("llama-bpe", "\tword (word) _word", "\tword| (|word|)| _|word")]
    [InlineData("llama3", "end   ", "end|   ")]
    [InlineData("llama-v3", "\nx", "\n|x")]
    [InlineData("smollm", "in 2024, x12", "in| |2|0|2|4|,| x|1|2")]
    [InlineData("starcoder", "   3", "   |3")]
    [InlineData("refact", "a  b's", "a| | b|'s")]
    [InlineData("default", "Hi, 12345 it's $5", "Hi|,| |123|45| it|'|s| |$|5")]
    public void A_text_splits_where_the_family_splits_it(string family, string text, string expected)
    {
        Assert.Equal(expected, string.Join('|', Words(family, text)));
    }

    [Fact]
    public void Letters_and_digits_beyond_the_basic_plane_are_letters_and_digits()
    {
        // Gothic letters, mathematical digits, an emoji: all surrogate pairs.
        Assert.Equal(
            ["a\U00010330\U00010331", "\U0001D7D8\U0001D7D9", "\U0001F680"],
            Words("gpt-2", "a\U00010330\U00010331\U0001D7D8\U0001D7D9\U0001F680")
        );
        Assert.Equal(["\U0001D7D8", "\U0001D7D9", " \U00010330"], Words("smollm", "\U0001D7D8\U0001D7D9 \U00010330"));
        Assert.Equal(
            ["\U0001D7D8\U0001D7D8\U0001D7D8", "\U0001D7D8"],
            Words("llama-bpe", "\U0001D7D8\U0001D7D8\U0001D7D8\U0001D7D8")
        );
    }

    [Theory]
    [InlineData("gpt-2")]
    [InlineData("llama-bpe")]
    [InlineData("smollm")]
    [InlineData("default")]
    public void The_words_cover_the_text(string family)
    {
        var random = new Random(3);
        for (var i = 0; i < 2_000; i++)
        {
            var text = string.Concat(
                Enumerable.Range(0, random.Next(12)).Select(_ => " '\r\nas12!é\uD800\uDC00$~\u00A0"[random.Next(15)])
            );
            Assert.Equal(text, string.Concat(Words(family, text)));
            Assert.DoesNotContain("", Words(family, text));
        }
    }

    private static List<string> Words(string family, string text)
    {
        var words = new List<string>();
        var start = 0;
        foreach (var end in text.Length == 0 ? [] : PreTokenizer.Find(family)!.Split(text))
        {
            words.Add(text[start..end]);
            start = end;
        }
        return words;
    }
}
