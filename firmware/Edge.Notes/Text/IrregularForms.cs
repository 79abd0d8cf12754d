namespace Edge.Notes;

/// <summary>
/// English verbs and nouns whose forms no ending explains: "bought" is of "buy", "children" of "child". Left out are forms
/// that are as often another word in notes: saw, rose, ground, wound, bound, led, lay, bit, leaves, lives.
/// </summary>
public static class IrregularForms
{
    /// <summary>Each line is one word, its base first.</summary>
    public static IReadOnlyList<string> Groups { get; } =
    [
        "awake awoke awoken",
        "become became",
        "begin began begun",
        "bend bent",
        "bite bitten",
        "bleed bled",
        "blow blew blown",
        "break broke broken",
        "breed bred",
        "bring brought",
        "build built",
        "burn burnt",
        "buy bought",
        "catch caught",
        "choose chose chosen",
        "come came",
        "creep crept",
        "deal dealt",
        "dig dug",
        "draw drew drawn",
        "dream dreamt",
        "drink drank drunk",
        "drive drove driven",
        "eat ate eaten",
        "fall fell fallen",
        "feed fed",
        "feel felt",
        "fight fought",
        "find found",
        "flee fled",
        "fly flew flown",
        "forbid forbade forbidden",
        "forget forgot forgotten",
        "forgive forgave forgiven",
        "freeze froze frozen",
        "give gave given",
        "go went gone",
        "grow grew grown",
        "hang hung",
        "hear heard",
        "hide hid hidden",
        "hold held",
        "keep kept",
        "kneel knelt",
        "know knew known",
        "learn learnt",
        "leave left",
        "lend lent",
        "light lit",
        "lose lost",
        "make made",
        "meet met",
        "pay paid",
        "ride rode ridden",
        "ring rang rung",
        "rise risen",
        "run ran",
        "say said",
        "see seen",
        "seek sought",
        "sell sold",
        "send sent",
        "shake shook shaken",
        "shine shone",
        "shoot shot",
        "shrink shrank shrunk",
        "sing sang sung",
        "sink sank sunk",
        "sit sat",
        "sleep slept",
        "slide slid",
        "speak spoke spoken",
        "spell spelt",
        "spend spent",
        "spin spun",
        "spoil spoilt",
        "spring sprang sprung",
        "stand stood",
        "steal stole stolen",
        "stick stuck",
        "strike struck stricken",
        "swear swore sworn",
        "sweep swept",
        "swell swollen",
        "swim swam swum",
        "swing swung",
        "take took taken",
        "teach taught",
        "tear torn",
        "tell told",
        "think thought",
        "throw threw thrown",
        "understand understood",
        "wake woke woken",
        "wear wore worn",
        "weep wept",
        "win won",
        "withdraw withdrew withdrawn",
        "write wrote written",
        "child children",
        "foot feet",
        "goose geese",
        "half halves",
        "knife knives",
        "loaf loaves",
        "man men",
        "mouse mice",
        "shelf shelves",
        "thief thieves",
        "tooth teeth",
        "wife wives",
        "wolf wolves",
        "woman women",
    ];

    private static readonly Dictionary<string, string> Bases = Build();

    /// <summary>The word itself when it is regular or unknown.</summary>
    /// <param name="folded">As <see cref="TextWords.Split"/> gives it.</param>
    public static string BaseOf(string folded) => Bases.GetValueOrDefault(folded, folded);

    private static Dictionary<string, string> Build()
    {
        var bases = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var forms in Groups.Select(group => group.Split(' ')))
        foreach (var form in forms.Skip(1))
            bases.Add(form, forms[0]);
        return bases;
    }
}
