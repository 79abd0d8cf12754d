using Edge.Assistant.Writing;

namespace Edge.Assistant.Tests;

public sealed class SpanFitTests
{
    private const string Passage =
        "The fleet left Cadiz on 4 May 1797 under Admiral Nelson. A military victory followed, although the harbour was "
        + "small and nobody had expected the storm. Some said that the weather of the week decided it.";

    [Theory]
    [InlineData("When did the fleet leave Cadiz?", "4 May 1797", "Admiral Nelson")]
    [InlineData("Who led the fleet that left Cadiz?", "Admiral Nelson", "4 May 1797")]
    [InlineData("Who led the fleet that left Cadiz?", "Admiral Nelson", "small")]
    [InlineData("What kind of victory was it?", "military", "small")]
    [InlineData("Which admiral left Cadiz?", "Nelson", "Cadiz")]
    [InlineData("What was small?", "the harbour", "4")]
    [InlineData("What decided it?", "the weather", "of the week")]
    public void The_answer_fits_better_than_another_stretch(string question, string answer, string other)
    {
        var fit = new SpanFit(Passage, question);
        Assert.True(fit.Of(At(answer)) > fit.Of(At(other)), $"{fit.Of(At(answer))} and {fit.Of(At(other))}");
    }

    [Theory]
    [InlineData("")]
    [InlineData("?!")]
    [InlineData("what is it")]
    [InlineData("무엇이 항구를 떠났나")]
    public void Any_question_gives_a_number(string question)
    {
        var of = new SpanFit(Passage, question).Of(At("Nelson"));
        Assert.InRange(of, -20, 0);
    }

    private static GroundedSpan At(string text) =>
        new(text, Passage.IndexOf(text, StringComparison.Ordinal), LogProbability: -1, Tokens: 1);
}
