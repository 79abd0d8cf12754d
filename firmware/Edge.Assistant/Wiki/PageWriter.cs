using System.Globalization;
using System.Text;
using Edge.Notes;

namespace Edge.Assistant.Wiki;

/// <summary>Writes topic pages and the index from what is known of all notes; opens only the notes of the page in work.</summary>
internal sealed class PageWriter(Vault vault, VaultScan scan, IReadOnlyList<Topic> topics, string toVault)
{
    /// <summary>Raised whenever a page would come out otherwise for the same notes.</summary>
    private const int Version = 1;

    private const int QuotesMax = 60;
    private const int OpposedMax = 20;

    /// <summary>Notes kept open between pages, characters of all together: 32 Mi.</summary>
    private const long CharsHeldMax = 32L << 20;

    private readonly Dictionary<string, Topic> byStem = topics.ToDictionary(
        topic => topic.Stem,
        StringComparer.Ordinal
    );
    private readonly Dictionary<string, Statements?> held = new(StringComparer.Ordinal);
    private readonly StemLists stems = new();
    private long heldChars;
    private readonly ILookup<string, Opposed> opposed = Contradictions.Of(scan.Notes).ToLookup(pair => pair.FirstNote);

    public static string FileOf(string stem) => stem + WikiFolder.Ending;

    /// <summary>Hash of all that the page depends on: when it is the page's own, there is nothing to do.</summary>
    public string Inputs(Topic topic)
    {
        var all = new StringBuilder();
        all.Append(CultureInfo.InvariantCulture, $"{Version}\n{toVault}\n{topic.Title}\n{topic.MoreNotes}\n");
        all.AppendJoin('\n', topic.Names).Append("\n\n");
        foreach (var path in topic.Notes)
        {
            var facts = scan.Notes[path];
            all.Append(CultureInfo.InvariantCulture, $"{path}\t{facts.Hash}\t{facts.Title}\t{facts.Day}\n");
        }
        foreach (var stem in topic.Related)
            all.Append(CultureInfo.InvariantCulture, $"{stem}\t{byStem[stem].Title}\n");
        foreach (var pair in OpposedIn(topic))
            all.Append(
                CultureInfo.InvariantCulture,
                $"{pair.FirstNote}\t{pair.First}\t{pair.SecondNote}\t{pair.Second}\n"
            );
        return ContentHash.Of(Encoding.UTF8.GetBytes(all.ToString()));
    }

    public byte[] Page(Topic topic, string inputs)
    {
        var body = new StringBuilder();
        body.Append("# ").Append(WikiMarkdown.Escape(topic.Title)).Append("\n\n");
        var phrase = new Phrase(topic.Names);
        AppendQuotes(body, topic, phrase);
        AppendOpposed(body, topic, phrase);
        AppendNotes(body, topic);
        if (topic.Related.Count > 0)
        {
            body.Append("\n## See also\n\n");
            foreach (var stem in topic.Related)
                body.Append("- ").Append(WikiMarkdown.Link(byStem[stem].Title, FileOf(stem))).Append('\n');
        }
        return PageHead.Write(
            topic.Title,
            inputs,
            topic.Notes.Order(StringComparer.Ordinal).Select(path => (path, scan.Notes[path].Hash)),
            body.ToString()
        );
    }

    public byte[] Index()
    {
        var body = new StringBuilder("# Index\n\n");
        var notes = scan.Notes.Values.Count(facts => !facts.IsPrivate);
        body.Append(
            CultureInfo.InvariantCulture,
            $"Pages: {topics.Count}. Notes: {notes}. What was done when: [log](log.md).\n"
        );
        foreach (var group in topics.GroupBy(topic => topic.Origin).OrderBy(group => group.Key))
        {
            body.Append("\n## ").Append(HeadingOf(group.Key)).Append("\n\n");
            foreach (
                var topic in group
                    .OrderBy(topic => topic.Title, StringComparer.OrdinalIgnoreCase)
                    .ThenBy(t => t.Stem, StringComparer.Ordinal)
            )
            {
                var count = topic.Notes.Count + topic.MoreNotes;
                body.Append("- ").Append(WikiMarkdown.Link(topic.Title, FileOf(topic.Stem)));
                body.Append(CultureInfo.InvariantCulture, $" ({count})\n");
            }
        }
        return PageHead.Write("Index", "-", [], body.ToString());
    }

    private static string HeadingOf(TopicOrigin origin) =>
        origin switch
        {
            TopicOrigin.Tag => "By tag",
            TopicOrigin.Link => "Linked to",
            TopicOrigin.Title => "Mentioned by title",
            _ => "Recurring names and words",
        };

    private void AppendQuotes(StringBuilder body, Topic topic, Phrase phrase)
    {
        var left = QuotesMax;
        foreach (var path in topic.Notes)
        {
            if (left == 0 || NoteAt(path) is not { } note)
                continue;
            var isAbout = TopicName.Stem(scan.Notes[path].Title) == topic.Stem;
            foreach (var quote in note.About(phrase, isAbout).Take(left))
            {
                if (left-- == QuotesMax)
                    body.Append("## What the notes say\n\n");
                WikiMarkdown.AppendQuote(body, quote, toVault);
            }
        }
    }

    /// <summary>Contradictions of which at least one side names the topic.</summary>
    private void AppendOpposed(StringBuilder body, Topic topic, Phrase phrase)
    {
        var any = false;
        foreach (var pair in OpposedIn(topic))
        {
            var first = NoteAt(pair.FirstNote)?.Lines(pair.First);
            var second = NoteAt(pair.SecondNote)?.Lines(pair.Second);
            if (first is null || second is null || !Names(phrase, first) && !Names(phrase, second))
                continue;
            if (!any)
                body.Append("## What does not agree\n\n");
            any = true;
            WikiMarkdown.AppendQuote(body, first, toVault);
            WikiMarkdown.AppendQuote(body, second, toVault);
        }
    }

    private void AppendNotes(StringBuilder body, Topic topic)
    {
        body.Append("## Notes\n\n");
        foreach (var path in topic.Notes)
        {
            var facts = scan.Notes[path];
            body.Append("- ").Append(WikiMarkdown.Link(facts.Title, toVault + path));
            body.Append(facts.Day is null ? "\n" : $", {facts.Day}\n");
        }
        if (topic.MoreNotes > 0)
            body.Append(CultureInfo.InvariantCulture, $"- and {topic.MoreNotes} more\n");
    }

    private IEnumerable<Opposed> OpposedIn(Topic topic)
    {
        var members = topic.Notes.ToHashSet(StringComparer.Ordinal);
        return topic
            .Notes.SelectMany(path => opposed[path])
            .Where(pair => members.Contains(pair.SecondNote))
            .Take(OpposedMax);
    }

    private bool Names(Phrase phrase, Citation cited) => phrase.StandsIn(cited.Quote, stems.Of(cited.Quote));

    /// <summary>The note as it was when its hash was taken; null when it has changed since or is gone.</summary>
    private Statements? NoteAt(string path)
    {
        if (held.TryGetValue(path, out var note))
            return note;
        if (heldChars >= CharsHeldMax)
        {
            held.Clear();
            heldChars = 0;
        }
        try
        {
            var bytes = vault.ReadBytes(path);
            var isAsScanned = ContentHash.Of(bytes) == scan.Notes[path].Hash;
            note = isAsScanned ? new Statements(Note.Parse(path, bytes), stems) : null;
        }
        catch (NoteException)
        {
            note = null;
        }
        heldChars += note?.Chars ?? 0;
        return held[path] = note;
    }
}
