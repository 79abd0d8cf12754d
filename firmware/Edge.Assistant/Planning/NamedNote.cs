using System.Text.RegularExpressions;
using Edge.Assistant.Text;
using Edge.Notes;

namespace Edge.Assistant.Planning;

/// <summary>"Show me the note X": X is a title, a path, a file's name or an alias, exactly but for capitals and accents.</summary>
internal sealed partial class NamedNote(NoteShelf shelf, NoteIndex index)
{
    private const int LinesMax = 40;

    /// <summary>Null when no note is asked for by name, or none or several with that name are there.</summary>
    /// <param name="byAlias">Look for an alias, which opens every note that has some; otherwise for all other names.</param>
    public Planned? Answer(IReadOnlyList<PlanWord> words, bool byAlias, CancellationToken cancellation)
    {
        if (NameIn(words) is not { } name || Key(name) is not { Length: > 0 } wanted)
            return null;
        var all = index.Newest(0, int.MaxValue);
        var path = byAlias
            ? Only(WithAlias(all, wanted, cancellation))
            : Only(all.Where(note => Words.Fold(note.Path) == Words.Fold(name)))
                ?? Only(all.Where(note => Key(note.Title) == wanted))
                ?? Only(all.Where(note => HasFileName(note.Path, name, wanted)));
        return path is not null && shelf.Open(path) is { } found ? Shown(found) : null;
    }

    [GeneratedRegex(
        "^(?:please |can you |could you )?(?:show|open|read|display|give|get|print)(?: me)? (?:(?:the |my )?note(?: (?:called|named|titled|with the title))? (?<x>.+)|(?:the |my )(?<x>.+) note|(?<x>[^ ]+\\.(?:md|markdown)))$"
    )]
    private static partial Regex Ask();

    [GeneratedRegex(
        "^(?:(?:the |my )?note (?:called|named|titled) (?<x>.+)|what does (?:the|my) note (?:called |named |titled )?(?<x>.+) say|what(?:'s| is) in (?:the|my) note (?:called |named |titled )?(?<x>.+))$"
    )]
    private static partial Regex Other();

    private static string? NameIn(IReadOnlyList<PlanWord> words)
    {
        var text = string.Join(' ', words.Select(word => word.Text));
        var match = Ask().Match(text);
        if (!match.Success)
            match = Other().Match(text);
        return match.Success ? match.Groups["x"].Value : null;
    }

    /// <summary>Letters and digits only: "plum-cake", "Plum cake" and "plum cake" are one name.</summary>
    private static string Key(string name) => string.Join(' ', Words.Of(Words.Fold(name)));

    private static bool HasFileName(string path, string name, string wanted) =>
        Key(Path.GetFileNameWithoutExtension(path)) == wanted
        || Words.Fold(path).EndsWith("/" + Words.Fold(name), StringComparison.Ordinal);

    /// <summary>Two notes of one name: which is meant is not for code to say.</summary>
    private static string? Only(IEnumerable<IndexedNote> notes)
    {
        var two = notes.Take(2).ToList();
        return two.Count == 1 ? two[0].Path : null;
    }

    private IEnumerable<IndexedNote> WithAlias(
        IEnumerable<IndexedNote> all,
        string wanted,
        CancellationToken cancellation
    )
    {
        var some = all.Take(NoteShelf.NotesReadMax).ToList();
        var isIt = NoteShelf.Each(
            some,
            known =>
                shelf.OpenIf(known.Path, content => content.AsSpan().IndexOf("alias"u8) >= 0) is { } note
                && AliasesOf(note).Any(alias => Key(alias) == wanted),
            cancellation
        );
        return some.Where((_, i) => isIt[i]);
    }

    private static IEnumerable<string> AliasesOf(Note note)
    {
        foreach (var key in (string[])["aliases", "alias"])
        {
            if (note.FrontMatter.TryGetValue(key, out var value))
                return value.Split(',').Append(value);
        }
        return [];
    }

    private static Planned? Shown(Note note)
    {
        if (Planned.Opening(note, LinesMax) is not { } cited)
            return null;
        var rest = note.Lines.Skip(cited.LastLine).Count(line => !string.IsNullOrWhiteSpace(line));
        var more = rest > 0 ? $"\n({Planned.Count(rest, "more line")})" : "";
        return new Planned(Hidden.Remove(cited.Quote) + more, false, [cited], [note.Path]);
    }
}
