namespace Edge.Device.Panel;

public enum PanelScreen
{
    Status,

    /// <summary>The last question and its answer.</summary>
    Answer,

    /// <summary>What was captured last, one headline a line.</summary>
    Feed,

    /// <summary>One entry of the feed, in full.</summary>
    Entry,
}

/// <summary>The three buttons, top to bottom.</summary>
public enum PanelButton
{
    /// <summary>Up; at the top of a screen: back.</summary>
    Up = 0,
    Select = 1,
    Down = 2,
}

/// <param name="Note">Vault path.</param>
public sealed record PanelFeedItem(string Note, string Headline, string Text);

/// <summary>Everything the panel shows. Immutable: <see cref="PanelReducer"/> makes the next one.</summary>
public sealed record PanelState
{
    /// <summary>Entries of the feed that are kept for the screen.</summary>
    public const int FeedItemsMax = 20;

    /// <summary>Characters of one text (question, answer, entry) that are kept for the screen.</summary>
    public const int TextCharsMax = 8000;

    public PanelScreen Screen { get; init; } = PanelScreen.Status;

    public string DeviceName { get; init; } = "Edge";

    /// <summary>Null when there is no model that works.</summary>
    public string? ModelName { get; init; }

    /// <summary>Why the model does not work, or null.</summary>
    public string? ModelProblem { get; init; }

    public int NoteCount { get; init; }

    /// <summary>The connected host's name, or null.</summary>
    public string? Host { get; init; }

    /// <summary>What the device is doing, or null.</summary>
    public string? Busy { get; init; }

    /// <summary>How much of it is done, 0 to 1; negative when that is not known.</summary>
    public double BusyShare { get; init; } = -1;

    /// <summary>The last thing that went wrong, or null.</summary>
    public string? Trouble { get; init; }

    /// <summary>Counts up while an unknown amount of work goes on; moves the bar.</summary>
    public int Tick { get; init; }

    public string Question { get; init; } = "";

    public string Answer { get; init; } = "";

    public bool AnswerDone { get; init; }

    /// <summary>Where the answer stands: "recipes/bread.md:3-9".</summary>
    public IReadOnlyList<string> Citations { get; init; } = [];

    public IReadOnlyList<PanelFeedItem> Feed { get; init; } = [];

    public int FeedSelected { get; init; }

    /// <summary>First line shown of the answer or entry.</summary>
    public int Scroll { get; init; }

    /// <summary>True until a button is pressed: a growing answer keeps its last lines in sight.</summary>
    public bool FollowsAnswer { get; init; }
}
