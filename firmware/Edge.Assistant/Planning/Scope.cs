namespace Edge.Assistant.Planning;

/// <summary>A question about content that says which notes it is about.</summary>
/// <param name="Question">Without the words that say so.</param>
/// <param name="Notes">Paths.</param>
/// <param name="IsTagged">By a tag. The words of a day or a folder may as well stand in the text of other notes.</param>
internal sealed record Scope(string Question, IReadOnlySet<string> Notes, bool IsTagged);
