using Edge.Assistant.Evaluation;

namespace Edge.Assistant.Tests;

/// <summary>Scores against values worked out by hand.</summary>
public sealed class ScoreTests
{
    [Theory]
    [InlineData("The Eiffel-Tower, in  Paris!", "eiffeltower in paris")]
    [InlineData("an apple a day", "apple day")]
    [InlineData("Theatre and anthem", "theatre and anthem")]
    [InlineData("$1,000.50", "100050")]
    [InlineData("a", "")]
    public void A_text_is_normalised_as_SQuAD_does(string text, string expected) =>
        Assert.Equal(expected, SquadScore.Normalise(text));

    [Theory]
    // 3 of 5 words said are among the 4 wanted: 2 * 3 / (5 + 4).
    [InlineData("on a cold Monday in March", "cold Monday of March", 0, 6.0 / 9)]
    [InlineData("the 4th of May", "4th of May", 1, 1)]
    [InlineData("blue blue blue", "blue green", 0, 2.0 / 5)]
    [InlineData("the", "a", 1, 1)]
    [InlineData("", "May", 0, 0)]
    public void Exact_and_F1_are_what_a_hand_computes(string said, string gold, double exact, double f1)
    {
        var scores = SquadScore.Of(said, refused: false, [gold]);
        Assert.Equal(exact, scores.Exact);
        Assert.Equal(f1, scores.F1, 12);
    }

    [Fact]
    public void The_best_of_several_answers_counts() =>
        Assert.Equal((1, 1), SquadScore.Of("Oslo", refused: false, ["Bergen", "oslo.", "in Oslo"]));

    [Theory]
    [InlineData(true, 0, 1)]
    [InlineData(false, 0, 0)]
    [InlineData(true, 1, 0)]
    public void A_refusal_is_right_where_there_is_no_answer_and_only_there(bool refused, int answers, double score)
    {
        var scores = SquadScore.Of("Oslo", refused, [.. Enumerable.Repeat("Oslo", answers)]);
        Assert.Equal((score, score), scores);
    }

    [Theory]
    // police kill the gunman / police killed the gunman: with stems all four words agree.
    [InlineData("police kill the gunman", "police killed the gunman", 1, 1, 1)]
    // the gunman kill police: words 4 of 4, pairs "the gunman" 1 of 3, longest subsequence "the gunman" 2 of 4.
    [InlineData("the gunman kill police", "police killed the gunman", 1, 1.0 / 3, 0.5)]
    // 2 shared of 3 and 5: 2 * 2 / 8; one pair of 2 and 4: 2 * 1 / 6.
    [InlineData("Two red cars", "I saw two red boats", 0.5, 1.0 / 3, 0.5)]
    [InlineData("a a a", "a b", 0.4, 0, 0.4)]
    [InlineData("word", "word", 1, 0, 1)]
    [InlineData("", "word", 0, 0, 0)]
    [InlineData("...", "", 0, 0, 0)]
    public void Rouge_is_what_a_hand_computes(string said, string gold, double one, double two, double l)
    {
        var scores = Rouge.Of(said, gold);
        Assert.Equal(one, scores.One, 12);
        Assert.Equal(two, scores.Two, 12);
        Assert.Equal(l, scores.L, 12);
    }

    [Fact]
    public void Words_of_more_than_three_letters_are_stemmed_after_Porter()
    {
        // From the steps of Porter's paper, a pair or two for each rule, and what the NLTK does otherwise.
        const string words =
            "caresses ponies caress cats feed agreed plastered motoring sing conflated troubled sized hopping falling "
            + "hissing fizzed failing filing happy sky relational conditional valenci digitizer conformabli radicalli "
            + "differentli vileli analogousli vietnamization predication operator feudalism decisiveness hopefulness "
            + "callousness formaliti sensitiviti sensibiliti triplicate formative formalize electriciti electrical "
            + "hopeful goodness revival allowance inference airliner gyroscopic adjustable defensible irritant "
            + "replacement adjustment dependent adoption homologou communism activate angulariti homologous effective "
            + "bowdlerize probate rate cease controll roll dies died enjoy dying innings geology apologize";
        const string stems =
            "caress poni caress cat feed agre plaster motor sing conflat troubl size hop fall "
            + "hiss fizz fail file happi sky relat condit valenc digit conform radic "
            + "differ vile analog vietnam predic oper feudal decis hope "
            + "callous formal sensit sensibl triplic form formal electr electr "
            + "hope good reviv allow infer airlin gyroscop adjust defens irrit "
            + "replac adjust depend adopt homolog commun activ angular homolog effect "
            + "bowdler probat rate ceas control roll die die enjoy die inning geolog apolog";
        Assert.Equal(stems.Split(' '), words.Split(' ').Select(word => Rouge.Tokens(word).Single()));
        Assert.Equal(["was", "x", "2", "5", "kg"], Rouge.Tokens("Was ×x 2.5-kg"));
    }

    [Theory]
    [InlineData("Anna paid 300 euros.", false)]
    [InlineData("Robert paid 300 euros.", true)]
    [InlineData("Anna paid 301 euros.", true)]
    [InlineData("The seeds were paid.", false)]
    public void A_name_or_number_that_the_text_lacks_is_invented(string written, bool invented) =>
        Assert.Equal(invented, SummariesEvaluation.Invents(written, "In March Anna pays 300 euros for seed."));

    [Fact]
    public void The_baselines_are_the_best_and_the_first_sentence()
    {
        const string text = "# Garden\nWe met on Tuesday. The budget for seeds is 300 euros.\nAnna buys tools.";
        Assert.Equal(
            "The budget for seeds is 300 euros.",
            Baselines.BestSentence(text, "What is the budget for the seeds?")
        );
        Assert.Equal("# Garden", Baselines.BestSentence(text, "Quoi?"));
        Assert.Equal("# Garden", Baselines.Lead(text));
        Assert.Equal("", Baselines.BestSentence(" \n", "What?"));
        Assert.Equal("", Baselines.Lead(""));
    }
}
