using System.CommandLine;
using System.Globalization;
using Edge.Assistant.Wiki;
using Edge.Cli.CommandLine;
using Edge.Cli.Devices;
using Edge.Cli.Output;
using Edge.Host;
using Edge.Notes;

namespace Edge.Cli.Commands;

/// <summary>edge wiki: topic pages over a folder of notes, everything on them quoted; edge wiki lint: what is wrong.</summary>
internal static class WikiCommand
{
    public static Command Create(Terminal terminal)
    {
        var (place, json) = (new WikiPlace(), Options.Json());
        var command = new EdgeCommand(
            "wiki",
            "Topic pages over a folder of notes, or over a device's notes, which are synced with DIR-notes first: every "
                + "statement is a quote with its note and lines. Only what changed is made again; pages you edited are never "
                + "overwritten, the new one is written beside as NAME.new.md. Private notes are left out.",
            "edge wiki --vault ~/notes -o ~/notes-wiki"
        )
            .With([.. place.All, json])
            .Runs(
                terminal,
                async (parsed, cancellation) =>
                {
                    var (notes, pages) = await place.OpenAsync(terminal, parsed, cancellation).ConfigureAwait(false);
                    var report = new WikiBuilder(notes, pages, terminal.Clock).Build(cancellation);
                    if (parsed.GetValue(json))
                        terminal.PrintJson(WikiResult.From(report), WikiResultsJson.Types.WikiResult);
                    else
                        Print(terminal, report);
                    Talk(terminal, report);
                    return ExitCode.Done;
                }
            );
        command.Add(Lint(terminal));
        return command;
    }

    private static EdgeCommand Lint(Terminal terminal)
    {
        var (place, json) = (new WikiPlace(), Options.Json());
        return new EdgeCommand(
            "lint",
            "Find contradictions between notes, notes that no page or link reaches, pages older than their notes, and "
                + "broken links. Changes no page and no note; a device's notes are synced with DIR-notes first. Exits with 1 when there are findings, with 0 when there are none.",
            "edge wiki lint --vault ~/notes"
        )
            .With([.. place.All, json])
            .Runs(
                terminal,
                async (parsed, cancellation) =>
                {
                    var (notes, pages) = await place.OpenAsync(terminal, parsed, cancellation).ConfigureAwait(false);
                    var report = WikiLint.Run(notes, pages, cancellation);
                    if (parsed.GetValue(json))
                        terminal.PrintJson(LintResult.From(report), WikiResultsJson.Types.LintResult);
                    else
                        Print(terminal, report);
                    Talk(terminal, report);
                    return report.Findings == 0 ? ExitCode.Done : ExitCode.Failed;
                }
            );
    }

    private static void Print(Terminal terminal, WikiReport report)
    {
        foreach (var page in report.Built)
            terminal.Print($"built    {page}");
        foreach (var page in report.Changed)
            terminal.Print($"changed  {page}");
        foreach (var page in report.Removed)
            terminal.Print($"removed  {page}");
    }

    private static void Talk(Terminal terminal, WikiReport report)
    {
        foreach (var problem in report.Problems)
            terminal.Say($"edge: {problem}");
        foreach (var (page, beside) in report.Kept)
        {
            terminal.Say(
                beside is null
                    ? $"kept {page} as you edited it"
                    : $"kept {page} as you edited it; the new page is {beside}"
            );
        }
        terminal.Say(
            string.Create(
                CultureInfo.InvariantCulture,
                $"{report.Folder}: {report.Built.Count:N0} built, {report.Changed.Count:N0} changed, {report.Removed.Count:N0} removed, {report.Unchanged:N0} unchanged, from {report.Notes:N0} notes ({report.NotesParsed:N0} read anew, {report.NotesPrivate:N0} private left out; {report.Ms / 1000:F1} s)"
            )
        );
    }

    private static void Print(Terminal terminal, LintReport report)
    {
        foreach (var found in report.Contradictions)
        {
            terminal.Print($"contradiction  {Place(found.First)}  {OneLine(found.First)}");
            terminal.Print($"               {Place(found.Second)}  {OneLine(found.Second)}");
        }
        foreach (var note in report.Orphans)
            terminal.Print($"orphan         {note}: no page and no link leads to it");
        foreach (var stale in report.Stale)
            terminal.Print($"stale          {stale.Page}: {stale.Note} {Explained(stale.Why)}");
        foreach (var link in report.BrokenLinks)
            terminal.Print($"broken link    {link.File}:{link.Line}: {link.Target}");
    }

    private static void Talk(Terminal terminal, LintReport report)
    {
        foreach (var problem in report.Problems)
            terminal.Say($"edge: {problem}");
        if (report.Pages == 0)
            terminal.Say(
                $"there is no wiki in {report.Folder}: orphans are judged by links alone; edge wiki makes one"
            );
        terminal.Say(
            string.Create(
                CultureInfo.InvariantCulture,
                $"{report.Notes:N0} notes, {report.Pages:N0} pages: {report.Contradictions.Count:N0} contradictions, {report.Orphans.Count:N0} orphans, {report.Stale.Count:N0} stale sources, {report.BrokenLinks.Count:N0} broken links"
            )
        );
    }

    private static string Place(Assistant.Citation citation) =>
        citation.FirstLine == citation.LastLine
            ? $"{citation.Note}:{citation.FirstLine}"
            : $"{citation.Note}:{citation.FirstLine}-{citation.LastLine}";

    private static string OneLine(Assistant.Citation citation) => citation.Quote.ReplaceLineEndings(" ").Trim();

    private static string Explained(string why) =>
        why switch
        {
            "gone" => "is gone",
            "private" => "is private now",
            _ => "has changed",
        };

    /// <summary>The notes, and the folder of the pages.</summary>
    private sealed class WikiPlace
    {
        private readonly Option<string?> _vault = Options.Vault();
        private readonly Option<string?> _device = Options.Device();
        private readonly Option<string?> _folder = new("-o", "--output")
        {
            Description =
                "the wiki's own folder; with --vault it may be left out: then the folder of notes with \"-wiki\" at its end",
            HelpName = "DIR",
        };

        public Option[] All => [_vault, _folder, _device];

        /// <summary>A device's notes are synced with a folder beside the wiki, so that its links lead somewhere.</summary>
        /// <exception cref="ArgumentException">Options that do not go together.</exception>
        public async Task<(Vault Notes, string Pages)> OpenAsync(
            Terminal terminal,
            ParseResult parsed,
            CancellationToken cancellation
        )
        {
            var (vault, device, folder) = (parsed.GetValue(_vault), parsed.GetValue(_device), parsed.GetValue(_folder));
            Options.CheckOnePlace(vault, device);
            if (vault is not null)
            {
                var here = new Vault(vault);
                return (here, folder ?? WikiBuilder.DefaultFolder(here));
            }
            var pages = Path.TrimEndingDirectorySeparator(
                folder
                    ?? throw new ArgumentException(
                        "give the folder of notes with --vault DIR, or, for a device's notes, the wiki's folder with -o DIR"
                    )
            );
            var client = await Attached.ConnectAsync(terminal, device, cancellation).ConfigureAwait(false);
            await using (client.ConfigureAwait(false))
            {
                var notes = new Vault(Directory.CreateDirectory(pages + "-notes").FullName);
                var report = await SyncCommand
                    .SyncAsync(terminal, client, notes.Root, new SyncOptions(), cancellation)
                    .ConfigureAwait(false);
                foreach (var problem in report.Problems)
                    terminal.Say($"edge: {problem}");
                terminal.Say($"{notes.Root}: {SyncCommand.Sentence(report)}");
                return SyncCommand.IsComplete(report)
                    ? (notes, pages)
                    : throw new NoteException(
                        $"{notes.Root}: not every note was copied (see above), so no wiki was made"
                    );
            }
        }
    }
}
