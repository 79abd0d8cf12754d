using System.Text;
using Edge.Inference;
using Edge.Notes;
using Edge.TestKit;

namespace Edge.Assistant.Tests;

/// <summary>A real vault, a real index and an assistant with or without a model, in a folder of their own.</summary>
internal sealed class Desk : IDisposable
{
    private readonly TempFolder folder = new();

    private readonly ActingModel? model;

    /// <param name="vaultFolder">A folder to read instead of an empty one of its own; it is not written to.</param>
    /// <param name="modelSays">With a model that answers every prompt with this text.</param>
    /// <param name="knowsPrompts">With a model of random weights that says it was trained on Edge's prompts.</param>
    public Desk(string? vaultFolder = null, string? modelSays = null, bool knowsPrompts = false)
    {
        if (knowsPrompts)
        {
            TinyModel.Write(folder["tiny.gguf"], seed: 3, context: 1024);
            model = Acting(LanguageModel.Open(folder["tiny.gguf"], threads: 1));
        }
        if (modelSays is not null)
        {
            SpeakingModel.Write(folder["speaker.gguf"], modelSays);
            model = Acting(LanguageModel.Open(folder["speaker.gguf"], threads: 1));
        }
        Directory.CreateDirectory(folder["notes"]);
        Vault = new Vault(vaultFolder ?? folder["notes"]);
        Index = NoteIndex.Open(folder["index.db"], Vault, Clock);
        Index.Update();
        Summaries = new SummaryStore(folder["summaries"]);
        Assistant = new NoteAssistant(Vault, Index, Summaries, model, Clock);
    }

    public FixedClock Clock { get; } = new();
    public Vault Vault { get; }
    public NoteIndex Index { get; }
    public SummaryStore Summaries { get; }
    public NoteAssistant Assistant { get; }

    public string SummaryFolder => folder["summaries"];

    /// <summary>Done once for each text that the model writes, before it is written.</summary>
    public Action? WhileWriting { get; set; }

    public Answer Ask(string question, Action<string>? onText = null) =>
        Assistant.Ask(question, onText, TestContext.Current.CancellationToken);

    public Summary Summarize(string path) =>
        Assistant.Summarize(path, cancellation: TestContext.Current.CancellationToken);

    public Summary SummarizeText(string text) =>
        Assistant.SummarizeText(text, cancellation: TestContext.Current.CancellationToken);

    public FeedPage Feed(int page, int pageSize) =>
        Assistant.Feed(page, pageSize, TestContext.Current.CancellationToken);

    /// <summary>Writes or replaces a note and indexes it.</summary>
    public void Put(string path, string text)
    {
        var file = Path.Combine(Vault.Root, path);
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        File.WriteAllBytes(file, Encoding.UTF8.GetBytes(text));
        Index.Update();
    }

    private ActingModel Acting(LanguageModel opened) => new(opened, () => WhileWriting?.Invoke());

    public void Dispose()
    {
        Index.Dispose();
        model?.Dispose();
        folder.Dispose();
    }
}

/// <summary>It is always 24 May 2026, 09:30 UTC.</summary>
internal sealed class FixedClock : TimeProvider
{
    public override DateTimeOffset GetUtcNow() => new(2026, 5, 24, 9, 30, 0, TimeSpan.Zero);

    public override TimeZoneInfo LocalTimeZone => TimeZoneInfo.Utc;
}
