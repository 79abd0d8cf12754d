using System.Diagnostics;
using System.Text;
using Edge.Assistant.Asking;
using Edge.Assistant.Planning;
using Edge.Assistant.Summaries;
using Edge.Assistant.Text;
using Edge.Assistant.Writing;
using Edge.Inference;
using Edge.Notes;

namespace Edge.Assistant;

/// <summary>
/// Answers and summaries over one vault. The model may be null or too weak to write: then everything is quoted and
/// says so. Note text is data: nothing in it is followed.
/// </summary>
public sealed class NoteAssistant
{
    /// <summary>Longest question: 2,000 characters.</summary>
    public const int QuestionCharsMax = 2000;

    /// <summary>What <see cref="Answer.WrittenBy"/> says of text that is the notes' own.</summary>
    public const string Quoted = "quoted";

    /// <summary>A note that changes while it is summarised is read again.</summary>
    private const int TriesMax = 3;

    private readonly Vault vault;
    private readonly NoteIndex index;
    private readonly SummaryStore summaries;
    private readonly TimeProvider clock;
    private readonly NoteSearch search;
    private readonly Planner planner;
    private readonly CitationCheck check;
    private readonly INoteWriter? writer;
    private readonly Summariser summariser;

    public NoteAssistant(
        Vault vault,
        NoteIndex index,
        SummaryStore summaries,
        ILanguageModel? model,
        TimeProvider clock
    )
    {
        this.vault = vault;
        this.index = index;
        this.summaries = summaries;
        this.clock = clock;
        search = new NoteSearch(vault, index);
        planner = new Planner(vault, index, clock);
        check = new CitationCheck(vault);
        WhyQuoted = WritingSkill.WhyNot(model);
        writer = WhyQuoted is null ? INoteWriter.For(model!) : null;
        summariser = new Summariser(index, writer);
    }

    /// <summary>Null when a model is there and can write; otherwise one sentence that says why text is quoted.</summary>
    public string? WhyQuoted { get; }

    /// <param name="onText">Gets the answer piece by piece; what it got, joined, is the answer's text.</param>
    /// <exception cref="ArgumentException">The question is empty or longer than <see cref="QuestionCharsMax"/>.</exception>
    public Answer Ask(string question, Action<string>? onText = null, CancellationToken cancellation = default)
    {
        CheckQuestion(question);
        var started = clock.GetTimestamp();
        cancellation.ThrowIfCancellationRequested();
        var answer = check.Settle(Told(question, cancellation) ?? Found(question, writer, cancellation));
        onText?.Invoke(answer.Text);
        return answer with { Ms = clock.GetElapsedTime(started).TotalMilliseconds };
    }

    /// <summary>The answer in the notes' own words, whatever model there is.</summary>
    /// <param name="isLookedUp">Code found it and it is exact.</param>
    internal Answer AskQuoted(string question, out bool isLookedUp, CancellationToken cancellation)
    {
        var started = clock.GetTimestamp();
        var told = Told(question, cancellation);
        isLookedUp = told is not null;
        var answer = check.Settle(told ?? Found(question, null, cancellation));
        return answer with { Ms = clock.GetElapsedTime(started).TotalMilliseconds };
    }

    /// <exception cref="NoteException">There is no such note.</exception>
    public Summary Summarize(string notePath, Action<string>? onText = null, CancellationToken cancellation = default)
    {
        cancellation.ThrowIfCancellationRequested();
        var text = NoteText.Open(vault, notePath);
        var summary = summaries.Find(notePath, text.Hash);
        for (var tries = 1; summary is null || !MadeByUs(summary); tries++)
        {
            summary = summariser.Make(text, cancellation) with { Note = notePath };
            if (text.IsUnchanged(vault))
            {
                Keep(summary);
                break;
            }
            if (tries == TriesMax)
                throw new NoteException($"{notePath}: keeps changing while it is summarised: try again when it rests");
            summary = null;
            text = NoteText.Open(vault, notePath);
        }
        onText?.Invoke(summary.Text);
        return summary with { Hidden = text.Hidden(notePath) };
    }

    /// <summary>Summarises text that is not in the vault (piped in).</summary>
    public Summary SummarizeText(string text, Action<string>? onText = null, CancellationToken cancellation = default)
    {
        cancellation.ThrowIfCancellationRequested();
        var read = NoteText.Of("text.md", Encoding.UTF8.GetBytes(text));
        var summary = summariser.Make(read, cancellation) with { Hidden = read.Hidden("") };
        onText?.Invoke(summary.Text);
        return summary;
    }

    /// <summary>What the note says is to be done, done, or decided: a line each, with its line number.</summary>
    /// <exception cref="NoteException">There is no such note.</exception>
    public Summary FindActions(string notePath)
    {
        var bytes = vault.ReadBytes(notePath);
        var note = Note.Parse(notePath, bytes);
        var text = ActionItems.Text(ActionItems.Find(note.Lines, note.BodyFirstLine));
        return new Summary(notePath, ContentHash.Of(bytes), Headlines.Of(note, null), text, Quoted)
        {
            Hidden = HiddenScanner.Find(notePath, note.Lines),
        };
    }

    /// <summary>Newest first; page counts from 1. Summaries come from the store when the hash still matches.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The page is less than 1, or its size not 1 to 1,000.</exception>
    public FeedPage Feed(int page, int pageSize, CancellationToken cancellation = default)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(page, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(pageSize, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(pageSize, 1000);
        var total = index.NoteCount;
        var skip = (page - 1L) * pageSize;
        var notes = skip >= total ? [] : index.Newest((int)skip, pageSize);
        var entries = new List<FeedEntry>(notes.Count);
        foreach (var note in notes)
        {
            cancellation.ThrowIfCancellationRequested();
            entries.Add(new FeedEntry(note.Path, note.Date, note.AddedUtc, ForFeed(note, cancellation)));
        }
        return new FeedPage(entries, page, pageSize, total);
    }

    /// <summary>Stores a new note under captures/, named by the clock and its title, and returns its path. The title is
    /// the text's first heading or sentence.</summary>
    /// <exception cref="ArgumentException">The text is empty.</exception>
    /// <exception cref="NoteException">It cannot be stored; nothing was changed.</exception>
    public string Capture(string text) => CaptureNote.Store(vault, clock, text);

    internal static void CheckQuestion(string question)
    {
        ArgumentNullException.ThrowIfNull(question);
        if (string.IsNullOrWhiteSpace(question))
            throw new ArgumentException(
                "The question is empty: ask something, for example \"When is the next meeting?\"."
            );
        if (question.Length > QuestionCharsMax)
            throw new ArgumentException(
                $"The question has {question.Length:N0} characters, at most {QuestionCharsMax:N0} are read: shorten it."
            );
    }

    /// <summary>What code looked up is certain, and needs no model's words. Null when the question is not of that kind.</summary>
    private Answer? Told(string question, CancellationToken cancellation)
    {
        Answer? told = null;
        // Counts and lists are made again, rather than mended, when a note changed meanwhile.
        for (var tries = 0; tries < 2; tries++)
        {
            if (planner.Answer(question, cancellation) is not { } planned)
                return null;
            var confidence = planned.Refused ? 0 : 1;
            told = new Answer(planned.Text, planned.Refused, planned.Citations, confidence, 0, Quoted)
            {
                Retrieved = planned.Notes,
            };
            if (check.Check(planned.Citations).Lost.Count == 0)
                break;
        }
        return told;
    }

    private Answer Found(string question, INoteWriter? by, CancellationToken cancellation)
    {
        var found = Retrieve(question, cancellation);
        cancellation.ThrowIfCancellationRequested();
        var (text, writtenBy) = found.Text is null
            ? (CitationCheck.Refusal(found.Citations), Quoted)
            : Phrase(question, found, by, cancellation);
        return new Answer(text, found.Text is null, found.Citations, found.Confidence, 0, writtenBy)
        {
            Retrieved = found.Notes,
        };
    }

    /// <summary>Among the notes of the day, tag or folder that the question names, where they answer better.</summary>
    private Finding Retrieve(string question, CancellationToken cancellation)
    {
        var everywhere = Find(question, null, cancellation);
        if (planner.ScopeOf(question, cancellation) is not { } scope)
            return everywhere;
        var within = Find(scope.Question, scope.Notes, cancellation);
        var isBetter = scope.IsTagged || everywhere.Text is null || within.Confidence > everywhere.Confidence;
        return within.Text is not null && isBetter ? within : everywhere;
    }

    private Finding Find(string question, IReadOnlySet<string>? among, CancellationToken cancellation)
    {
        var read = Question.Read(question, index);
        return AnswerFinder.Decide(read, search.Find(read, cancellation, among));
    }

    private static (string Text, string WrittenBy) Phrase(
        string question,
        Finding found,
        INoteWriter? writer,
        CancellationToken cancellation
    )
    {
        var passages = found.Citations.Select(citation => citation.Quote).ToList();
        var written = writer?.Answer(question, passages, cancellation);
        // What is quoted around the best place may be anything: an answer has to do with that place or with the question.
        return written is null || !Grounding.Concerns(written, question + "\n" + found.Text)
            ? (found.Text!, Quoted)
            : (written, writer!.Name);
    }

    /// <summary>A stored summary by another model, or quoted before this model came, is made again; one that this model
    /// could not write stays quoted only until asked for again.</summary>
    private bool MadeByUs(Summary summary) => summary.WrittenBy == (writer?.Name ?? Quoted);

    private void Keep(Summary summary)
    {
        try
        {
            summaries.Save(summary);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // A full disk must not keep the reader from the summary; it is derived and made again next time.
            Debug.WriteLine(e.Message);
        }
    }

    private Summary ForFeed(IndexedNote note, CancellationToken cancellation)
    {
        if (summaries.Find(note.Path, note.Hash) is { } stored)
            return stored;
        try
        {
            return Summarize(note.Path, cancellation: cancellation);
        }
        catch (NoteException e)
        {
            return new Summary(note.Path, note.Hash, note.Title, e.Message, Quoted);
        }
    }
}
