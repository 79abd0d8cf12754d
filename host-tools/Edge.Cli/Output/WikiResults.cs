using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using Edge.Assistant.Wiki;

namespace Edge.Cli.Output;

/// <summary>edge wiki --json.</summary>
/// <param name="NotesParsed">New or changed since the last build.</param>
internal sealed record WikiResult(
    string Folder,
    int Notes,
    int NotesPrivate,
    int NotesParsed,
    IReadOnlyList<string> Built,
    IReadOnlyList<string> Changed,
    IReadOnlyList<string> Removed,
    int Unchanged,
    IReadOnlyList<KeptResult> Kept,
    IReadOnlyList<string> Problems,
    double Ms
)
{
    public static WikiResult From(WikiReport report) =>
        new(
            report.Folder,
            report.Notes,
            report.NotesPrivate,
            report.NotesParsed,
            report.Built,
            report.Changed,
            report.Removed,
            report.Unchanged,
            [.. report.Kept.Select(kept => new KeptResult(kept.Page, kept.Beside))],
            report.Problems,
            report.Ms
        );
}

internal sealed record KeptResult(string Page, string? Beside);

/// <summary>edge wiki lint --json.</summary>
internal sealed record LintResult(
    string Folder,
    int Notes,
    int Pages,
    int Findings,
    IReadOnlyList<ContradictionResult> Contradictions,
    IReadOnlyList<string> Orphans,
    IReadOnlyList<StaleResult> Stale,
    IReadOnlyList<BrokenLinkResult> BrokenLinks,
    IReadOnlyList<string> Problems
)
{
    public static LintResult From(LintReport report) =>
        new(
            report.Folder,
            report.Notes,
            report.Pages,
            report.Findings,
            [.. report.Contradictions.Select(ContradictionResult.From)],
            report.Orphans,
            [.. report.Stale.Select(stale => new StaleResult(stale.Page, stale.Note, stale.Why))],
            [.. report.BrokenLinks.Select(BrokenLinkResult.From)],
            report.Problems
        );
}

/// <param name="Kind">"number", "date" or "yes_no".</param>
internal sealed record ContradictionResult(string Kind, CitationResult First, CitationResult Second)
{
    public static ContradictionResult From(Contradiction found) =>
        new(
            found.Kind switch
            {
                ClaimKind.Number => "number",
                ClaimKind.Date => "date",
                _ => "yes_no",
            },
            Cited(found.First),
            Cited(found.Second)
        );

    private static CitationResult Cited(Assistant.Citation citation) =>
        new(citation.Note, citation.FirstLine, citation.LastLine, citation.Quote);
}

/// <param name="Why">"changed", "gone" or "private".</param>
internal sealed record StaleResult(string Page, string Note, string Why);

/// <param name="Note">Where the link stands, in a note; null when it stands in a page.</param>
/// <param name="Page">Where it stands, in a page of the wiki; null when it stands in a note.</param>
internal sealed record BrokenLinkResult(string? Note, string? Page, int Line, string Target)
{
    public static BrokenLinkResult From(BrokenLink link) =>
        new(link.IsPage ? null : link.File, link.IsPage ? link.File : null, link.Line, link.Target);
}

[JsonSerializable(typeof(WikiResult))]
[JsonSerializable(typeof(LintResult))]
internal sealed partial class WikiResultsJson : JsonSerializerContext
{
    /// <summary>As <see cref="Json.Types"/>: lower case with underscores, text in any script as it stands.</summary>
    public static WikiResultsJson Types { get; } =
        new(
            new JsonSerializerOptions
            {
                PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
                Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
            }
        );
}
