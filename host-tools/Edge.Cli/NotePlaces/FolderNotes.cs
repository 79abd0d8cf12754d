using System.Globalization;
using System.Text;
using Edge.Assistant;
using Edge.Assistant.Council;
using Edge.Assistant.Sides;
using Edge.Cli.Output;
using Edge.Inference;
using Edge.Inference.Onnx;
using Edge.Link.Messages;
using Edge.Notes;
using Citation = Edge.Link.Messages.Citation;
using CouncilVoice = Edge.Link.Messages.CouncilVoice;
using SourceLines = Edge.Link.Messages.SourceLines;

namespace Edge.Cli.NotePlaces;

/// <summary>
/// A folder of notes on this computer with an assistant over it. Everything derived (index, summaries) lies in the
/// user's cache folder; the folder itself only ever gets captured notes.
/// </summary>
internal sealed class FolderNotes : INotePlace
{
    private readonly Terminal _terminal;
    private readonly Vault _vault;
    private readonly NoteIndex _index;
    private readonly ILanguageModel? _model;
    private readonly NoteAssistant _assistant;

    private FolderNotes(
        Terminal terminal,
        Vault vault,
        NoteIndex index,
        SummaryStore summaries,
        ILanguageModel? model,
        TimeProvider clock
    )
    {
        _terminal = terminal;
        _vault = vault;
        _index = index;
        _model = model;
        _assistant = new NoteAssistant(vault, index, summaries, model, clock);
    }

    /// <summary>Models of a council, opened when it is asked.</summary>
    public IReadOnlyList<CouncilSeat> Seats { get; init; } = [];

    /// <summary>Opens the folder, brings its index up to date and says what could not be read.</summary>
    /// <param name="modelPath">Null: no model, everything is quoted.</param>
    /// <param name="seats">See <see cref="Seats"/>.</param>
    public static FolderNotes Open(
        Terminal terminal,
        string folder,
        string? modelPath,
        string? tokenizerPath,
        CancellationToken cancellation,
        IReadOnlyList<CouncilSeat>? seats = null
    )
    {
        var vault = new Vault(folder);
        var cache = CacheFolder(vault.Root);
        Directory.CreateDirectory(cache);
        NoteIndex? index = null;
        ILanguageModel? model = null;
        try
        {
            model = modelPath is null ? null : LanguageModels.Open(modelPath, tokenizerPath);
            index = NoteIndex.Open(Path.Combine(cache, "index.db"), vault, terminal.Clock);
            Update(terminal, index, cancellation);
            var summaries = new SummaryStore(Path.Combine(cache, "summaries"));
            return new FolderNotes(terminal, vault, index, summaries, model, terminal.Clock) { Seats = seats ?? [] };
        }
        catch
        {
            model?.Dispose();
            index?.Dispose();
            throw;
        }
    }

    /// <summary>$XDG_CACHE_HOME/edge/HASH, or ~/.cache/edge/HASH; the hash is of the vault's full path.</summary>
    public static string CacheFolder(string vaultRoot)
    {
        var home = Environment.GetEnvironmentVariable("XDG_CACHE_HOME");
        if (string.IsNullOrEmpty(home))
            home = Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".cache");
        var full = Path.TrimEndingDirectorySeparator(Path.GetFullPath(vaultRoot));
        return Path.Combine(home, "edge", ContentHash.Of(Encoding.UTF8.GetBytes(full))[..32]);
    }

    /// <summary>The answer with all that was retrieved for it.</summary>
    public Answer Ask(string question, Action<string>? onText, CancellationToken cancellation) =>
        _assistant.Ask(question, onText, cancellation);

    public Task<AskReply> AskAsync(string question, Action<string>? onText, CancellationToken cancellation)
    {
        var answer = Ask(question, onText, cancellation);
        return Task.FromResult(
            new AskReply(
                answer.Text,
                answer.Refused,
                Reply(answer.Citations),
                answer.Confidence,
                answer.Ms,
                answer.WrittenBy
            )
            {
                Hidden = Hidden(answer.Hidden),
            }
        );
    }

    public Task<SidesReply> AskBothSidesAsync(string claim, CancellationToken cancellation)
    {
        var sides = new SideFinder(_vault, _index, _terminal.Clock).Find(claim, null, cancellation);
        return Task.FromResult(new SidesReply(claim, Reply(sides.For), Reply(sides.Against), sides.Ms));
    }

    public Task<CouncilReply> AskCouncilAsync(string question, Action<string>? onText, CancellationToken cancellation)
    {
        using var line = new ProgressLine(_terminal, "council:");
        var answer = new ModelCouncil(_assistant, _terminal.Clock).Ask(
            question,
            Seats,
            onText is null
                ? null
                : piece =>
                {
                    line.Clear();
                    onText(piece);
                },
            new DirectProgress<CouncilStep>(step => line.Report(step.Done, step.Total, step.Stage)),
            cancellation
        );
        return Task.FromResult(
            new CouncilReply(
                answer.Text,
                answer.Refused,
                Reply(answer.Citations),
                answer.WrittenBy,
                [.. answer.Voices.Select(voice => new CouncilVoice(voice.Model, voice.Answer, voice.Scores))],
                answer.Remark,
                answer.Ms
            )
        );
    }

    public Task<SummaryReply> SummarizeAsync(string note, CancellationToken cancellation) =>
        Task.FromResult(Reply(_assistant.Summarize(note, null, cancellation)));

    public Task<SummaryReply> FindActionsAsync(string note, CancellationToken cancellation) =>
        Task.FromResult(Reply(_assistant.FindActions(note)));

    public Task<SummaryReply> SummarizeTextAsync(string text, CancellationToken cancellation) =>
        Task.FromResult(Reply(_assistant.SummarizeText(text, null, cancellation)));

    public Task<FeedReply> FeedAsync(int page, int pageSize, CancellationToken cancellation)
    {
        var feed = _assistant.Feed(page, pageSize, cancellation);
        return Task.FromResult(new FeedReply([.. feed.Entries.Select(Reply)], feed.Page, feed.PageSize, feed.Total));
    }

    public Task<string> CaptureAsync(string text, CancellationToken cancellation) =>
        Task.FromResult(_assistant.Capture(text));

    public ValueTask DisposeAsync()
    {
        _index.Dispose();
        _model?.Dispose();
        return ValueTask.CompletedTask;
    }

    private static List<Citation> Reply(IReadOnlyList<Assistant.Citation> citations) =>
        [.. citations.Select(c => new Citation(c.Note, c.FirstLine, c.LastLine, c.Quote))];

    private static SummaryReply Reply(Summary summary) =>
        new(summary.Note, summary.Headline, summary.Text, summary.WrittenBy)
        {
            Sources = [.. summary.Sources.Select(lines => new SourceLines(lines.FirstLine, lines.LastLine))],
            Hidden = Hidden(summary.Hidden),
        };

    private static HiddenText[] Hidden(IReadOnlyList<Assistant.Text.HiddenText> hidden) =>
        [.. hidden.Select(h => new HiddenText(h.Note, h.Line, Assistant.Text.HiddenText.Word(h.Kind)))];

    private static Link.Messages.FeedEntry Reply(Assistant.FeedEntry entry) =>
        new(
            entry.Note,
            entry.Date?.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture),
            entry.Summary.Headline,
            entry.Summary.Text,
            entry.Summary.WrittenBy
        );

    private static void Update(Terminal terminal, NoteIndex index, CancellationToken cancellation)
    {
        using var line = new ProgressLine(terminal, "reading notes");
        var report = index.Update(
            new DirectProgress<IndexProgress>(p => line.Report(p.Done, p.Total, p.Path)),
            cancellation
        );
        foreach (var problem in report.Problems)
            terminal.Say($"edge: {problem.Path}: {problem.Message}");
    }
}
