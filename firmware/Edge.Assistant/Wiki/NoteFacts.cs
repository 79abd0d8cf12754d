using System.Text.Json.Serialization;
using Edge.Assistant.Text;
using Edge.Notes;

namespace Edge.Assistant.Wiki;

/// <summary>What one note brings to the wiki; kept between builds, so that only changed notes are read again.</summary>
/// <param name="Hash"><see cref="ContentHash"/> of the note.</param>
/// <param name="IsPrivate">Then there is nothing else.</param>
/// <param name="Names">Title, then aliases.</param>
/// <param name="Day">yyyy-MM-dd, or null.</param>
/// <param name="Terms">Names and recurring words of the text, as written.</param>
internal sealed record NoteFacts(
    string Hash,
    bool IsPrivate,
    IReadOnlyList<string> Names,
    string? Day,
    IReadOnlyList<string> Tags,
    IReadOnlyList<NoteLink> Links,
    IReadOnlyList<string> Terms,
    IReadOnlyList<Claim> Claims
)
{
    /// <summary>Topics named after other notes' titles that the text mentions, by <see cref="TopicName.Stem"/>.</summary>
    public IReadOnlyList<string> Mentions { get; init; } = [];

    /// <summary>Names of a private note: for telling broken links, never stored.</summary>
    [JsonIgnore]
    public IReadOnlyList<string> HiddenNames { get; init; } = [];

    [JsonIgnore]
    public string Title => Names.Count > 0 ? Names[0] : "";

    public static NoteFacts Of(Note note, string hash)
    {
        var names = NamesOf(note);
        if (IsKeptOut(note))
            return new NoteFacts(hash, true, [], null, [], [], [], []) { HiddenNames = names };
        var units = NoteOutline.Read(note.Lines, note.BodyFirstLine);
        return new NoteFacts(
            hash,
            false,
            names,
            note.Date?.ToString("yyyy-MM-dd", System.Globalization.CultureInfo.InvariantCulture),
            note.Tags,
            NoteLinks.Of(note, units),
            NoteTerms.Of(units),
            ClaimReader.Of(units)
        );
    }

    /// <summary>Front matter that cannot be read but says private is believed: better a note too few than one too many.</summary>
    public static bool IsKeptOut(Note note)
    {
        if (note.IsPrivate || note.Problem is null)
            return note.IsPrivate;
        return note
            .Lines.Take(note.BodyFirstLine - 1)
            .Select(line => line.Replace(" ", "", StringComparison.Ordinal).Trim().ToLowerInvariant())
            .Any(line => line.StartsWith("private:", StringComparison.Ordinal) && line is not "private:false");
    }

    private static List<string> NamesOf(Note note)
    {
        var names = new List<string> { TopicName.Shown(PlainText.Of(note.Title)) };
        foreach (var key in (ReadOnlySpan<string>)["aliases", "alias"])
        {
            if (!note.FrontMatter.TryGetValue(key, out var aliases))
                continue;
            foreach (
                var alias in aliases.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)
            )
                names.Add(TopicName.Shown(alias));
        }
        return [.. names.Distinct(StringComparer.Ordinal)];
    }
}
