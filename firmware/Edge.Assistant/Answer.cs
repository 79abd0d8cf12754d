using Edge.Assistant.Text;

namespace Edge.Assistant;

/// <summary>A place in a note that an answer stands on.</summary>
/// <param name="Note">Vault path.</param>
/// <param name="FirstLine">From 1.</param>
/// <param name="LastLine">Inclusive.</param>
/// <param name="Quote">Those lines as the file has them now, '\n' between.</param>
public sealed record Citation(string Note, int FirstLine, int LastLine, string Quote);

/// <param name="Text">The answer, or the sentence that says the notes do not say.</param>
/// <param name="Refused">The notes do not answer; citations then name the nearest notes.</param>
/// <param name="Confidence">0 to 1.</param>
/// <param name="Ms">Time to the complete answer, milliseconds.</param>
/// <param name="WrittenBy">"quoted": the text is the notes' own; otherwise the model's name.</param>
public sealed record Answer(
    string Text,
    bool Refused,
    IReadOnlyList<Citation> Citations,
    double Confidence,
    double Ms,
    string WrittenBy
)
{
    /// <summary>Paths of the notes that were found, best first, at most ten.</summary>
    public IReadOnlyList<string> Retrieved { get; init; } = [];

    /// <summary>What the cited notes hide from their readers; nothing of it was read.</summary>
    public IReadOnlyList<HiddenText> Hidden { get; init; } = [];
}

/// <param name="Note">Vault path; "" for text that is no note.</param>
/// <param name="Hash">Content hash of what was summarised.</param>
/// <param name="WrittenBy">"quoted": sentences of the note; otherwise the model's name.</param>
public sealed record Summary(string Note, string Hash, string Headline, string Text, string WrittenBy)
{
    /// <summary>Where each sentence of the text comes from, in their order; one for all where it is no sentences.</summary>
    public IReadOnlyList<SourceLines> Sources { get; init; } = [];

    /// <summary>What the note hides from its reader; nothing of it was read.</summary>
    public IReadOnlyList<HiddenText> Hidden { get; init; } = [];
}

/// <param name="FirstLine">Of the note, from 1.</param>
/// <param name="LastLine">Inclusive.</param>
public readonly record struct SourceLines(int FirstLine, int LastLine);

public sealed record FeedEntry(string Note, DateOnly? Date, DateTime AddedUtc, Summary Summary);

public sealed record FeedPage(IReadOnlyList<FeedEntry> Entries, int Page, int PageSize, int Total);
