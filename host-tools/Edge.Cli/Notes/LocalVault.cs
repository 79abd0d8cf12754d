using System.Text;
using Edge.Assistant;
using Edge.Cli.Output;
using Edge.Inference;
using Edge.Notes;

namespace Edge.Cli.Local;

/// <summary>
/// A folder of notes on this computer with an assistant over it. Everything derived (index, summaries) lies in the
/// user's cache folder; the vault itself only ever gets captured notes.
/// </summary>
internal sealed class LocalVault : IDisposable
{
    private readonly NoteIndex _index;
    private readonly LanguageModel? _model;

    private LocalVault(Vault vault, NoteIndex index, SummaryStore summaries, LanguageModel? model, TimeProvider clock)
    {
        _index = index;
        _model = model;
        Assistant = new NoteAssistant(vault, index, summaries, model, clock);
    }

    public NoteAssistant Assistant { get; }

    /// <summary>Opens the vault, brings its index up to date and says what could not be read.</summary>
    /// <param name="modelPath">Null: no model, everything is quoted.</param>
    public static LocalVault Open(
        Terminal terminal,
        string folder,
        string? modelPath,
        string? tokenizerPath,
        int threads,
        CancellationToken cancellation
    )
    {
        var vault = new Vault(folder);
        var cache = CacheFolder(vault.Root);
        Directory.CreateDirectory(cache);
        NoteIndex? index = null;
        LanguageModel? model = null;
        try
        {
            index = NoteIndex.Open(Path.Combine(cache, "index.db"), vault, terminal.Clock);
            Update(terminal, index, cancellation);
            model = modelPath is null ? null : LanguageModel.Open(modelPath, tokenizerPath, threads);
            return new LocalVault(
                vault,
                index,
                new SummaryStore(Path.Combine(cache, "summaries")),
                model,
                terminal.Clock
            );
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

    public void Dispose()
    {
        _index.Dispose();
        _model?.Dispose();
    }

    private static void Update(Terminal terminal, NoteIndex index, CancellationToken cancellation)
    {
        using var line = new ProgressLine(terminal, "reading notes");
        var progress = new DirectProgress<IndexProgress>(p => line.Report(p.Done, p.Total, p.Path));
        var report = index.Update(progress, cancellation);
        foreach (var problem in report.Problems)
            terminal.Say($"edge: {problem.Path}: {problem.Message}");
    }
}
