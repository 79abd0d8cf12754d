namespace Edge.Assistant.Wiki;

/// <summary>A page that was left as the user made it.</summary>
/// <param name="Beside">Where the new page was written; null when there is nothing new.</param>
public sealed record KeptPage(string Page, string? Beside);

/// <summary>What a build did. Pages are file names of the folder.</summary>
/// <param name="Notes">Notes that were read, private ones not counted.</param>
/// <param name="NotesParsed">Of them, those that were new or changed since the last build.</param>
/// <param name="Problems">Files that could not be read, with the reason.</param>
public sealed record WikiReport(
    string Folder,
    int Notes,
    int NotesPrivate,
    int NotesParsed,
    IReadOnlyList<string> Built,
    IReadOnlyList<string> Changed,
    IReadOnlyList<string> Removed,
    int Unchanged,
    IReadOnlyList<KeptPage> Kept,
    IReadOnlyList<string> Problems,
    double Ms
);

/// <summary>Two lines that cannot both hold.</summary>
public sealed record Contradiction(ClaimKind Kind, Citation First, Citation Second);

/// <param name="Page">File name in the wiki's folder.</param>
/// <param name="Note">The source.</param>
/// <param name="Why">"changed", "gone" or "private".</param>
public sealed record StalePage(string Page, string Note, string Why);

/// <param name="File">Vault path of the note, or file name of the page.</param>
/// <param name="IsPage">The link stands in a page of the wiki.</param>
/// <param name="Line">From 1.</param>
/// <param name="Target">As written.</param>
public sealed record BrokenLink(string File, bool IsPage, int Line, string Target);

/// <param name="Pages">0 when there is no wiki yet: orphans are then judged by links alone.</param>
public sealed record LintReport(
    string Folder,
    int Notes,
    int Pages,
    IReadOnlyList<Contradiction> Contradictions,
    IReadOnlyList<string> Orphans,
    IReadOnlyList<StalePage> Stale,
    IReadOnlyList<BrokenLink> BrokenLinks,
    IReadOnlyList<string> Problems
)
{
    public int Findings => Contradictions.Count + Orphans.Count + Stale.Count + BrokenLinks.Count;
}
