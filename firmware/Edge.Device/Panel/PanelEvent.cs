namespace Edge.Device.Panel;

/// <summary>Something the panel should know.</summary>
public abstract record PanelEvent
{
    private PanelEvent() { }

    public sealed record Pressed(PanelButton Button) : PanelEvent;

    public sealed record Named(string DeviceName) : PanelEvent;

    /// <param name="Name">Null: no model that works.</param>
    /// <param name="Problem">Why not, or null when none was installed.</param>
    public sealed record ModelChanged(string? Name, string? Problem = null) : PanelEvent;

    public sealed record NotesCounted(int Count) : PanelEvent;

    /// <param name="Host">Null: the link is down.</param>
    public sealed record LinkChanged(string? Host) : PanelEvent;

    /// <param name="What">Null: nothing any more.</param>
    /// <param name="Share">0 to 1, or negative when not known.</param>
    public sealed record BusyChanged(string? What, double Share = -1) : PanelEvent;

    /// <summary>A question came; its answer follows piece by piece.</summary>
    public sealed record Asked(string Question) : PanelEvent;

    public sealed record AnswerGrew(string Text) : PanelEvent;

    /// <param name="Text">The whole answer.</param>
    public sealed record Answered(string Text, IReadOnlyList<string> Citations) : PanelEvent;

    /// <summary>Newest first.</summary>
    public sealed record FeedChanged(IReadOnlyList<PanelFeedItem> Items) : PanelEvent;

    /// <param name="Message">Null: it is over.</param>
    public sealed record TroubleChanged(string? Message) : PanelEvent;

    /// <summary>A moment passed while the amount of work is unknown.</summary>
    public sealed record Ticked : PanelEvent;
}
