using Edge.Assistant;
using Edge.Device.Panel;
using Edge.Device.State;
using Edge.Inference;
using Edge.Inference.Onnx;
using Edge.Notes;
using Edge.Slots;

namespace Edge.Device.Services;

/// <param name="DataFolder">Made when missing.</param>
/// <param name="Name">A new name for the device, or null to keep the one it has.</param>
/// <param name="Threads">For the engine; 0 chooses.</param>
public sealed record ApplianceOptions(string DataFolder, string? Name = null, int Threads = 0);

/// <summary>The device without its link: notes, index, summaries, slots and the model in use.</summary>
public sealed class Appliance : IAsyncDisposable
{
    private readonly Action<PanelEvent> panel;
    private readonly Lock assistantGate = new();
    private readonly SemaphoreSlim indexing = new(1);
    private readonly SummaryWork summaryWork;
    private NoteAssistant assistant;

    private Appliance(
        ApplianceOptions options,
        DeviceFolder folder,
        DeviceIdentity identity,
        TimeProvider board,
        Action<PanelEvent> panel,
        Action<string> log
    )
    {
        this.panel = panel;
        (Folder, Identity, Board, Log) = (folder, identity, board, log);
        Clock = new DeviceClock(board);
        StartedTimestamp = board.GetTimestamp();
        Vault = new Vault(folder.Notes);
        Index = NoteIndex.Open(folder.Index, Vault, Clock);
        Summaries = new SummaryStore(folder.Summaries);
        CommonStates = new CommonStates(folder, log);
        Slots = OpenSlots(folder, log);
        Models = new ModelHolder(Slots, options.Threads, folder.Prompts, panel, log);
        assistant = NewAssistant();
        summaryWork = new SummaryWork(this, panel, log);
    }

    public DeviceFolder Folder { get; }

    public DeviceIdentity Identity { get; }

    /// <summary>The board's own clock: timestamps and timers.</summary>
    public TimeProvider Board { get; }

    /// <summary>The time of day, as the last host set it.</summary>
    public DeviceClock Clock { get; }

    public Vault Vault { get; }

    public NoteIndex Index { get; }

    public SummaryStore Summaries { get; }

    public CommonStates CommonStates { get; }

    public SlotStore Slots { get; }

    public ModelHolder Models { get; }

    public EngineGate Engine { get; } = new();

    public Action<string> Log { get; }

    internal long StartedTimestamp { get; }

    /// <summary>Over the model that is loaded now.</summary>
    public NoteAssistant Assistant
    {
        get
        {
            lock (assistantGate)
                return assistant;
        }
    }

    /// <summary>
    /// Opens or makes a data folder and loads the active model. The index is brought up to date in the background.
    /// </summary>
    /// <exception cref="ArgumentException">The name is none.</exception>
    /// <exception cref="IOException">The data folder cannot be used.</exception>
    /// <exception cref="UnauthorizedAccessException">As above.</exception>
    public static Appliance Open(
        ApplianceOptions options,
        TimeProvider board,
        Action<PanelEvent> panel,
        Action<string> log
    )
    {
        var folder = new DeviceFolder(options.DataFolder);
        var identity = DeviceIdentity.LoadOrCreate(folder, options.Name, log);
        var device = new Appliance(options, folder, identity, board, panel, log);
        panel(new PanelEvent.Named(identity.Name));
        device.Slots.NoteStart();
        device.LoadModel();
        device.ShowNotes();
        device.summaryWork.Start();
        return device;
    }

    /// <summary>Loads the active slot's model. Hold the engine, except at start.</summary>
    public void LoadModel()
    {
        Models.Reload();
        lock (assistantGate)
            assistant = NewAssistant();
    }

    /// <summary>
    /// Brings the index up to date, one update at a time, then shows the notes on the panel and has missing summaries made.
    /// </summary>
    public async Task<IndexReport> UpdateIndexAsync(IProgress<IndexProgress>? progress, CancellationToken cancellation)
    {
        var report = await UpdateIndexOnlyAsync(progress, cancellation).ConfigureAwait(false);
        summaryWork.Wake();
        return report;
    }

    internal async Task<IndexReport> UpdateIndexOnlyAsync(
        IProgress<IndexProgress>? progress,
        CancellationToken cancellation
    )
    {
        await indexing.WaitAsync(cancellation).ConfigureAwait(false);
        try
        {
            var report = await Task.Run(() => Index.Update(progress, cancellation), CancellationToken.None)
                .ConfigureAwait(false);
            ShowNotes();
            return report;
        }
        finally
        {
            indexing.Release();
        }
    }

    /// <summary>Puts the number of notes and the newest ones on the panel.</summary>
    public void ShowNotes()
    {
        panel(new PanelEvent.NotesCounted(Index.NoteCount));
        var items = Index
            .Newest(0, PanelState.FeedItemsMax)
            .Select(note =>
                Summaries.Find(note.Path, note.Hash) is { } summary
                    ? new PanelFeedItem(note.Path, summary.Headline, summary.Text)
                    : new PanelFeedItem(note.Path, note.Title, "")
            );
        panel(new PanelEvent.FeedChanged([.. items]));
    }

    internal void Show(PanelEvent happened) => panel(happened);

    /// <summary>Waits for the work in the background to end.</summary>
    public async ValueTask DisposeAsync()
    {
        await summaryWork.DisposeAsync().ConfigureAwait(false);
        Models.Dispose();
        Index.Dispose();
        Engine.Dispose();
        indexing.Dispose();
    }

    /// <summary>Models can be flashed again: slots that cannot be read are set aside, the notes are served all the same.</summary>
    private static SlotStore OpenSlots(DeviceFolder folder, Action<string> log)
    {
        try
        {
            return SlotStore.Open(folder.Slots, OpenModel);
        }
        catch (SlotException e)
        {
            var aside = folder.Slots + ".damaged";
            log($"{e.Message}; the slots are set aside as {aside}, flash a model again");
            if (Directory.Exists(aside))
                Directory.Delete(aside, recursive: true);
            Directory.Move(folder.Slots, aside);
            return SlotStore.Open(folder.Slots, OpenModel);
        }
    }

    private static ILanguageModel OpenModel(string path, string? tokenizerPath) =>
        LanguageModels.Open(path, tokenizerPath);

    private NoteAssistant NewAssistant() => new(Vault, Index, Summaries, Models.Model, Clock);
}
