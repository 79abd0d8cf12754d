namespace Edge.Link.Messages;

/// <param name="Stage">For people: "receiving model", "self-test", "indexing".</param>
/// <param name="Done">Of <paramref name="Total"/>; the unit is the stage's (bytes, notes).</param>
/// <param name="Total">0 when it is not known.</param>
public sealed record ProgressEvent(string Stage, long Done, long Total);

/// <summary>The next piece of an answer while it is made.</summary>
public sealed record TextEvent(string Text);

/// <summary>
/// What a device sends while it works and when it is done, on flash, sync-index, ask and summarize: one member is set. The
/// one that is not progress or text is the end. A host skips an event without a member it knows.
/// </summary>
public sealed record DeviceEvent
{
    public ProgressEvent? Progress { get; init; }
    public TextEvent? Text { get; init; }
    public FlashReply? Flash { get; init; }
    public IndexedReply? Indexed { get; init; }
    public AskReply? Ask { get; init; }
    public SummaryReply? Summary { get; init; }
    public SidesReply? Sides { get; init; }
    public CouncilReply? Council { get; init; }
}
