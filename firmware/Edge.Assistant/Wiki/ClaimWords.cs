namespace Edge.Assistant.Wiki;

/// <summary>The words that <see cref="ClaimReader"/> goes by. English; other languages give fields and nothing else.</summary>
internal static class ClaimWords
{
    /// <summary>A value may follow these.</summary>
    public static readonly HashSet<string> Verbs = Set(
        "is are was were be costs cost takes take took has have had needs need lasts weighs weigh measures contains starts "
            + "start begins begin ends end opens open closes close expires arrives leaves departs equals pays earns holds "
            + "seats happens allows requires runs paid bought sold signed ordered booked received spent started ended "
            + "arrived expired moved lives lived works worked married born died"
    );

    /// <summary>Forms of "to be" and "to have", and others that say nothing of the subject.</summary>
    public static readonly HashSet<string> Auxiliaries = Set(
        "is are was were be has have had can will shall should must does do did needs need"
    );

    /// <summary>These may stand between verb and value.</summary>
    public static readonly HashSet<string> Fillers = Set(
        "on at in by until set fixed due exactly only now currently still"
    );

    /// <summary>A sentence with one of these may hold beside its opposite.</summary>
    public static readonly HashSet<string> Hedges = Set(
        "if when whenever unless whether or may might could would maybe perhaps probably usually often sometimes either "
            + "neither example e.g suppose assume imagine instead otherwise although though but however while unlike except "
            + "until before after once because since so then than as least most about around approximately roughly nearly "
            + "almost up between almost per another others no nothing none nobody without respectively versus vs"
    );

    /// <summary>A subject with one of these means another thing in each note.</summary>
    public static readonly HashSet<string> Pointers = Set(
        "this that these those it its they them their he him she her we us i me you your there here what which who "
            + "next last previous today tomorrow yesterday current currently new old following above below latest first "
            + "second third other another same such each every some many all any both one upcoming former latter now"
    );

    /// <summary>Left out of a subject.</summary>
    public static readonly HashSet<string> Empty = Set(
        "the a an our my now currently today already only just still exactly also please really very"
    );

    /// <summary>Words that name a property, not a thing: they do not tell one subject from another.</summary>
    public static readonly HashSet<string> Generic = Set(
        "default value limit size total result output input example option answer number version time date day line step "
            + "chapter figure table page section item part test name id amount count rest code command file function method "
            + "parameter argument variable property field type list array object string key index response request status "
            + "class user image width height length minute hour second week month year price cost start end due prep cook "
            + "serving yield duration created updated modified published rating score level priority order rule note topic "
            + "title author source tag category language set use work case problem thing way point service port path meeting "
            + "release need take last begin run require contain hold allow attend estimate average max maximum "
            + "min minimum recommend column row character word sentence text element number people person"
    );

    public static HashSet<string> Set(string words) => new(words.Split(' '), StringComparer.Ordinal);
}
