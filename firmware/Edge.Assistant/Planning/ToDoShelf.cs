using Edge.Notes;

namespace Edge.Assistant.Planning;

/// <summary>The to-dos of a vault. They are not in the index: every note that passes the filter is looked into.</summary>
internal sealed class ToDoShelf(NoteShelf shelf)
{
    /// <param name="filter">A tag may stand on the to-do's own line or on its note.</param>
    /// <param name="looked">Notes that were looked into; fewer than passed when there are too many.</param>
    /// <param name="passed">Notes that passed the filter.</param>
    public List<ToDo> Find(
        NoteFilter filter,
        DateOnly today,
        CancellationToken cancellation,
        out int looked,
        out int passed
    )
    {
        var notes = shelf.Matching(filter with { Tags = [] }, cancellation);
        passed = notes.Count;
        looked = Math.Min(passed, NoteShelf.NotesReadMax);
        var found = NoteShelf.Each(notes[..looked], note => Of(note.Path, filter, today), cancellation);
        return [.. found.SelectMany(toDos => toDos)];
    }

    private List<ToDo> Of(string path, NoteFilter filter, DateOnly today)
    {
        if (shelf.OpenIf(path, content => ToDoReader.MayHold(content)) is not { } note)
            return [];
        var toDos = ToDoReader.Read(note, today);
        foreach (var tag in filter.Tags.Where(tag => !NoteShelf.HasTag(OfWholeNote(note), tag)))
            toDos.RemoveAll(toDo => !NoteShelf.HasTag(TagsOf(toDo.Raw), tag));
        return toDos;
    }

    /// <summary>The tags of its front matter: one in the text is of its line.</summary>
    private static IEnumerable<string> OfWholeNote(Note note)
    {
        var tags = note.FrontMatter.GetValueOrDefault("tags") ?? note.FrontMatter.GetValueOrDefault("tag") ?? "";
        return tags.Split([',', ' '], StringSplitOptions.RemoveEmptyEntries).Select(tag => tag.TrimStart('#'));
    }

    private static IEnumerable<string> TagsOf(string line) =>
        line.Split([' ', '\t', ',', '(', ')'], StringSplitOptions.RemoveEmptyEntries)
            .Where(word => word.Length > 1 && word[0] == '#')
            .Select(word => word[1..].TrimEnd('.', ';', ':', '!', '?', '/'));
}
