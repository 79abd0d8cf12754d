using Edge.Assistant.Wiki;

namespace Edge.Assistant.Tests.Wiki;

public sealed class WikiLintTests : IDisposable
{
    private readonly WikiDesk desk = new();

    public void Dispose() => desk.Dispose();

    public static TheoryData<string, string> Contradicting =>
        new()
        {
            { "The budget for seeds is 300 euros.", "The budget for seeds is 450 euros." },
            { "Our **budget** for the seeds is €300.", "Budget for seeds is 450 euros now." },
            { "Budget for seeds: 300 euros", "- Budget for seeds: 1,450 euros" },
            { "The roof inspection is on 2026-03-05.", "The roof inspection is on 12 March 2026." },
            { "Anna's birthday is on 3 May.", "Anna's birthday is on May 4." },
            { "The pottery evening starts at 7 pm.", "The pottery evening starts at 19:30." },
            { "The bakery shop is open on Sunday.", "The bakery shop is not open on Sunday." },
            { "The bakery shop is open on Sunday.", "The bakery shop isn't open on Sunday." },
            { "The cellar door can be locked.", "The cellar door cannot be locked." },
            { "The water mill opens in winter.", "The water mill does not open in winter." },
            { "Cellar heating on: yes", "Cellar heating on: no" },
            { "The gas boiler was cleaned on 3 May 2026.", "The gas boiler was cleaned on 5 May 2026." },
            { "Anna paid the roofer 900 euros.", "Anna paid the roofer 950 euros." },
            { "The choir rehearsal is on Tuesday.", "The choir rehearsal is on Thursday." },
        };

    [Theory]
    [MemberData(nameof(Contradicting))]
    public void Two_lines_that_cannot_both_hold_are_shown_with_their_places(string first, string second)
    {
        desk.Put("a.md", $"# A\n\n{first}\n");
        desk.Put("b.md", $"# B\n\nSomething else.\n\n{second}\n");
        var found = Assert.Single(desk.Lint().Contradictions);

        Assert.Equal(new Citation("a.md", 3, 3, first), found.First);
        Assert.Equal(new Citation("b.md", 5, 5, second), found.Second);
    }

    public static TheoryData<string, string> Agreeing =>
        new()
        {
            { "The budget for seeds is 300 euros.", "The budget for seeds is €300." },
            { "The budget for seeds is 300 euros.", "The budget for tools is 450 euros." },
            { "The budget for seeds is 300 euros.", "The budget for seeds is at least 450 euros." },
            { "The budget for seeds is about 300 euros.", "The budget for seeds is 310 euros." },
            { "The budget for seeds is 300 euros.", "Is the budget for seeds 450 euros?" },
            { "The budget for seeds is 300 euros.", "If it rains, the budget for seeds is 450 euros." },
            { "The budget for seeds is 300 to 400 euros.", "The budget for seeds is 450 euros." },
            { "The roof inspection is on 5 March.", "The roof inspection is on 2026-03-05." },
            { "The next roof inspection is on 5 March.", "The next roof inspection is on 12 March." },
            { "It takes 5 minutes.", "It takes 10 minutes." },
            { "The default value is 5.", "The default value is 10." },
            { "Prep time: 5 minutes", "Prep time: 10 minutes" },
            { "The bakery shop is open on Sunday.", "The bakery shop is not open on Monday." },
            { "Do not use tabs in code.", "Use tabs in code." },
            { "The gas boiler was cleaned on 3 May 2026.", "The gas boiler was repaired on 5 May 2026." },
            { "The choir sang in the church on Tuesday.", "The choir sang in the church on Thursday." },
            { "The weekly call is between 3 and 4.", "The weekly call is between 5 and 6." },
            { "The pottery evening starts at 7 pm.", "The pottery evening starts at 19:00." },
        };

    [Theory]
    [MemberData(nameof(Agreeing))]
    public void Lines_that_can_both_hold_are_not_shown(string first, string second)
    {
        desk.Put("a.md", $"# A\n\n{first}\n");
        desk.Put("b.md", $"# B\n\nSomething else.\n\n{second}\n");
        Assert.Empty(desk.Lint().Contradictions);
    }

    [Fact]
    public void A_field_that_every_note_has_contradicts_nothing_but_itself_in_one_place()
    {
        for (var i = 0; i < 6; i++)
            desk.Put($"r{i}.md", $"# Cake {i}\n\nOven heat upper: {150 + i} degrees\n");
        Assert.Empty(desk.Lint().Contradictions);

        desk.Put("r2.md", "# Cake 2\n\nOven heat upper: 180 degrees\n\nOven heat upper: 200 degrees\n");
        var found = Assert.Single(desk.Lint().Contradictions);
        Assert.Equal(("r2.md", 3, 5), (found.First.Note, found.First.FirstLine, found.Second.FirstLine));
    }

    [Fact]
    public void Contradictions_are_shown_on_the_page_of_their_topic()
    {
        desk.Put("a.md", "# A\n\nThe budget for seeds is 300 euros. #seeds\n");
        desk.Put("b.md", "# B\n\n#seeds\n\nThe budget for seeds is 450 euros.\n");
        desk.Build();
        Assert.Contains("## What does not agree", desk.Page("seeds.md"));
        PageQuotes.CheckAll(desk.Pages);
    }

    [Fact]
    public void Broken_links_are_found_and_good_ones_are_not()
    {
        desk.Put("garden/plan.md", "---\naliases: [The Plan]\n---\n# Garden plan\n\n[[Garden plan]] is here.\n");
        desk.Put("garden/pic.png", "not really");
        desk.Put(
            "a b.md",
            """
            # Links

            Good: [[Garden plan]], [[garden/plan]], [[plan#Beds|the beds]], [[The Plan]], ![[pic.png]], [[#here]],
            [x](garden/plan.md), [x](./garden/plan.md#beds), [x](garden/plan), [x](<a b.md>), [x](a%20b.md "title"),
            [x](https://example.com/none.md), [x](mailto:a@b.c), [x](#here), [x](/site/path), [x](../outside.md),
            `[[code]]` and [x](garden/pic.png) and if [[ -f x ]] then.

            ```
            [[Nothing in code]] [x](none.md)
            ```
            <!-- [[Nothing in comments]] -->

            Bad: [[Nowhere]] and
            [x](garden/none.md "title").
            """
        );
        Assert.Equal(
            [new BrokenLink("a b.md", false, 13, "Nowhere"), new BrokenLink("a b.md", false, 14, "garden/none.md")],
            desk.Lint().BrokenLinks
        );
    }

    [Fact]
    public void A_broken_link_that_a_user_put_on_a_page_is_found()
    {
        desk.Put("a.md", "# A\n\nWe travel by train through the night. #travel\n");
        desk.Put("b.md", "# B\n\nWe travel by boat, see [the sea](sea.png). #travel\n");
        desk.Put("sea.png", "");
        desk.Build();
        Assert.Equal(0, desk.Lint().Findings);

        desk.Edit("travel.md", desk.Page("travel.md") + "\nSee [more](more.md).\n");
        var broken = Assert.Single(desk.Lint().BrokenLinks);
        Assert.Equal(("travel.md", true, "more.md"), (broken.File, broken.IsPage, broken.Target));
    }

    [Fact]
    public void Orphans_are_notes_that_no_page_and_no_other_note_leads_to()
    {
        desk.Put("a.md", "# A\n\nWe travel by train. #travel See [[d]].\n");
        desk.Put("b.md", "# B\n\nWe travel by boat. #travel\n");
        desk.Put("c.md", "# C\n\nNobody knows [this](c.md).\n");
        desk.Put("d.md", "# D\n\nOnly linked.\n");
        Assert.Equal(["a.md", "b.md", "c.md"], desk.Lint().Orphans);
        desk.Build();
        Assert.Equal(["c.md"], desk.Lint().Orphans);
    }

    [Fact]
    public void Pages_older_than_their_notes_are_stale_until_they_are_built_again()
    {
        desk.Put("a.md", "# A\n\nWe travel by train. #travel\n");
        desk.Put("b.md", "# B\n\nWe travel by boat. #travel\n");
        desk.Put("c.md", "# C\n\nWe travel by car. #travel\n");
        desk.Build();
        desk.Put("a.md", "# A\n\nWe travel by plane. #travel\n");
        desk.Delete("b.md");

        Assert.Equal(
            [new StalePage("travel.md", "a.md", "changed"), new StalePage("travel.md", "b.md", "gone")],
            desk.Lint().Stale
        );
        desk.Build();
        Assert.Equal(0, desk.Lint().Findings);
    }
}
