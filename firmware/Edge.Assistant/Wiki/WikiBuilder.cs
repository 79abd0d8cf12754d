using System.Globalization;
using Edge.Notes;

namespace Edge.Assistant.Wiki;

/// <summary>
/// Keeps topic pages over a vault in a folder of their own. Everything on a page is a quote with its place, a title or a
/// link. The notes are read and never written; only pages whose notes have changed are made again.
/// </summary>
public sealed class WikiBuilder(Vault vault, string folder, TimeProvider clock)
{
    /// <summary>"~/notes" has its wiki in "~/notes-wiki": beside the notes, so that pages are not taken for notes.</summary>
    public static string DefaultFolder(Vault vault)
    {
        ArgumentNullException.ThrowIfNull(vault);
        return vault.Root + "-wiki";
    }

    /// <exception cref="ArgumentException">The folder is the vault itself or above it.</exception>
    /// <exception cref="NoteException">The vault is gone, the folder holds other markdown, or a page cannot be written.</exception>
    /// <exception cref="IOException">The disk is full or read-only.</exception>
    public WikiReport Build(CancellationToken cancellation = default)
    {
        var started = clock.GetTimestamp();
        var pages = WikiFolder.Open(vault, folder, create: true);
        var scan = VaultScan.Read(vault, pages.InVault, WikiCache.Load(pages.Root), cancellation);
        var topics = TopicFinder.Find(scan.Notes, scan.Links);
        var writer = new PageWriter(vault, scan, topics, pages.ToVault);
        try
        {
            foreach (var topic in topics)
            {
                cancellation.ThrowIfCancellationRequested();
                var (file, inputs) = (PageWriter.FileOf(topic.Stem), writer.Inputs(topic));
                if (!pages.IsUpToDate(file, inputs))
                    pages.Put(file, writer.Page(topic, inputs), About(topic));
            }
            pages.Put(WikiFolder.IndexFile, writer.Index(), null);
            pages.RemoveOthers(cancellation);
        }
        finally
        {
            // Also when it is stopped half-way: what was done stands in the log.
            pages.AppendLog(clock.GetUtcNow());
        }
        WikiCache.Of(scan).Save(pages.Root);
        return new WikiReport(
            pages.Root,
            scan.Notes.Values.Count(facts => !facts.IsPrivate),
            scan.Notes.Values.Count(facts => facts.IsPrivate),
            scan.Parsed,
            pages.Built,
            pages.Changed,
            pages.Removed,
            pages.Unchanged,
            pages.Kept,
            [.. scan.Problems.Select(problem => problem.Message)],
            clock.GetElapsedTime(started).TotalMilliseconds
        );
    }

    private static string About(Topic topic)
    {
        var count = topic.Notes.Count + topic.MoreNotes;
        return string.Create(CultureInfo.InvariantCulture, $"from {count} {(count == 1 ? "note" : "notes")}");
    }
}
