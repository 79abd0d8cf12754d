namespace Edge.Assistant.Wiki;

/// <summary>
/// Decides which topics have a page: a tag of two notes, a note or name that two notes link to, a title that two other
/// notes mention, a term that three notes use and most do not. The same name by several ways is one topic.
/// </summary>
internal sealed class TopicFinder
{
    /// <summary>Notes that a page lists and quotes.</summary>
    public const int NotesMax = 100;

    private const int PagesMax = 5000;
    private const int TermPagesMax = 200;
    private const int TermNotesMin = 3;
    private const int RelatedMax = 6;
    private const int RelatedNotesMin = 2;

    /// <summary>A term or mentioned title in more notes than this share says nothing: 15 %, but 8 notes are always few.</summary>
    private const double ShareMax = 0.15;
    private const int FewNotes = 8;

    private sealed class Draft
    {
        public Dictionary<string, int> Names { get; } = new(StringComparer.Ordinal);
        public HashSet<string> Tagged { get; } = new(StringComparer.Ordinal);
        public HashSet<string> Linking { get; } = new(StringComparer.Ordinal);
        public HashSet<string> Mentioning { get; } = new(StringComparer.Ordinal);
        public HashSet<string> Saying { get; } = new(StringComparer.Ordinal);

        /// <summary>Notes whose title it is.</summary>
        public HashSet<string> Titled { get; } = new(StringComparer.Ordinal);

        public void Name(string name, int weight) => Names[name] = Names.GetValueOrDefault(name) + weight;
    }

    private readonly IReadOnlyDictionary<string, NoteFacts> notes;
    private readonly LinkTable links;
    private readonly Dictionary<string, Draft> drafts = new(StringComparer.Ordinal);

    /// <summary>Another name of a note, to the topic of its title.</summary>
    private readonly Dictionary<string, string> aliases = new(StringComparer.Ordinal);

    /// <param name="notes">By path; private ones give nothing.</param>
    private TopicFinder(IReadOnlyDictionary<string, NoteFacts> notes, LinkTable links)
    {
        this.notes = notes;
        this.links = links;
    }

    /// <summary>Topics in ordinal order of their stems.</summary>
    public static IReadOnlyList<Topic> Find(IReadOnlyDictionary<string, NoteFacts> notes, LinkTable links) =>
        new TopicFinder(notes, links).Run();

    /// <summary>Names of notes that a text may mention, and the topics they name.</summary>
    public static IEnumerable<(string Name, string Topic)> Titles(IReadOnlyDictionary<string, NoteFacts> notes) =>
        notes
            .Values.Where(facts => !facts.IsPrivate)
            .SelectMany(facts => facts.Names.Select(name => (Name: name, Topic: TopicName.Stem(facts.Title))))
            .Distinct();

    private List<Topic> Run()
    {
        foreach (var (path, facts) in notes.Where(note => !note.Value.IsPrivate))
            AddTitle(path, facts);
        foreach (var (path, facts) in notes.Where(note => !note.Value.IsPrivate))
            AddNote(path, facts);
        var terms = drafts
            .Where(draft => OriginOf(draft.Value) == TopicOrigin.Term)
            .OrderByDescending(draft => TermScore(draft.Value))
            .ThenBy(draft => draft.Key, StringComparer.Ordinal)
            .Take(Math.Min(TermPagesMax, Math.Max(10, notes.Count / 5)))
            .Select(draft => draft.Key)
            .ToHashSet(StringComparer.Ordinal);
        var topics = drafts
            .Where(draft =>
                OriginOf(draft.Value) is { } origin && (origin != TopicOrigin.Term || terms.Contains(draft.Key))
            )
            .Select(draft => Finish(draft.Key, draft.Value))
            .OrderBy(topic => topic.Origin)
            .ThenByDescending(topic => topic.Notes.Count + topic.MoreNotes)
            .ThenBy(topic => topic.Stem, StringComparer.Ordinal)
            .Take(PagesMax)
            .ToList();
        return WithRelated(topics);
    }

    private void AddTitle(string path, NoteFacts facts)
    {
        var stem = TopicName.Stem(facts.Title);
        var draft = DraftOf(stem);
        draft.Titled.Add(path);
        draft.Name(facts.Title, 3);
        foreach (var alias in facts.Names.Skip(1))
        {
            draft.Name(alias, 0);
            aliases.TryAdd(TopicName.Stem(alias), stem);
        }
    }

    private void AddNote(string path, NoteFacts facts)
    {
        foreach (var tag in facts.Tags.Where(tag => tag.Length > 1))
            Add(TopicName.Shown(tag), 2).Tagged.Add(path);
        foreach (var link in facts.Links)
        {
            if (links.Note(path, link) is { } target)
            {
                if (target != path && !notes[target].IsPrivate)
                    DraftOf(TopicName.Stem(notes[target].Title)).Linking.Add(path);
            }
            else if (link.IsWiki && links.IsBroken(path, link))
            {
                // A page that nobody has written yet is a topic all the same.
                Add(TopicName.Shown(link.Target[(link.Target.LastIndexOf('/') + 1)..]), 1).Linking.Add(path);
            }
        }
        foreach (var topic in facts.Mentions)
        {
            if (drafts.TryGetValue(topic, out var draft) && !draft.Titled.Contains(path))
                draft.Mentioning.Add(path);
        }
        foreach (var term in facts.Terms)
            Add(term, 1).Saying.Add(path);
    }

    private Draft Add(string name, int weight)
    {
        var stem = TopicName.Stem(name);
        if (!drafts.ContainsKey(stem) && aliases.TryGetValue(stem, out var canonical))
            stem = canonical;
        var draft = DraftOf(stem);
        draft.Name(name, weight);
        return draft;
    }

    private Draft DraftOf(string stem)
    {
        if (!drafts.TryGetValue(stem, out var draft))
            drafts[stem] = draft = new Draft();
        return draft;
    }

    private TopicOrigin? OriginOf(Draft draft)
    {
        if (draft.Tagged.Count >= 2)
            return TopicOrigin.Tag;
        if (draft.Linking.Count >= 2)
            return TopicOrigin.Link;
        if (draft.Mentioning.Count >= 2 && draft.Titled.Count <= 3 && IsRare(draft.Mentioning.Count))
            return TopicOrigin.Title;
        return draft.Saying.Count >= TermNotesMin && IsRare(draft.Saying.Count) ? TopicOrigin.Term : null;
    }

    private bool IsRare(int count) => count <= Math.Max(FewNotes, ShareMax * notes.Count);

    /// <summary>Names before words, longer names before short ones, often before seldom.</summary>
    private static double TermScore(Draft draft)
    {
        var name = TitleOf(draft);
        return draft.Saying.Count * (name.Contains(' ') ? 3 : 1) * (name.Any(char.IsUpper) ? 2 : 1);
    }

    private static string TitleOf(Draft draft) =>
        draft
            .Names.OrderByDescending(name => name.Value)
            .ThenBy(name => name.Key, StringComparer.Ordinal)
            .Select(name => name.Key)
            .FirstOrDefault("(no name)");

    private Topic Finish(string stem, Draft draft)
    {
        var members = new HashSet<string>(draft.Tagged, StringComparer.Ordinal);
        members.UnionWith(draft.Linking);
        members.UnionWith(draft.Titled);
        if (IsRare(draft.Mentioning.Count))
            members.UnionWith(draft.Mentioning);
        if (IsRare(draft.Saying.Count))
            members.UnionWith(draft.Saying);
        var ordered = members
            .OrderByDescending(path => draft.Titled.Contains(path))
            .ThenByDescending(path => notes[path].Day ?? "", StringComparer.Ordinal)
            .ThenBy(path => path, StringComparer.Ordinal)
            .ToList();
        var title = TitleOf(draft);
        var names = draft.Names.Keys.Order(StringComparer.Ordinal).Prepend(title).Distinct(StringComparer.Ordinal);
        return new Topic(
            stem,
            title,
            [.. names],
            OriginOf(draft)!.Value,
            [.. ordered.Take(NotesMax)],
            Math.Max(0, ordered.Count - NotesMax)
        );
    }

    /// <summary>Only what a topic shares with others counts, so that a new note moves its own topics and no others.</summary>
    private static List<Topic> WithRelated(List<Topic> topics)
    {
        var ofNote = new Dictionary<string, List<string>>(StringComparer.Ordinal);
        foreach (var topic in topics)
        {
            foreach (var note in topic.Notes)
            {
                if (!ofNote.TryGetValue(note, out var list))
                    ofNote[note] = list = [];
                list.Add(topic.Stem);
            }
        }
        return
        [
            .. topics
                .Select(topic =>
                    topic with
                    {
                        Related =
                        [
                            .. topic
                                .Notes.SelectMany(note => ofNote[note])
                                .Where(stem => stem != topic.Stem)
                                .CountBy(stem => stem)
                                .Where(shared => shared.Value >= RelatedNotesMin)
                                .OrderByDescending(shared => shared.Value)
                                .ThenBy(shared => shared.Key, StringComparer.Ordinal)
                                .Take(RelatedMax)
                                .Select(shared => shared.Key),
                        ],
                    }
                )
                .OrderBy(topic => topic.Stem, StringComparer.Ordinal),
        ];
    }
}
