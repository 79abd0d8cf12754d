namespace Edge.Assistant.Tests.Planning;

/// <summary>A day, tag or folder in a question about content chooses among notes that say much the same.</summary>
public sealed class ScopeTests : IDisposable
{
    private readonly Desk desk = new();

    public ScopeTests()
    {
        desk.Put("minutes/2026-03-03.md", "# Committee\n\nThe water tank costs 120 euros. #tank\n");
        desk.Put("minutes/2026-04-07.md", "# Committee\n\nThe water tank costs 150 euros.\n");
        desk.Put("old/tank.md", "# Water tank\n\nThe water tank costs 90 euros. The water tank is green.\n");
        desk.Put("fruit.md", "# Apples\n\nThe Cox apples ripen in August.\n");
        desk.Put("2025-08-09.md", "# Visit\n\nThe Cox apples were small.\n");
    }

    public void Dispose() => desk.Dispose();

    [Theory]
    [InlineData("How much did the water tank cost in March?", "120 euros")]
    [InlineData("How much did the water tank cost on 7 April 2026?", "150 euros")]
    [InlineData("How much does the water tank cost in the old folder?", "90 euros")]
    [InlineData("How much is the water tank #tank?", "120 euros")]
    [InlineData("Which apples ripen in August?", "ripen in August")]
    public void The_notes_that_are_named_answer_first(string question, string said)
    {
        var answer = desk.Ask(question);
        Assert.False(answer.Refused, answer.Text);
        Assert.Contains(said, answer.Text);
    }

    [Fact]
    public void A_month_without_notes_that_the_notes_never_name_is_no_other_month() =>
        Assert.True(desk.Ask("How much did the water tank cost in January?").Refused);

    [Fact]
    public void Only_the_notes_chosen_are_searched()
    {
        var hits = desk.Index.Search("water tank", 10, new HashSet<string> { "old/tank.md" });
        Assert.Equal("old/tank.md", Assert.Single(hits).Passage.Note);
        Assert.Empty(desk.Index.Search("water tank", 10, new HashSet<string>()));
    }
}
