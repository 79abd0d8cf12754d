using System.Text;
using Edge.Notes;

namespace Edge.Assistant.Wiki;

/// <summary>What all notes of a vault bring to the wiki, by path in ordinal order, and what could not be read.</summary>
/// <param name="Parsed">Notes that were new or changed; the facts of the others were known.</param>
internal sealed record VaultScan(
    IReadOnlyDictionary<string, NoteFacts> Notes,
    IReadOnlyList<VaultProblem> Problems,
    LinkTable Links,
    string Titles,
    int Parsed
)
{
    /// <summary>Reads every note's bytes, and parses those whose hash is not the known one.</summary>
    /// <param name="leftOut">Folder of the vault that holds the wiki itself, with '/' at its end; null when it is outside.</param>
    public static VaultScan Read(Vault vault, string? leftOut, WikiCache known, CancellationToken cancellation)
    {
        var listing = vault.List(cancellation);
        var problems = new List<VaultProblem>(listing.Problems);
        var notes = new SortedDictionary<string, NoteFacts>(StringComparer.Ordinal);
        var parsed = new HashSet<string>(StringComparer.Ordinal);
        foreach (var file in listing.Notes)
        {
            cancellation.ThrowIfCancellationRequested();
            if (leftOut is not null && file.Path.StartsWith(leftOut, StringComparison.Ordinal))
                continue;
            try
            {
                var bytes = vault.ReadBytes(file.Path);
                var hash = ContentHash.Of(bytes);
                if (known.Notes.TryGetValue(file.Path, out var facts) && facts.Hash == hash)
                {
                    notes[file.Path] = facts;
                    continue;
                }
                var note = Note.Parse(file.Path, bytes);
                notes[file.Path] = NoteFacts.Of(note, hash);
                if (!notes[file.Path].IsPrivate)
                    parsed.Add(file.Path);
            }
            catch (NoteException trouble)
            {
                problems.Add(new VaultProblem(file.Path, trouble.Message));
            }
        }
        var titles = TitlesHash(notes);
        AddMentions(vault, notes, titles == known.Titles ? parsed : null, cancellation);
        return new VaultScan(notes, problems, new LinkTable(vault.Root, notes), titles, parsed.Count);
    }

    private static string TitlesHash(SortedDictionary<string, NoteFacts> notes) =>
        ContentHash.Of(
            Encoding.UTF8.GetBytes(string.Join('\n', TopicFinder.Titles(notes).Select(t => $"{t.Name}\t{t.Topic}")))
        );

    /// <param name="only">Null when the titles have changed: then every text is looked through again.</param>
    private static void AddMentions(
        Vault vault,
        SortedDictionary<string, NoteFacts> notes,
        HashSet<string>? only,
        CancellationToken cancellation
    )
    {
        var titles = new TitleMentions(TopicFinder.Titles(notes));
        foreach (var path in notes.Keys.ToList())
        {
            cancellation.ThrowIfCancellationRequested();
            var facts = notes[path];
            if (facts.IsPrivate || only?.Contains(path) == false)
                continue;
            try
            {
                notes[path] = facts with { Mentions = titles.In(vault.Read(path)) };
            }
            catch (NoteException)
            {
                // Gone since the first look: the next build sees that it is.
                notes[path] = facts with
                {
                    Mentions = [],
                };
            }
        }
    }
}
