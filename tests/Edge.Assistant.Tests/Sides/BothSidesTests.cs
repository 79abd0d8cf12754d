using Edge.Assistant.Sides;

namespace Edge.Assistant.Tests.Sides;

public sealed class BothSidesTests : IDisposable
{
    private readonly Desk desk = new();

    public void Dispose() => desk.Dispose();

    private BothSides Find(string claim) =>
        new SideFinder(desk.Vault, desk.Index, desk.Clock).Find(
            claim,
            cancellation: TestContext.Current.CancellationToken
        );

    /// <returns>"for", "against", "both" or "none".</returns>
    private string SideOf(string claim, string sentence)
    {
        desk.Put("note.md", $"# Log\n\n{sentence}\n");
        var found = Find(claim);
        Assert.All(found.For.Concat(found.Against), citation => Assert.Equal(sentence, citation.Quote));
        return (found.For.Count, found.Against.Count) switch
        {
            (0, 0) => "none",
            (_, 0) => "for",
            (0, _) => "against",
            _ => "both",
        };
    }

    [Theory]
    [InlineData("Coffee before bed is a bad idea.")]
    [InlineData("Avoid coffee before bed.")]
    [InlineData("Coffee is not good before bed.")]
    [InlineData("Never drink coffee before bed.")]
    [InlineData("You should not drink coffee before bed.")]
    [InlineData("It is a bad idea to drink coffee before bed.")]
    [InlineData("Coffee tastes good, but avoid it before bed.")]
    [InlineData("Before bed, coffee is terrible.")]
    [InlineData("Coffee before bed ruins my sleep.")]
    [InlineData("Coffee isn't good before sleep.")]
    [InlineData("Jens says that coffee before bed is unhealthy.")]
    public void A_sentence_speaks_against_coffee_before_bed(string sentence) =>
        Assert.Equal("against", SideOf("Coffee is good before bed", sentence));

    [Theory]
    [InlineData("Coffee before bed is fine.")]
    [InlineData("Coffee before bed is not bad.")]
    [InlineData("Coffee before bed helps me.")]
    [InlineData("I recommend coffee before bed.")]
    public void A_sentence_speaks_for_coffee_before_bed(string sentence) =>
        Assert.Equal("for", SideOf("Coffee is good before bed", sentence));

    [Theory]
    [InlineData("I drank coffee before bed.")]
    [InlineData("Coffee is good for focus in the morning.")]
    [InlineData("Tea before bed is good, coffee comes after it.")]
    [InlineData("Is coffee before bed a bad idea?")]
    [InlineData("If it is strong, coffee before bed is bad.")]
    [InlineData("Coffee before bed is a good way to ruin a night.")]
    [InlineData("Coffee before bed might be bad.")]
    [InlineData("A coffee machine near the bed is bad.")]
    [InlineData("Good coffee is served at the bed and breakfast.")]
    [InlineData("The bed is bad and the coffee is cold.")]
    [InlineData("\"Avoid coffee before bed\" was on the poster.")]
    [InlineData("Coffee before bed is good and coffee before bed is bad.")]
    [InlineData("I never drank coffee before bed as a child.")]
    [InlineData("To avoid a headache, Anna put coffee beside the bed.")]
    public void A_passage_that_only_shares_words_is_on_no_side(string sentence) =>
        Assert.Equal("none", SideOf("Coffee is good before bed", sentence));

    [Theory]
    [InlineData("We should use Helm.", "for")]
    [InlineData("We should not use Helm.", "against")]
    [InlineData("We decided against using Helm.", "against")]
    [InlineData("We decided to use Helm for the cluster.", "for")]
    [InlineData("We decided not to use Helm.", "against")]
    [InlineData("Helm is complicated.", "against")]
    [InlineData("Helm should be avoided.", "against")]
    [InlineData("The problem with Helm is its templates.", "against")]
    [InlineData("Helm is easy to break.", "none")]
    [InlineData("The Helm chart is bad.", "none")]
    [InlineData("Helm is better than Kustomize.", "none")]
    [InlineData("Use Helm to avoid duplicate files.", "none")]
    [InlineData("Anna asked whether we should use Helm.", "none")]
    [InlineData("We use Helm since May.", "none")]
    public void A_question_whether_to_do_it_is_read_as_a_claim(string sentence, string side) =>
        Assert.Equal(side, SideOf("Should we use Helm?", sentence));

    [Fact]
    public void A_claim_that_denies_turns_the_sides_round()
    {
        Assert.Equal("for", SideOf("We should not use Helm", "Helm is unreliable."));
        Assert.Equal("against", SideOf("Helm is a bad choice", "Helm is not a bad choice."));
        Assert.Equal("for", SideOf("Avoid Helm", "Avoid Helm."));
    }

    [Theory]
    [InlineData("Jens serviced the boiler", "Jens serviced the boiler on Monday.", "for")]
    [InlineData("Jens serviced the boiler", "The boiler was serviced by Jens.", "for")]
    [InlineData("Did Jens service the boiler?", "Jens did not service the boiler.", "against")]
    [InlineData("Jens serviced the boiler", "Jens should service the boiler.", "none")]
    [InlineData("Jens serviced the boiler", "Jens repaired the roof and Anna serviced the boiler.", "none")]
    [InlineData("Jens serviced the boiler", "- [ ] Jens services the boiler", "none")]
    [InlineData("Jens paid Anna", "Anna paid Jens.", "none")]
    [InlineData("The shop is open on Sunday", "The shop is closed on Sunday.", "against")]
    [InlineData("The shop is open on Sunday", "The shop is open on Monday.", "none")]
    [InlineData("Is Helm slow?", "Helm is fast.", "against")]
    public void A_plain_claim_needs_all_its_words_in_one_clause(string claim, string sentence, string side) =>
        Assert.Equal(side, SideOf(claim, sentence));

    [Theory]
    [InlineData("The garden budget is 300 euros.", "for")]
    [InlineData("The garden budget is 250 euros.", "against")]
    [InlineData("The garden budget is about 250 euros.", "none")]
    [InlineData("The kitchen budget is 250 euros.", "none")]
    [InlineData("The garden budget is 250 dollars.", "none")]
    [InlineData("The garden budget is not 300 euros.", "against")]
    public void Another_number_for_the_same_thing_speaks_against(string sentence, string side) =>
        Assert.Equal(side, SideOf("Is the garden budget 300 euros?", sentence));

    [Theory]
    [InlineData("Kustomize is better than Helm.", "against")]
    [InlineData("Helm is better than Kustomize.", "for")]
    [InlineData("Helm is worse than Kustomize.", "against")]
    [InlineData("Helm is not better than Kustomize.", "against")]
    [InlineData("Kustomize is not better than Helm.", "none")]
    [InlineData("Helm is better than nothing, Kustomize too.", "none")]
    public void A_comparison_is_read_by_who_is_ahead(string sentence, string side) =>
        Assert.Equal(side, SideOf("Helm is better than Kustomize", sentence));

    [Fact]
    public void Lists_under_pros_and_cons_are_quoted_with_their_label_byte_for_byte()
    {
        desk.Put(
            "tools/helm.md",
            "# Helm\r\n\r\n## Pros\r\n\r\n- Releases can be *undone*.\r\n- Many charts.\r\n\r\n## Cons\r\n\r\n- Templates.\r\n"
        );
        var found = Find("Should we use Helm?");
        Assert.Equal(
            new Citation("tools/helm.md", 3, 6, "## Pros\n\n- Releases can be *undone*.\n- Many charts."),
            Assert.Single(found.For)
        );
        Assert.Equal(new Citation("tools/helm.md", 8, 10, "## Cons\n\n- Templates."), Assert.Single(found.Against));
        Assert.Null(found.Missing);
    }

    [Fact]
    public void Labels_of_another_thing_are_not_taken()
    {
        desk.Put("a.md", "# Helm\n\n## Kustomize\n\n### Cons\n\n- No releases.\n");
        desk.Put("b.md", "# Helm\n\n## Pros and cons\n\n- Charts.\n");
        desk.Put("c.md", "# Kitchen\n\nDrawbacks:\n\n- The helm of the boat model stands in the way.\n");
        Assert.Equal("The notes take no side.", Find("Should we use Helm?").Missing);
    }

    [Fact]
    public void Labels_inside_a_list_and_in_a_sentence_are_read()
    {
        desk.Put("helm.md", "# Helm\n\n- Pros:\n  - Charts for everything.\n- Con: the templates.\n");
        var found = Find("Is Helm a good choice?");
        Assert.Equal("- Pros:\n  - Charts for everything.", Assert.Single(found.For).Quote);
        Assert.Equal("- Con: the templates.", Assert.Single(found.Against).Quote);
    }

    [Fact]
    public void One_side_alone_is_said_to_be_alone()
    {
        desk.Put("a.md", "# Drinks\n\nAvoid coffee before bed.\n");
        var found = Find("Coffee is good before bed");
        Assert.Equal("Nothing in the notes speaks for it.", found.Missing);
        Assert.Equal(new Citation("a.md", 3, 3, "Avoid coffee before bed."), Assert.Single(found.Against));
    }

    [Fact]
    public void At_most_three_are_listed_on_a_side()
    {
        foreach (var i in Enumerable.Range(0, 6))
            desk.Put($"n{i}.md", $"# Log {i}\n\nAvoid coffee before bed.\n");
        Assert.Equal(SideFinder.EachMax, Find("Coffee is good before bed").Against.Count);
    }

    [Fact]
    public void A_note_that_is_about_the_thing_need_not_name_it_again()
    {
        desk.Put("coffee.md", "# Coffee\n\nNever before bed.\n\nTea is good before bed.\n");
        var found = Find("Coffee is good before bed");
        Assert.Equal("Never before bed.", Assert.Single(found.Against).Quote);
        Assert.Empty(found.For);
    }

    [Fact]
    public void What_stands_in_a_comment_or_in_code_takes_no_side()
    {
        desk.Put("a.md", "# Log\n\n<!-- Avoid coffee before bed. -->\n\n```\nAvoid coffee before bed.\n```\n");
        Assert.Equal("The notes take no side.", Find("Coffee is good before bed").Missing);
    }

    [Fact]
    public void An_empty_vault_takes_no_side_and_an_empty_claim_is_refused()
    {
        Assert.Equal("The notes take no side.", Find("Coffee is good before bed").Missing);
        Assert.Equal("The notes take no side.", Find("?").Missing);
        Assert.Throws<ArgumentException>(() => Find(" "));
    }

    [Fact]
    public void A_search_that_is_cancelled_ends()
    {
        desk.Put("a.md", "# Log\n\nAvoid coffee before bed.\n");
        Assert.Throws<OperationCanceledException>(() =>
            new SideFinder(desk.Vault, desk.Index, desk.Clock).Find("Coffee is good", null, new CancellationToken(true))
        );
    }
}
