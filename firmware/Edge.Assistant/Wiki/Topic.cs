namespace Edge.Assistant.Wiki;

/// <summary>Why there is a page, strongest first.</summary>
internal enum TopicOrigin
{
    Tag,
    Link,
    Title,
    Term,
}

/// <summary>One page to be.</summary>
/// <param name="Stem">Its file name without ".md": see <see cref="TopicName.Stem"/>.</param>
/// <param name="Title">As most notes write it.</param>
/// <param name="Names">Title, aliases and other spellings.</param>
/// <param name="Notes">At most <see cref="TopicFinder.NotesMax"/>, newest first, then by path.</param>
/// <param name="MoreNotes">Notes beyond these.</param>
internal sealed record Topic(
    string Stem,
    string Title,
    IReadOnlyList<string> Names,
    TopicOrigin Origin,
    IReadOnlyList<string> Notes,
    int MoreNotes
)
{
    /// <summary>Stems of the topics that share most notes, best first.</summary>
    public IReadOnlyList<string> Related { get; init; } = [];
}
