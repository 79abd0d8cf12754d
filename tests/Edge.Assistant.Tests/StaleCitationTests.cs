using Edge.Assistant.Asking;

namespace Edge.Assistant.Tests;

/// <summary>A note is edited or removed while an answer is made from it.</summary>
public sealed class StaleCitationTests
{
    private const string Said = "The budget is 300 euros.";
    private const string Asked = "What is the budget for seeds?";
    private const string Fact = "The budget for seeds is 300 euros.";

    [Fact]
    public void A_note_that_is_deleted_while_the_answer_is_written_is_not_cited_and_the_answer_becomes_a_refusal()
    {
        using var desk = Written(desk => File.Delete(FileOf(desk, "garden.md")));
        var streamed = "";
        var answer = desk.Ask(Asked, text => streamed += text);
        Assert.True(answer.Refused);
        Assert.Empty(answer.Citations);
        Assert.DoesNotContain("300", answer.Text, StringComparison.Ordinal);
        Assert.Contains("garden.md changed or went away", answer.Text, StringComparison.Ordinal);
        Assert.Equal(answer.Text, streamed);
        Assert.Equal(0, answer.Confidence);
    }

    [Fact]
    public void A_quote_that_moved_while_the_answer_was_written_is_cited_where_it_stands_now()
    {
        using var desk = Written(desk =>
            File.WriteAllText(FileOf(desk, "garden.md"), $"# Garden\n\nNew first line.\nAnd another.\n\n{Fact}\n")
        );
        var answer = desk.Ask(Asked);
        Assert.False(answer.Refused);
        Assert.Equal(Said, answer.Text);
        Assert.Equal(new Citation("garden.md", 6, 6, Fact), answer.Citations[0]);
    }

    [Fact]
    public void A_number_that_was_changed_while_the_answer_was_written_is_not_given()
    {
        using var desk = Written(desk =>
            File.WriteAllText(FileOf(desk, "garden.md"), "# Garden\n\nThe budget for seeds is 450 euros.\n")
        );
        var answer = desk.Ask(Asked);
        Assert.True(answer.Refused);
        Assert.DoesNotContain("300", answer.Text, StringComparison.Ordinal);
        Assert.Empty(answer.Citations);
    }

    [Fact]
    public void What_another_note_says_too_is_still_given_and_the_answer_says_what_was_left_out()
    {
        using var desk = Written(desk => File.Delete(FileOf(desk, "garden.md")));
        desk.Put("plan.md", $"# Plan\n\n{Fact}\n");
        desk.Put("garden.md", $"# Garden\n\n{Fact}\n");
        var answer = desk.Ask(Asked);
        Assert.False(answer.Refused);
        Assert.StartsWith(Said, answer.Text, StringComparison.Ordinal);
        Assert.Contains("garden.md changed or went away", answer.Text, StringComparison.Ordinal);
        Assert.All(answer.Citations, citation => Assert.Equal("plan.md", citation.Note));
    }

    [Theory]
    [InlineData("a\nb\nc\n", 2, 2)]
    [InlineData("x\na\nb\nc\n", 3, 3)]
    [InlineData("b\n", 1, 1)]
    [InlineData("a\r\nb\r\nc", 2, 2)]
    // Of two places the nearer.
    [InlineData("b\nx\nx\nb\nx\n", 1, 1)]
    [InlineData("a\nB\nc\n", 0, 0)]
    [InlineData("", 0, 0)]
    public void A_citation_is_where_its_quote_stands_now(string file, int first, int last)
    {
        using var desk = new Desk();
        desk.Put("n.md", file);
        var found = new CitationCheck(desk.Vault).Check([new Citation("n.md", 2, 2, "b")]);
        if (first == 0)
        {
            Assert.Empty(found.Standing);
            Assert.Equal(["n.md"], found.Lost);
            return;
        }
        Assert.Equal(new Citation("n.md", first, last, "b"), Assert.Single(found.Standing));
        Assert.Empty(found.Lost);
    }

    [Fact]
    public void Quotes_of_several_lines_move_together_and_keep_the_order_of_the_answer()
    {
        using var desk = new Desk();
        desk.Put("n.md", "new\none\ntwo\n\nthree\n");
        desk.Put("m.md", "m\n");
        Citation[] given = [new("n.md", 4, 4, "three"), new("m.md", 1, 1, "m"), new("n.md", 1, 2, "one\ntwo")];
        var found = new CitationCheck(desk.Vault).Check(given);
        Assert.Equal(
            [new("n.md", 5, 5, "three"), new("m.md", 1, 1, "m"), new("n.md", 2, 3, "one\ntwo")],
            found.Standing
        );
    }

    /// <summary>A model that writes the answer while this happens to the notes.</summary>
    private static Desk Written(Action<Desk> meanwhile)
    {
        var desk = new Desk(modelSays: Said);
        desk.Put("garden.md", $"# Garden\n\n{Fact}\n");
        desk.WhileWriting = () => meanwhile(desk);
        return desk;
    }

    private static string FileOf(Desk desk, string note) => Path.Combine(desk.Vault.Root, note);
}
