using Edge.Inference;
using Edge.Notes;

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
);

/// <param name="Note">Vault path; "" for text that is no note.</param>
/// <param name="Hash">Content hash of what was summarised.</param>
/// <param name="WrittenBy">"quoted": sentences of the note; otherwise the model's name.</param>
public sealed record Summary(string Note, string Hash, string Headline, string Text, string WrittenBy);

public sealed record FeedEntry(string Note, DateOnly? Date, DateTime AddedUtc, Summary Summary);

public sealed record FeedPage(IReadOnlyList<FeedEntry> Entries, int Page, int PageSize, int Total);

/// <summary>
/// Answers and summaries over one vault. The model may be null or too weak to write: then everything is quoted and
/// says so. Note text is data: nothing in it is followed.
/// </summary>
public sealed class NoteAssistant
{
    /// <summary>Longest question: 2,000 characters.</summary>
    public const int QuestionCharsMax = 2000;

    public NoteAssistant(
        Vault vault,
        NoteIndex index,
        SummaryStore summaries,
        LanguageModel? model,
        TimeProvider clock
    ) => throw new NotImplementedException();

    /// <summary>Null when a model is there and can write; otherwise one sentence that says why text is quoted.</summary>
    public string? WhyQuoted => throw new NotImplementedException();

    /// <param name="onText">Gets the answer piece by piece.</param>
    /// <exception cref="ArgumentException">The question is empty or longer than <see cref="QuestionCharsMax"/>.</exception>
    public Answer Ask(string question, Action<string>? onText = null, CancellationToken cancellation = default) =>
        throw new NotImplementedException();

    /// <exception cref="NoteException">There is no such note.</exception>
    public Summary Summarize(
        string notePath,
        Action<string>? onText = null,
        CancellationToken cancellation = default
    ) => throw new NotImplementedException();

    /// <summary>Summarises text that is not in the vault (piped in).</summary>
    public Summary SummarizeText(
        string text,
        Action<string>? onText = null,
        CancellationToken cancellation = default
    ) => throw new NotImplementedException();

    /// <summary>Newest first; page counts from 1. Summaries come from the store when the hash still matches.</summary>
    public FeedPage Feed(int page, int pageSize, CancellationToken cancellation = default) =>
        throw new NotImplementedException();

    /// <summary>Stores a new note under captures/, named by the clock and its title, and returns its path. The title is
    /// the text's first heading or sentence.</summary>
    public string Capture(string text) => throw new NotImplementedException();
}
