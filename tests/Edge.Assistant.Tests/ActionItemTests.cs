using Edge.Assistant.Summaries;

namespace Edge.Assistant.Tests;

public sealed class ActionItemTests
{
    [Theory]
    [InlineData("- [ ] Order the bulbs", ActionKind.Open, "Order the bulbs")]
    [InlineData("  * [x] Paid *Ana*", ActionKind.Done, "Paid Ana")]
    [InlineData("3. [X] Done with that", ActionKind.Done, "Done with that")]
    [InlineData("TODO: call the plumber", ActionKind.Open, "call the plumber")]
    [InlineData("- Action item: Jens fixes the pump", ActionKind.Open, "Jens fixes the pump")]
    [InlineData(
        "Ana will order forty bulbs before Friday.",
        ActionKind.Open,
        "Ana will order forty bulbs before Friday."
    )]
    [InlineData("@jens to write the report.", ActionKind.Open, "@jens to write the report.")]
    [InlineData("We have to move the shed.", ActionKind.Open, "We have to move the shed.")]
    [InlineData("We decided to wait until June.", ActionKind.Decision, "We decided to wait until June.")]
    [InlineData("It was agreed that dues stay.", ActionKind.Decision, "It was agreed that dues stay.")]
    [InlineData("Decision: no dogs.", ActionKind.Decision, "no dogs.")]
    public void What_is_to_be_done_or_was_decided_is_found_in_its_own_words(
        string line,
        ActionKind kind,
        string text
    ) => Assert.Equal([new ActionItem(kind, text, 3)], ActionItems.Find(["# Minutes", "", line], 1));

    [Theory]
    [InlineData("The boiler will be serviced.")]
    [InlineData("It will rain.")]
    [InlineData("Will Ana order the bulbs?")]
    [InlineData("Berlin will be cold.")]
    [InlineData("There is a box [ ] to tick.")]
    [InlineData("The way to decide is to wait.")]
    [InlineData("- a plain item")]
    [InlineData("What is to be done:")]
    [InlineData("<!-- TODO: hidden -->")]
    [InlineData("```\nTODO: in code\n- [ ] in code\n```")]
    public void What_only_looks_like_it_is_not(string text) =>
        Assert.Empty(ActionItems.Find([.. $"# Minutes\n\n{text}".Split('\n')], 1));

    [Fact]
    public void Items_under_a_heading_that_says_so_count_and_keep_their_lines()
    {
        var lines =
            "---\ntitle: x\n---\n# Minutes\n\n- talk\n\n## Next steps\n\n- call Ana\n- [x] buy seeds\n\n## Decisions\n\n- no dogs\n";
        var found = ActionItems.Find(lines.Split('\n'), 4);
        Assert.Equal(
            [
                new(ActionKind.Open, "call Ana", 10),
                new(ActionKind.Done, "buy seeds", 11),
                new(ActionKind.Decision, "no dogs", 15),
            ],
            found
        );
        Assert.Equal("10: [ ] call Ana\n11: [x] buy seeds\n15: decided: no dogs", ActionItems.Text(found));
        Assert.Contains("nothing to do", ActionItems.Text([]), StringComparison.Ordinal);
    }
}
