namespace Edge.Link.Messages;

/// <param name="As">"both-sides" asks what speaks for a claim and against it, "council" what every model of the device
/// answers; null for an answer. A device that is older than these answers as it always did.</param>
public sealed record AskRequest(string Question, string? As = null)
{
    public const string BothSides = "both-sides";
    public const string Council = "council";
}

/// <param name="Note">Path of the note.</param>
/// <param name="FirstLine">From 1.</param>
/// <param name="LastLine">Included.</param>
/// <param name="Quote">The lines as they stand.</param>
public sealed record Citation(string Note, int FirstLine, int LastLine, string Quote);

/// <param name="Refused">The notes do not say.</param>
/// <param name="Confidence">0 to 1.</param>
/// <param name="Ms">From question to answer, on the device.</param>
/// <param name="WrittenBy">The model's name, or "quoted" when the answer is the notes' own words.</param>
public sealed record AskReply(
    string Answer,
    bool Refused,
    IReadOnlyList<Citation> Citations,
    double Confidence,
    double Ms,
    string WrittenBy
)
{
    /// <summary>What the cited notes hide from their readers; null from a device that does not look, or when it is nothing.</summary>
    public IReadOnlyList<HiddenText>? Hidden { get; init; }
}

/// <summary>A line of a note that hides something from its reader. The device did not read what is hidden.</summary>
/// <param name="Note">Path of the note; "" for text that is no note.</param>
/// <param name="Line">From 1.</param>
/// <param name="Kind">"html_comment", "zero_width", "bidirectional" or "tag_characters"; a later device may know more.</param>
public sealed record HiddenText(string Note, int Line, string Kind);

/// <param name="FirstLine">From 1.</param>
/// <param name="LastLine">Included.</param>
public sealed record SourceLines(int FirstLine, int LastLine);

/// <param name="For">What speaks for the claim, best first.</param>
/// <param name="Against">What speaks against it, best first.</param>
/// <param name="Ms">From claim to reply, on the device.</param>
public sealed record SidesReply(string Claim, IReadOnlyList<Citation> For, IReadOnlyList<Citation> Against, double Ms);

/// <summary>One answer of a council.</summary>
/// <param name="Model">Who gave it, or "quoted".</param>
/// <param name="Scores">By each model's name: mean log probability of a token of the answer, nats.</param>
public sealed record CouncilVoice(string Model, string Answer, IReadOnlyDictionary<string, double> Scores);

/// <param name="WrittenBy">Whose answer it is, or "quoted".</param>
/// <param name="Voices">All answers, the best supported first.</param>
/// <param name="Remark">Why there was no council to speak of, or null.</param>
/// <param name="Ms">From question to answer, on the device.</param>
public sealed record CouncilReply(
    string Answer,
    bool Refused,
    IReadOnlyList<Citation> Citations,
    string WrittenBy,
    IReadOnlyList<CouncilVoice> Voices,
    string? Remark,
    double Ms
);

/// <summary>Exactly one of note and text is given: a note of the device, or text.</summary>
/// <param name="As">"actions" asks for what a note says is to be done or was decided; null for a summary.</param>
public sealed record SummarizeRequest(string? Note, string? Text, string? As = null)
{
    public const string Actions = "actions";
}

public sealed record SummaryReply(string? Note, string Headline, string Text, string WrittenBy)
{
    /// <summary>Where each sentence comes from; null from a device that does not say, or when there is none.</summary>
    public IReadOnlyList<SourceLines>? Sources { get; init; }

    /// <summary>As <see cref="AskReply.Hidden"/>, of what was summarised.</summary>
    public IReadOnlyList<HiddenText>? Hidden { get; init; }
}

public sealed record CaptureRequest(string Text);

/// <param name="Note">Path of the new note.</param>
public sealed record CaptureReply(string Note, string Title);

/// <param name="Page">From 1, newest first.</param>
/// <param name="PageSize">1 to 100.</param>
public sealed record FeedRequest(int Page, int PageSize);

/// <param name="Date">yyyy-MM-dd, or null when the note has none.</param>
public sealed record FeedEntry(string Note, string? Date, string Headline, string Text, string WrittenBy);

/// <param name="Total">Entries on all pages.</param>
public sealed record FeedReply(IReadOnlyList<FeedEntry> Entries, int Page, int PageSize, int Total);
