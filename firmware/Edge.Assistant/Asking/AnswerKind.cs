using System.Text.RegularExpressions;

namespace Edge.Assistant.Asking;

/// <summary>What an answer must look like, as far as the question says.</summary>
internal enum AnswerKind
{
    Any,
    Number,
    Duration,
    Days,
    Temperature,
    Percent,
    Money,
    Date,
    Person,
    Ratio,
    Meaning,
    Length,
    Option,
    Command,
    Address,
    Reason,
}

/// <summary>Reads the kind off the question's words and looks for it in a text.</summary>
internal static partial class AnswerKinds
{
    public static AnswerKind Of(string question)
    {
        foreach (var (asks, kind) in Rules)
        {
            if (asks.IsMatch(question))
                return kind;
        }
        return AnswerKind.Any;
    }

    /// <summary>Whether a text holds something of that kind. <see cref="AnswerKind.Any"/> is always there.</summary>
    public static bool Stands(AnswerKind kind, string text) =>
        kind switch
        {
            AnswerKind.Number => Number().IsMatch(text),
            AnswerKind.Duration => Duration().IsMatch(text),
            AnswerKind.Days => Days().IsMatch(text),
            AnswerKind.Temperature => Temperature().IsMatch(text),
            AnswerKind.Percent => Percent().IsMatch(text),
            AnswerKind.Money => Money().IsMatch(text),
            AnswerKind.Date => Date().IsMatch(text),
            AnswerKind.Person => Person().IsMatch(text),
            AnswerKind.Ratio => Ratio().IsMatch(text),
            AnswerKind.Meaning => Meaning().IsMatch(text),
            AnswerKind.Length => Length().IsMatch(text),
            AnswerKind.Option => Option().IsMatch(text),
            AnswerKind.Command => Command().IsMatch(text),
            AnswerKind.Address => Address().IsMatch(text),
            AnswerKind.Reason => Reason().IsMatch(text),
            _ => true,
        };

    /// <summary>Whether the answer is a figure with a unit, which a text either has or has not.</summary>
    public static bool IsFigure(AnswerKind kind) =>
        kind
            is AnswerKind.Number
                or AnswerKind.Duration
                or AnswerKind.Days
                or AnswerKind.Temperature
                or AnswerKind.Percent
                or AnswerKind.Money
                or AnswerKind.Date
                or AnswerKind.Ratio
                or AnswerKind.Length;

    /// <summary>Whether a text may answer a question of that kind: "how long" is asked of roads and letters, too.</summary>
    public static bool MayAnswer(AnswerKind kind, string text) =>
        Stands(kind, text) || (kind == AnswerKind.Duration && (Length().IsMatch(text) || Extent().IsMatch(text)));

    /// <summary>Whether the answer has a form of its own that other text hardly has, such as "-C" or "example.com".</summary>
    public static bool HasForm(AnswerKind kind) => IsFigure(kind) || kind is AnswerKind.Option or AnswerKind.Address;

    private static readonly (Regex Asks, AnswerKind Kind)[] Rules =
    [
        (AsksTemperature(), AnswerKind.Temperature),
        (AsksPercent(), AnswerKind.Percent),
        (AsksRatio(), AnswerKind.Ratio),
        (AsksMoney(), AnswerKind.Money),
        (AsksDays(), AnswerKind.Days),
        (AsksDuration(), AnswerKind.Duration),
        (AsksDate(), AnswerKind.Date),
        (AsksPerson(), AnswerKind.Person),
        (AsksLength(), AnswerKind.Length),
        (AsksNumber(), AnswerKind.Number),
        (AsksMeaning(), AnswerKind.Meaning),
        (AsksOption(), AnswerKind.Option),
        (AsksCommand(), AnswerKind.Command),
        (AsksAddress(), AnswerKind.Address),
        (AsksReason(), AnswerKind.Reason),
    ];

    private const RegexOptions Plain = RegexOptions.IgnoreCase | RegexOptions.CultureInvariant;

    [GeneratedRegex(
        @"\b(what|which) [\w ]{0,30}temperature|\bhow (hot|warm|cold)\b|\btemperature\b.*\?|\bdegrees\b",
        Plain
    )]
    private static partial Regex AsksTemperature();

    [GeneratedRegex(
        @"\bpercent|\bwhat (share|proportion|fraction)|\b(alcohol|abv)\b.*\bstrength|\bstrength\b.*\b(alcohol|abv)",
        Plain
    )]
    private static partial Regex AsksPercent();

    [GeneratedRegex(@"\bratio\b", Plain)]
    private static partial Regex AsksRatio();

    [GeneratedRegex(
        @"\bhow (much|expensive)\b.*\b(cost|costs|pay|paid|price|charge|euros?|dollars?|pounds|fee|spend|spent)\b|\b(price|fee|budget|cost) (of|for|is|was|did)\b",
        Plain
    )]
    private static partial Regex AsksMoney();

    [GeneratedRegex(@"\bhow many (days|nights|weeks|months|years)\b", Plain)]
    private static partial Regex AsksDays();

    [GeneratedRegex(
        @"\bhow (long|often|soon|quickly|frequently)\b|\bhow many (seconds|minutes|hours)\b|\btime ?(limit|out)\b|\bfor how long\b",
        Plain
    )]
    private static partial Regex AsksDuration();

    [GeneratedRegex(
        @"^\W*when (is|was|were|did|does|do|will|are|should)\b|\b(what|which) (year|date|day|month|time)\b|\bwhat is the (date|time)\b",
        Plain
    )]
    private static partial Regex AsksDate();

    [GeneratedRegex(@"^\W*who\b|\bwhose\b|\bwho (is|was|did|took|has|will)\b", Plain)]
    private static partial Regex AsksPerson();

    [GeneratedRegex(
        @"\bhow (thin|thick|wide|tall|deep|big|large|high|far)\b|\bwhat (size|diameter|thickness)\b",
        Plain
    )]
    private static partial Regex AsksLength();

    [GeneratedRegex(
        @"\bhow (many|much|old)\b|\b(what|which) (number|amount|quantity|version|port)\b|\b(phone|telephone|flight|house|room) number\b"
            + @"|\bwhat('s| is| was| are| were) [\w ]{0,30}\b(number of|amount of|rating|score)\b",
        Plain
    )]
    private static partial Regex AsksNumber();

    [GeneratedRegex(@"^\W*what (is|are|was) (an? )?[\w.-]+\?*$|\bmean\b|\bstand for\b", Plain)]
    private static partial Regex AsksMeaning();

    [GeneratedRegex(@"\b(what|which) ([\w.-]+ ){0,2}(option|flag|switch)\b", Plain)]
    private static partial Regex AsksOption();

    [GeneratedRegex(
        @"\b(what|which) ([\w.-]+ ){0,2}(domain|host|hostname|url|website|web ?site|web page|e-?mail)\b",
        Plain
    )]
    private static partial Regex AsksAddress();

    [GeneratedRegex(
        @"\b(what|which) (shell |terminal )?(command|setting|attribute|parameter|argument|environment variable|keyboard shortcut|function|method)\b",
        Plain
    )]
    private static partial Regex AsksCommand();

    [GeneratedRegex(@"^\W*why\b|\bfor what reason\b|\bhow come\b", Plain)]
    private static partial Regex AsksReason();

    [GeneratedRegex(
        @"\bbecause\b|\bsince\b|\bso that\b|\bdue to\b|\breasons?\b|\bin order to\b|\bto (avoid|prevent|make|keep)\b",
        Plain
    )]
    private static partial Regex Reason();

    /// <summary>A number that stands by itself: not those of "OAuth2" and "k8s", nor the year behind a title, "(2018)".</summary>
    private const string Figure =
        @"((?<![\p{L}_\d])(?!(?<=\()(19|20)\d\d\))\d|[½¼¾⅓⅔⅛]|\b(one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|fifteen|twenty|thirty|forty|sixty|a couple of|a few|several|half)\b)";

    /// <summary>A number and what is counted a few words behind it; the unit follows.</summary>
    private const string FigureOf = Figure + @"[\w .,+–-]{0,20}?\b";

    [GeneratedRegex(Figure, Plain)]
    private static partial Regex Number();

    [GeneratedRegex(
        FigureOf
            + @"(s|secs?|seconds?|min|mins|minutes?|h|hrs?|hours?|days?|nights?|weeks?|months?|years?)\b|\b(overnight|daily|weekly|monthly|hourly|yearly|annually|(an|per|every|each|a) (hour|minute|day|week|month|year|night)|once|twice|forever|indefinitely)\b",
        Plain
    )]
    private static partial Regex Duration();

    [GeneratedRegex(
        FigureOf
            + @"(pages?|words?|lines?|letters|characters?|chapters?|sentences?|paragraphs?|episodes?)\b"
            + @"|\b(never|always|rarely|seldom|sparingly|regularly|occasionally|sometimes|frequently|usually)\b",
        Plain
    )]
    private static partial Regex Extent();

    [GeneratedRegex(
        FigureOf
            + @"(days?|nights?|weeks?|months?|years?)\b|\b(overnight|a (day|week|month|year|night)|once|twice|forever|indefinitely)\b",
        Plain
    )]
    private static partial Regex Days();

    [GeneratedRegex(
        @"\d\s*(°|º|˚|degrees|deg\b|[CFK]\b)|\b(room temperature|low|medium|high|medium-high|medium-low) (heat|temperature)|\broom temperature\b|\bboiling\b",
        Plain
    )]
    private static partial Regex Temperature();

    [GeneratedRegex(@"\d\s*(%|percent|per cent|pct)|\b(half|a third|a quarter|two thirds|majority|most)\b", Plain)]
    private static partial Regex Percent();

    [GeneratedRegex(
        @"[$€£¥]\s*\d|\d\s*([$€£¥]|euros?\b|dollars?\b|pounds?\b|usd\b|eur\b|gbp\b|cents?\b|k\b)|\b(free|no charge)\b",
        Plain
    )]
    private static partial Regex Money();

    [GeneratedRegex(
        @"\b(1[89]|20)\d\d\b|\b(jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\b|\b(mon|tues|wednes|thurs|fri|satur|sun)day|\b\d{1,2}[:.]\d\d\b|\b\d{1,2}(am|pm|th|st|nd|rd)\b|\b(today|tomorrow|yesterday|spring|summer|autumn|fall|winter|next (week|month|year)|Q[1-4]|when|after|before|only|until)\b",
        Plain
    )]
    private static partial Regex Date();

    [GeneratedRegex(
        @"\p{Lu}[\p{Ll}'’-]+ \p{Lu}[\p{L}'’.-]*|(?<=[\p{Ll}\d,;)] )\p{Lu}\p{Ll}+|@\w|^\p{Lu}\p{Ll}+ (will|has|had|is|was|did|said)\b",
        RegexOptions.CultureInvariant
    )]
    private static partial Regex Person();

    [GeneratedRegex(@"\d\s*:\s*\d|\bto\b.*\bparts?\b|\bparts?\b|\bequal\b|\bratio\b|\d\s*/\s*\d", Plain)]
    private static partial Regex Ratio();

    [GeneratedRegex(
        @"\b(is|are|was) (a|an|the|used|when|where|what)\b|\bmeans?\b|\bstands for\b|\brefers? to\b|\bcalled\b|\bdefined\b|\bknown as\b|\ballows?\b|\blets\b",
        Plain
    )]
    private static partial Regex Meaning();

    [GeneratedRegex(
        @"\d\s*(""|″|''|-?inch|in\b|cm\b|mm\b|m\b|ft\b|feet|foot|metres?|meters?|km\b|miles?|[kmgt]i?b\b|bytes|px\b|quart|l\b|liter|litre|x\s*\d)|\b(thumb|finger|palm|bite)|\bas (thin|thick|large|big)",
        Plain
    )]
    private static partial Regex Length();

    [GeneratedRegex(
        @"\b[\w-]+[=(/:.][\w""'-]|--?\w|\$\w|\b[a-z]+_[a-z_]+\b|[<{`]|^\s*[a-z]+ -",
        RegexOptions.CultureInvariant
    )]
    private static partial Regex Command();

    /// <summary>"-C", "--all", "/S".</summary>
    [GeneratedRegex(@"(?<![\w-])(--?[A-Za-z][\w-]*|/[A-Za-z?]\b(?!/))", RegexOptions.CultureInvariant)]
    private static partial Regex Option();

    [GeneratedRegex(@"\b[a-z0-9-]+(\.[a-z0-9-]+)*\.[a-z]{2,}\b|://|\blocalhost\b", Plain)]
    private static partial Regex Address();
}
