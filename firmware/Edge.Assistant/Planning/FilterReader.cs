namespace Edge.Assistant.Planning;

/// <param name="Frame">The words that are left when the filters are taken out, lower case, single spaces.</param>
/// <param name="Rest">The same words as written, for retrieval.</param>
internal sealed record FilteredQuestion(string Frame, string Rest, NoteFilter Filter);

/// <summary>Takes dates, tags, folders and due dates out of a question.</summary>
internal static class FilterReader
{
    private const int FolderWordsMax = 4;

    /// <param name="dueByDefault">"By Friday", "on 31 May" and "this week" say when a to-do is due; "in", "from" and
    /// "since" say of which day its note is.</param>
    public static FilteredQuestion Read(IReadOnlyList<PlanWord> words, DateOnly today, bool dueByDefault)
    {
        var filter = new NoteFilter();
        var rest = new List<PlanWord>();
        var ranges = new RangeReader(words, today);
        for (var at = 0; at < words.Count; )
        {
            var next = Folder(words, at, ref filter);
            if (next == at)
                next = Tags(words, at, ref filter);
            if (next == at && filter.Due is null)
                next = Due(words, at, ranges, ref filter);
            if (next == at && filter.Dates is null)
                next = Dates(words, at, ranges, dueByDefault, ref filter);
            if (next == at)
                rest.Add(words[next++]);
            at = next;
        }
        return new FilteredQuestion(
            string.Join(' ', rest.Select(word => word.Text)),
            string.Join(' ', rest.Select(word => word.Raw)),
            filter
        );
    }

    private static bool Is(IReadOnlyList<PlanWord> words, int at, params ReadOnlySpan<string> texts) =>
        at >= 0 && at < words.Count && !words[at].IsQuoted && texts.Contains(words[at].Text);

    /// <summary>"in folder recipes", "in the recipes folder", "under projects/".</summary>
    private static int Folder(IReadOnlyList<PlanWord> words, int start, ref NoteFilter filter)
    {
        if (filter.Folder is not null || !Is(words, start, "in", "from", "under", "inside", "of", "within"))
            return start;
        var at = Is(words, start + 1, "the", "my") ? start + 2 : start + 1;
        if (Is(words, at, "folder") && at + 1 < words.Count)
        {
            var name = Is(words, at + 1, "called", "named") ? at + 2 : at + 1;
            if (name >= words.Count || FolderName(words[name].Raw) is not { Length: > 0 } named)
                return start;
            filter = filter with { Folder = named };
            return name + 1;
        }
        for (var end = at; at > start + 1 && end < words.Count && end - at <= FolderWordsMax; end++)
        {
            if (end == at || !Is(words, end, "folder"))
                continue;
            filter = filter with
            {
                Folder = FolderName(string.Join(' ', words.Skip(at).Take(end - at).Select(w => w.Raw))),
            };
            return end + 1;
        }
        if (at < words.Count && words[at].Raw is [not '/', .., '/'] path)
        {
            filter = filter with { Folder = FolderName(path) };
            return at + 1;
        }
        return start;
    }

    private static string FolderName(string written) => written.Trim('/').Replace('\\', '/');

    /// <summary>"#garden", "tagged garden and house", "with the tag garden".</summary>
    private static int Tags(IReadOnlyList<PlanWord> words, int start, ref NoteFilter filter)
    {
        if (!words[start].IsQuoted && TagOf(words[start].Text) is { } bare)
        {
            filter = With(filter, bare);
            return start + 1;
        }
        var at = start;
        if (Is(words, at, "tagged"))
            at = Is(words, at + 1, "with", "as") ? at + 2 : at + 1;
        else if (!Is(words, at++, "with", "under", "having"))
            return start;
        var named = Is(words, at, "the") ? at + 1 : at;
        if (Is(words, named, "tag", "tags"))
            at = named + 1;
        else if (!Is(words, start, "tagged"))
            return start;
        var end = at;
        while (end < words.Count)
        {
            var tag = words[end].Text.TrimStart('#');
            if (tag.Length == 0 || !tag.All(c => char.IsLetterOrDigit(c) || c is '_' or '-' or '/'))
                break;
            filter = With(filter, tag);
            end++;
            if (!Is(words, end, "and") || end + 1 >= words.Count || IsOtherFilter(words, end + 1))
                break;
            end++;
        }
        return end > at ? end : start;
    }

    /// <summary>"tagged garden and dated in March" names one tag.</summary>
    private static bool IsOtherFilter(IReadOnlyList<PlanWord> words, int at) =>
        Is(words, at, "dated", "in", "from", "since", "due", "that", "which", "done", "open", "i", "on");

    private static NoteFilter With(NoteFilter filter, string tag) =>
        filter.Tags.Contains(tag) ? filter : filter with { Tags = [.. filter.Tags, tag] };

    /// <summary>"#garden" is garden; "#12" and "#" are no tags.</summary>
    private static string? TagOf(string text)
    {
        if (text.Length < 2 || text[0] != '#')
            return null;
        var tag = text[1..].TrimEnd('/', '-');
        return tag.Any(char.IsLetter) && tag.All(c => char.IsLetterOrDigit(c) || c is '_' or '-' or '/') ? tag : null;
    }

    private static int Due(IReadOnlyList<PlanWord> words, int start, RangeReader ranges, ref NoteFilter filter)
    {
        if (!Is(words, start, "due"))
            return start;
        var at = Is(words, start + 1, "date") ? start + 2 : start + 1;
        if (ranges.Read(at, Lean.Future) is not { } read)
            return start;
        filter = filter with { Due = read.Range, SaysDue = true };
        return read.End;
    }

    private static int Dates(
        IReadOnlyList<PlanWord> words,
        int start,
        RangeReader ranges,
        bool dueByDefault,
        ref NoteFilter filter
    )
    {
        if (ranges.Read(start, Lean.Past) is not { } read)
            return start;
        var isDue =
            dueByDefault && (read.Lead is DateLead.None or DateLead.For or DateLead.Before || Is(words, start, "on"));
        if (!isDue)
        {
            filter = filter with { Dates = read.Range, DatesLead = read.Lead };
            return read.End;
        }
        if (filter.Due is not null || ranges.Read(start, Lean.Future) is not { } future)
            return start;
        filter = filter with { Due = future.Range };
        return future.End;
    }
}
