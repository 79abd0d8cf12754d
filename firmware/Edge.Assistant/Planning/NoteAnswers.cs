using System.Globalization;
using Edge.Assistant.Text;
using Edge.Notes;

namespace Edge.Assistant.Planning;

/// <summary>Lists and counts of notes, tags and folders.</summary>
internal sealed class NoteAnswers(NoteShelf shelf, NoteIndex index)
{
    /// <summary>So few notes are shown with their first lines.</summary>
    private const int FewNotes = 3;

    private const int OpeningLines = 12;

    public Planned? Answer(Plan plan, CancellationToken cancellation)
    {
        if (UnknownFolder(plan.Filter) is { } unknown)
            return plan.IsGuess ? null : unknown;
        return plan.Kind switch
        {
            PlanKind.ListTags or PlanKind.CountTags => Tags(cancellation),
            PlanKind.ListFolders or PlanKind.CountFolders => Folders(),
            PlanKind.NewestNotes or PlanKind.OldestNotes => Newest(plan, cancellation),
            _ when plan.Qualifier.Length > 0 => Qualified(plan, cancellation),
            _ => Matching(plan, cancellation),
        };
    }

    /// <summary>"Recipe notes" are those tagged recipe or recipes, or in a folder of that name; null without either.</summary>
    private Planned? Qualified(Plan plan, CancellationToken cancellation)
    {
        var name = plan.Qualifier;
        foreach (var form in (string[])[name, name + "s", name.TrimEnd('s')])
        {
            var tagged = plan.Filter with { Tags = [.. plan.Filter.Tags, form] };
            if (Matching(plan with { Filter = tagged }, cancellation) is { } found)
                return found;
            if (
                plan.Filter.Folder is null
                && Matching(plan with { Filter = plan.Filter with { Folder = form } }, cancellation) is { } there
            )
                return there;
        }
        return null;
    }

    /// <summary>A refusal that names the folders there are; null when the filter's folder exists.</summary>
    public Planned? UnknownFolder(NoteFilter filter)
    {
        if (filter.Folder is not { } folder)
            return null;
        var paths = index.Newest(0, int.MaxValue).Select(note => note.Path).ToList();
        if (paths.Exists(path => NoteShelf.IsIn(path, folder)))
            return null;
        var folders = FoldersOf(paths).Keys.Order(StringComparer.Ordinal).Take(Planned.ShownMax).ToList();
        return Planned.Refusal(
            folders.Count == 0
                ? $"there is no folder {folder}; the notes have no folders"
                : $"there is no folder {folder}; the folders are {string.Join(", ", folders)}"
        );
    }

    private Planned? Matching(Plan plan, CancellationToken cancellation)
    {
        var notes = shelf.Matching(plan.Filter, cancellation);
        var open = OpenShown(notes, plan.Filter);
        var asked = plan.Filter.ToString();
        if (notes.Count == 0)
        {
            if (plan.IsGuess)
                return null;
            var undated = Undated(plan.Filter, cancellation);
            var without = undated > 0 ? $" ({Planned.Count(undated, "such note")} without a date)" : "";
            return Planned.Refusal($"0 of {Planned.Count(index.NoteCount, "note")} {asked}".TrimEnd() + without);
        }
        var head = Planned.Count(notes.Count, "note") + (asked.Length > 0 ? " " + asked : "") + ":";
        return Planned.List(head, open, notes.Count);
    }

    private Planned? Newest(Plan plan, CancellationToken cancellation)
    {
        var notes = shelf.OfAnyDay(plan.Filter, cancellation);
        if (plan.Kind == PlanKind.OldestNotes)
        {
            // A note without a date was added on some day, which says nothing of its age.
            notes.RemoveAll(note => note.Date is null);
            notes.Reverse();
        }
        var wanted = plan.Count > 0 ? plan.Count : Planned.ShownMax;
        notes = [.. notes.Take(wanted)];
        if (notes.Count == 0)
            return plan.IsGuess ? null : Planned.Refusal($"there is no note {plan.Filter}".TrimEnd());
        var which = plan.Kind == PlanKind.NewestNotes ? "newest" : "oldest";
        var asked = plan.Filter.ToString();
        var many = notes.Count == 1 ? "note" : Planned.Count(notes.Count, "note");
        var head = $"The {which} {many}{(asked.Length > 0 ? " " + asked : "")}:";
        return Planned.List(head, OpenShown(notes, plan.Filter), notes.Count);
    }

    /// <summary>Notes that are gone since they were indexed leave the list.</summary>
    private List<(string, Citation?)> OpenShown(List<IndexedNote> notes, NoteFilter filter)
    {
        var shown = new List<(string, Citation?)>();
        for (var i = 0; i < notes.Count && shown.Count < Planned.ShownMax; )
        {
            if (shelf.Open(notes[i].Path) is not { } note)
            {
                notes.RemoveAt(i);
                continue;
            }
            shown.Add(Shown(notes[i], note, filter, notes.Count <= FewNotes));
            i++;
        }
        return shown;
    }

    private static (string, Citation?) Shown(IndexedNote known, Note note, NoteFilter filter, bool isFew)
    {
        // The head has said the day when it is the only one.
        var day = filter.Dates is { First: { } first } range && first == range.Last ? "" : Iso(known.Date);
        var line = $"{Hidden.Remove(note.Title)} ({known.Path}{day})";
        var cited = Planned.Opening(note, isFew ? OpeningLines : 1);
        if (cited is null || !isFew)
            return (line, cited);
        var lines = Hidden.Remove(cited.Quote).Split('\n').Where(text => !string.IsNullOrWhiteSpace(text));
        // The title is in the line above.
        lines = lines.SkipWhile(text => text.TrimStart('#', ' ').TrimEnd() == note.Title);
        return (string.Join('\n', lines.Prepend(line)), cited);
    }

    private static string Iso(DateOnly? day) =>
        day is { } date ? ", " + date.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture) : "";

    private int Undated(NoteFilter filter, CancellationToken cancellation) =>
        filter.Dates is null
            ? 0
            : shelf.OfAnyDay(filter with { Dates = null }, cancellation).Count(note => note.Date is null);

    private Planned? Tags(CancellationToken cancellation)
    {
        var counts = new Dictionary<string, int>(StringComparer.OrdinalIgnoreCase);
        var notes = index.Newest(0, NoteShelf.NotesReadMax);
        foreach (var tag in NoteShelf.Each(notes, TagsOf, cancellation).SelectMany(tags => tags))
            counts[tag] = counts.GetValueOrDefault(tag) + 1;
        return counts.Count == 0
            ? Planned.Refusal($"none of {Planned.Count(notes.Count, "note")} has a tag")
            : Counted(counts, "tag", "#");
    }

    private IReadOnlyList<string> TagsOf(IndexedNote known) =>
        shelf.OpenIf(known.Path, content => MayHaveTags(content))?.Tags ?? [];

    /// <summary>Most notes have "#" in headings only, and need not be parsed.</summary>
    private static bool MayHaveTags(ReadOnlySpan<byte> content)
    {
        if (content.IndexOf("tag"u8) >= 0 || content.IndexOf("TAG"u8) >= 0 || content.IndexOf("Tag"u8) >= 0)
            return true;
        for (var at = content.IndexOf((byte)'#'); at >= 0 && at + 1 < content.Length; )
        {
            if (content[at + 1] is not ((byte)' ' or (byte)'#' or (byte)'\t' or (byte)'\n' or (byte)'\r'))
                return true;
            var next = content[(at + 1)..].IndexOf((byte)'#');
            at = next < 0 ? -1 : at + 1 + next;
        }
        return false;
    }

    private Planned Folders()
    {
        var counts = FoldersOf(index.Newest(0, int.MaxValue).Select(note => note.Path));
        return counts.Count == 0 ? Planned.Refusal("the notes have no folders") : Counted(counts, "folder", "");
    }

    private static Dictionary<string, int> FoldersOf(IEnumerable<string> paths) =>
        paths
            .Where(path => path.Contains('/'))
            .GroupBy(path => path[..path.LastIndexOf('/')], StringComparer.Ordinal)
            .ToDictionary(folder => folder.Key, folder => folder.Count(), StringComparer.Ordinal);

    private static Planned Counted(Dictionary<string, int> counts, string what, string mark)
    {
        var items = counts
            .OrderByDescending(entry => entry.Value)
            .ThenBy(entry => entry.Key, StringComparer.OrdinalIgnoreCase)
            .Take(Planned.ShownMax)
            .Select(entry => ($"{mark}{entry.Key} ({Planned.Count(entry.Value, "note")})", (Citation?)null))
            .ToList();
        return Planned.List(Planned.Count(counts.Count, what) + ":", items, counts.Count);
    }
}
