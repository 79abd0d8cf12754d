using Edge.Assistant.Wiki;
using Edge.Notes;

namespace Edge.Assistant.Tests.Wiki;

public sealed class TopicNameTests
{
    [Theory]
    [InlineData("../Seed List", "seed-list")]
    [InlineData("project/Garden", "project-garden")]
    [InlineData("Café crème", "cafe-creme")]
    [InlineData("Cafe\u0301", "cafe")]
    [InlineData("C++", "cplusplus")]
    [InlineData("C#", "csharp")]
    [InlineData("हिन्दी नोट", "हिन्दी-नोट")]
    [InlineData("花园", "花园")]
    [InlineData("Anna's plan", "annas-plan")]
    public void A_name_becomes_words_with_dashes(string name, string stem) => Assert.Equal(stem, TopicName.Stem(name));

    [Theory]
    [InlineData("")]
    [InlineData("..")]
    [InlineData("🎉")]
    [InlineData("❤️")]
    [InlineData("\0\n/\\")]
    [InlineData("\uD800")]
    [InlineData("con")]
    [InlineData("INDEX")]
    [InlineData("log")]
    public void A_name_that_cannot_be_one_gets_a_hash(string name)
    {
        var stem = TopicName.Stem(name);
        Assert.Null(NotePath.Problem(stem + ".md"));
        Assert.Matches("-[0-9a-f]{8}$", stem);
    }

    [Fact]
    public void Long_names_are_cut_to_different_stems()
    {
        var (first, second) = (
            TopicName.Stem(new string('字', 300) + "a"),
            TopicName.Stem(new string('字', 300) + "b")
        );
        Assert.NotEqual(first, second);
        Assert.True(System.Text.Encoding.UTF8.GetByteCount(first) < 200);
    }
}
