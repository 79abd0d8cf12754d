using Edge.Assistant.Wiki;

namespace Edge.Assistant.Sides;

/// <summary>
/// The words that a stance is read from. English; short on purpose: a word that is often used without taking a side has
/// no place here.
/// </summary>
internal static class StanceWords
{
    /// <summary>They judge a thing as a whole, in a claim and in a note.</summary>
    public static readonly Dictionary<string, int> Judgements = Signs(
        "good great excellent useful helpful worth worthwhile worthy recommended recommendable advisable wise beneficial "
            + "ideal right better best fine okay",
        "bad terrible awful harmful useless worthless pointless unwise inadvisable dangerous risky wrong worse worst "
            + "detrimental counterproductive wasteful disastrous"
    );

    /// <summary>They judge a property. In a claim they are what it says; in a note they speak for or against the whole.</summary>
    public static readonly Dictionary<string, int> Properties = Signs(
        "fast simple cheap stable reliable safe healthy easy convenient robust pleasant comfortable affordable",
        "slow complicated complex expensive unstable unreliable unsafe unhealthy difficult inconvenient fragile brittle "
            + "confusing annoying painful uncomfortable unaffordable cumbersome buggy"
    );

    /// <summary>What a thing does to someone.</summary>
    public static readonly Dictionary<string, int> Effects = Signs(
        "helps help helped improves improve improved benefits benefited",
        "ruins ruin ruined harms harm harmed hurts hurt worsens worsen worsened spoils spoil spoiled disturbs disturb "
            + "disturbed damages damage damaged fails fail failed disrupts disrupt disrupted"
    );

    /// <summary>Advice at the head of a clause: "avoid X", "never X".</summary>
    public static readonly Dictionary<string, int> Advice = Signs(
        "recommend",
        "avoid never beware stop quit skip refuse reject"
    );

    /// <summary>The past of a decision: "we decided against X", "agreed to use X".</summary>
    public static readonly HashSet<string> Decisions = ClaimWords.Set(
        "decided agreed voted chose advise advises advised recommend recommends recommended"
    );

    /// <summary>Words that "for" and "against" make a side of: "an argument against X".</summary>
    public static readonly HashSet<string> Arguments = ClaimWords.Set(
        "argument arguments reason reasons case evidence decided voted advise advises advised speaks spoke warns warned"
    );

    /// <summary>"The problem with X is".</summary>
    public static readonly HashSet<string> Troubles = ClaimWords.Set(
        "problem problems trouble drawback drawbacks downside downsides"
    );

    public static readonly HashSet<string> Modals = ClaimWords.Set("should must ought");

    public static readonly HashSet<string> Copulas = ClaimWords.Set(
        "is are was were be been being seems seem seemed looks feels felt remains proved turned became becomes"
    );

    public static readonly HashSet<string> Negations = ClaimWords.Set(
        "not never no nobody none nothing neither nor without hardly barely cannot seldom rarely"
    );

    /// <summary>A sentence with one of these may not mean what it says: it takes no side.</summary>
    public static readonly HashSet<string> Hedges = ClaimWords.Set(
        "if unless whether maybe perhaps possibly might could would suppose imagine wonder assume otherwise unlike unsure "
            + "until either may wish hope hypothetically supposedly allegedly"
    );

    /// <summary>In a plain statement: it is not said to be so.</summary>
    public static readonly HashSet<string> Modal = ClaimWords.Set(
        "should must ought can shall will plan plans planned want wants wanted need needs going try tries asked ask wishes"
    );

    /// <summary>A new thought begins at these.</summary>
    public static readonly HashSet<string> Breaks = ClaimWords.Set(
        "but and or while whereas although though however because since so yet when then except - – —"
    );

    /// <summary>They say neither what a claim is about nor what is said of it.</summary>
    public static readonly HashSet<string> Generic = ClaimWords.Set(
        "use using used uses usage have having take taking get getting keep keeping do doing make making drink drinking eat "
            + "eating go going try trying adopt adopting choose choosing pick picking switch switching move moving buy buying "
            + "consider considering like love really very quite rather always generally usually often also just still simply "
            + "actually definitely clearly certainly please ever now therefore thus too more most our my your their his her "
            + "this these those such idea ideas thing choice option plan move decision habit practice fit deal known to be "
            + "people everyone someone one team we i you they it he she us me them"
    );

    /// <summary>Nouns behind a judgement that add nothing: "a bad idea".</summary>
    public static readonly HashSet<string> Neutral = ClaimWords.Set(
        "idea ideas thing things choice option plan move decision habit practice fit deal advice it doing trying"
    );

    /// <summary>What is said behind these is what counts: "Jens says that ...".</summary>
    public static readonly HashSet<string> Says = ClaimWords.Set(
        "says said thinks thought think believes believe found writes wrote argues that agreed concluded noted"
    );

    public static readonly HashSet<string> Pronouns = ClaimWords.Set("it this that them these those");

    public static readonly HashSet<string> Relatives = ClaimWords.Set("which who whose where whom");

    public static readonly HashSet<string> Prepositions = ClaimWords.Set(
        "before after at in on for with during from of to by near under over against without into about as"
    );

    /// <summary>Words of headings and list labels that say which side stands below.</summary>
    public static readonly Dictionary<string, int> Labels = Signs(
        "pro pros advantage advantages benefit benefits upside upsides strength strengths plus pluses",
        "con cons contra disadvantage disadvantages drawback drawbacks downside downsides weakness weaknesses risk risks "
            + "minus minuses limitations"
    );

    /// <summary>Headings above a label that do not change what it is about.</summary>
    public static readonly HashSet<string> GenericHeadings = ClaimWords.Set(
        "discussion notes note decision decisions evaluation overview summary review thoughts assessment comparison "
            + "analysis arguments argument pros cons advantages disadvantages opinion opinions experience experiences"
    );

    /// <summary>Each line two words that deny each other; given by their stems.</summary>
    private static readonly string[] Opposites =
    [
        "open closed",
        "open shut",
        "opens closes",
        "allowed forbidden",
        "allowed prohibited",
        "allowed banned",
        "increase decrease",
        "increases reduces",
        "rise fall",
        "accept reject",
        "accepted rejected",
        "enabled disabled",
        "start stop",
        "wins loses",
        "won lost",
        "hot cold",
        "like dislike",
        "love hate",
        "cheap expensive",
        "fast slow",
        "easy hard",
        "easy difficult",
        "simple complicated",
        "simple complex",
        "safe unsafe",
        "safe dangerous",
        "true false",
        "alive dead",
        "big small",
        "large small",
        "early late",
        "improves worsens",
        "helps harms",
        "strong weak",
        "healthy unhealthy",
        "reliable unreliable",
        "stable unstable",
        "possible impossible",
        "likes hates",
        "better worse",
        "faster slower",
        "cheaper dearer",
        "bigger smaller",
        "present absent",
        "public private",
        "full empty",
        "approved rejected",
        "passed failed",
        "succeeded failed",
        "heavy light",
        "wet dry",
        "legal illegal",
        "required optional",
    ];

    private static readonly Dictionary<string, HashSet<string>> OppositeStems = OppositeTable();

    /// <summary>Whether two stems deny each other.</summary>
    public static bool AreOpposite(string stem, string other) =>
        OppositeStems.TryGetValue(stem, out var denied) && denied.Contains(other);

    public static IReadOnlyCollection<string> OppositesOf(string stem) =>
        OppositeStems.TryGetValue(stem, out var denied) ? denied : [];

    /// <summary>Whether a word is there for its stance and never for what a text is about.</summary>
    public static bool IsCue(string word) =>
        Judgements.ContainsKey(word)
        || Effects.ContainsKey(word)
        || Advice.ContainsKey(word)
        || Negations.Contains(word)
        || Modals.Contains(word);

    private static Dictionary<string, int> Signs(string speakFor, string speakAgainst)
    {
        var signs = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (var word in speakFor.Split(' '))
            signs[word] = 1;
        foreach (var word in speakAgainst.Split(' '))
            signs[word] = -1;
        return signs;
    }

    private static Dictionary<string, HashSet<string>> OppositeTable()
    {
        var table = new Dictionary<string, HashSet<string>>(StringComparer.Ordinal);
        foreach (var pair in Opposites)
        {
            var stems = pair.Split(' ').Select(Text.Words.Stem).ToArray();
            Add(stems[0], stems[1]);
            Add(stems[1], stems[0]);
        }
        return table;

        void Add(string stem, string other)
        {
            if (!table.TryGetValue(stem, out var denied))
                table[stem] = denied = new HashSet<string>(StringComparer.Ordinal);
            denied.Add(other);
        }
    }
}
