using Edge.Assistant.Text;

namespace Edge.Assistant.Tests;

public class NoteOutlineTests
{
    private static IReadOnlyList<Unit> Read(string markdown) => NoteOutline.Read(markdown.Split('\n'));

    [Fact]
    public void Every_sentence_knows_its_lines()
    {
        var units = Read("# Plan\n\nFirst one here. Second\ngoes over two lines. Third.\n");
        Assert.Equal(
            [("Plan", 1, 1), ("First one here.", 3, 3), ("Second goes over two lines.", 3, 4), ("Third.", 4, 4)],
            units.Select(unit => (unit.Text, unit.FirstLine, unit.LastLine))
        );
        Assert.Equal("Plan", units[1].Heading);
    }

    [Fact]
    public void List_items_are_units_of_one_block_with_their_indent()
    {
        var units = Read("- milk\n- eggs\n  - six\n  - large\n\nAfter the list.");
        Assert.Equal(["milk", "eggs", "six", "large", "After the list."], units.Select(unit => unit.Text));
        Assert.Equal([0, 0, 2, 2, 0], units.Select(unit => unit.Indent));
        Assert.Single(units.Take(4).Select(unit => unit.Block).Distinct());
        Assert.NotEqual(units[3].Block, units[4].Block);
    }

    [Fact]
    public void Checkboxes_and_numbers_are_marks_and_not_text() =>
        Assert.Equal(
            ["buy rope", "call Ana", "third step"],
            Read("- [ ] buy rope\n- [x] call Ana\n12. third step").Select(unit => unit.Text)
        );

    [Fact]
    public void A_table_gives_its_rows_without_the_rule() =>
        Assert.Equal(
            ["Action | Owner", "Book the room | Ines"],
            Read("| Action | Owner |\n|---|---|\n| Book the room | **Ines** |").Select(unit => unit.Text)
        );

    [Fact]
    public void Code_is_kept_as_it_is_and_never_split_into_sentences()
    {
        var units = Read("Run:\n\n```sh\n# not a heading\ncurl a. B\n```\nDone.");
        Assert.Equal([UnitKind.Sentence, UnitKind.Code, UnitKind.Sentence], units.Select(unit => unit.Kind));
        Assert.Equal("# not a heading\ncurl a. B", units[1].Text);
        Assert.Equal((4, 5), (units[1].FirstLine, units[1].LastLine));
    }

    [Fact]
    public void A_fence_that_is_never_closed_runs_to_the_end() =>
        Assert.Equal(["a\nb"], Read("```\na\nb").Select(unit => unit.Text));

    [Fact]
    public void Headings_by_an_underline_count_too()
    {
        var units = Read("Garden\n======\n\nIt rained.");
        Assert.Equal((UnitKind.Heading, "Garden"), (units[0].Kind, units[0].Text));
        Assert.Equal("Garden", units[1].Heading);
    }

    [Fact]
    public void A_comment_over_lines_hides_its_lines_and_moves_nothing()
    {
        var units = Read("Seen.\n<!-- not\nseen -->\nAlso seen.");
        Assert.Equal([("Seen.", 1), ("Also seen.", 4)], units.Select(unit => (unit.Text, unit.FirstLine)));
    }

    [Fact]
    public void Eight_megabytes_are_read_in_bounded_units()
    {
        var lines = Enumerable.Repeat("A line that says a little. And more.", 230_000).ToArray();
        Assert.True(NoteOutline.Read(lines).Count <= NoteOutline.UnitsMax + 10_000);
    }
}
