using Edge.Assistant.Text;
using Edge.Notes;

namespace Edge.Assistant.Wiki;

/// <summary>
/// Looks for what is wrong in notes and wiki, and changes nothing: contradictions, notes that nothing leads to, pages
/// whose sources have changed, links that lead nowhere. Private notes are left out.
/// </summary>
public static class WikiLint
{
    /// <param name="folder">The wiki's; it may be missing.</param>
    /// <exception cref="NoteException">The vault is gone.</exception>
    public static LintReport Run(Vault vault, string folder, CancellationToken cancellation = default)
    {
        var pages = Directory.Exists(folder) ? WikiFolder.Open(vault, folder, create: false) : null;
        var known = pages is null ? WikiCache.Empty : WikiCache.Load(pages.Root);
        var scan = VaultScan.Read(vault, pages?.InVault, known, cancellation);
        var heads = pages?.Pages(cancellation) ?? new Dictionary<string, PageHead>();
        return new LintReport(
            Path.GetFullPath(folder),
            scan.Notes.Values.Count(facts => !facts.IsPrivate),
            heads.Count(page => page.Value.Sources.Count > 0),
            ContradictionsOf(vault, scan),
            Orphans(scan, heads),
            Stale(scan, heads),
            [.. BrokenInNotes(scan), .. pages is null ? [] : BrokenInPages(vault, pages, heads, scan)],
            [.. scan.Problems.Select(problem => problem.Message)]
        );
    }

    /// <summary>The claim's lines as the file has them; null when it is shorter by now.</summary>
    internal static Citation? Cite(Note note, Claim claim)
    {
        if (claim.FirstLine < 1 || claim.LastLine > note.Lines.Count)
            return null;
        var lines = Enumerable.Range(claim.FirstLine - 1, claim.LastLine - claim.FirstLine + 1);
        var quote = string.Join('\n', lines.Select(i => note.Lines[i]));
        return new Citation(note.Path, claim.FirstLine, claim.LastLine, quote);
    }

    private static List<Contradiction> ContradictionsOf(Vault vault, VaultScan scan)
    {
        var found = new List<Contradiction>();
        foreach (var pair in Contradictions.Of(scan.Notes))
        {
            try
            {
                var first = Cite(vault.Read(pair.FirstNote), pair.First);
                var second = Cite(vault.Read(pair.SecondNote), pair.Second);
                if (first is not null && second is not null)
                    found.Add(new Contradiction(pair.First.Kind, first, second));
            }
            catch (NoteException)
            {
                // Gone since it was read: it contradicts nothing any more.
            }
        }
        return found;
    }

    private static List<string> Orphans(VaultScan scan, IReadOnlyDictionary<string, PageHead> pages)
    {
        var reached = pages.Values.SelectMany(page => page.Sources.Keys).ToHashSet(StringComparer.Ordinal);
        foreach (var (path, facts) in scan.Notes)
        {
            foreach (var link in facts.Links)
            {
                if (scan.Links.Note(path, link) is { } target && target != path)
                    reached.Add(target);
            }
        }
        return
        [
            .. scan.Notes.Where(note => !note.Value.IsPrivate && !reached.Contains(note.Key)).Select(note => note.Key),
        ];
    }

    private static List<StalePage> Stale(VaultScan scan, IReadOnlyDictionary<string, PageHead> pages)
    {
        var stale = new List<StalePage>();
        foreach (var (page, head) in pages)
        {
            foreach (var (note, hash) in head.Sources)
            {
                if (!scan.Notes.TryGetValue(note, out var facts))
                    stale.Add(new StalePage(page, note, "gone"));
                else if (facts.IsPrivate)
                    stale.Add(new StalePage(page, note, "private"));
                else if (facts.Hash != hash)
                    stale.Add(new StalePage(page, note, "changed"));
            }
        }
        return stale;
    }

    private static IEnumerable<BrokenLink> BrokenInNotes(VaultScan scan) =>
        scan.Notes.SelectMany(note =>
            note.Value.Links.Where(link => scan.Links.IsBroken(note.Key, link))
                .Select(link => new BrokenLink(note.Key, false, link.Line, link.Target))
        );

    /// <summary>Quotes stand as they are in their notes: their links are the notes' own. A source that is gone makes a page
    /// stale, and is not reported twice.</summary>
    private static List<BrokenLink> BrokenInPages(
        Vault vault,
        WikiFolder pages,
        IReadOnlyDictionary<string, PageHead> heads,
        VaultScan scan
    )
    {
        var broken = new List<BrokenLink>();
        foreach (var (name, head) in heads)
        {
            var note = Note.Parse(name, pages.ReadBytes(name));
            foreach (var link in NoteLinks.Of(note, NoteOutline.Read(note.Lines, note.BodyFirstLine)))
            {
                if (link.IsWiki || note.Lines[link.Line - 1].StartsWith('>'))
                    continue;
                var full = Path.GetFullPath(Path.Combine(pages.Root, link.Target));
                var source = Path.GetRelativePath(vault.Root, full).Replace(Path.DirectorySeparatorChar, '/');
                if (!Path.Exists(full) && !(head.Sources.ContainsKey(source) && !scan.Notes.ContainsKey(source)))
                    broken.Add(new BrokenLink(name, true, link.Line, link.Target));
            }
        }
        return broken;
    }
}
