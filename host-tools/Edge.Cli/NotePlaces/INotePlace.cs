using Edge.Link.Messages;

namespace Edge.Cli.NotePlaces;

/// <summary>Notes and the assistant over them: on an attached device, or in a folder of this computer.</summary>
internal interface INotePlace : IAsyncDisposable
{
    /// <param name="onText">Gets the answer piece by piece.</param>
    Task<AskReply> AskAsync(string question, Action<string>? onText, CancellationToken cancellation);

    /// <summary>What the notes say for a claim and against it.</summary>
    Task<SidesReply> AskBothSidesAsync(string claim, CancellationToken cancellation);

    /// <summary>What each model answers, and what it thinks of the others' answers.</summary>
    /// <param name="onText">Gets the answer that is best supported.</param>
    Task<CouncilReply> AskCouncilAsync(string question, Action<string>? onText, CancellationToken cancellation);

    /// <param name="note">Vault path.</param>
    Task<SummaryReply> SummarizeAsync(string note, CancellationToken cancellation);

    /// <summary>What a note says is to be done or was decided.</summary>
    /// <param name="note">Vault path.</param>
    Task<SummaryReply> FindActionsAsync(string note, CancellationToken cancellation);

    /// <summary>Summarises text that is not in the notes.</summary>
    Task<SummaryReply> SummarizeTextAsync(string text, CancellationToken cancellation);

    /// <param name="page">From 1; newest entries first.</param>
    Task<FeedReply> FeedAsync(int page, int pageSize, CancellationToken cancellation);

    /// <summary>Stores a new note and returns its path.</summary>
    Task<string> CaptureAsync(string text, CancellationToken cancellation);
}
