using Edge.Assistant.Planning;

namespace Edge.Assistant.Tests.Planning;

/// <summary>Each kind of question that code answers, over real files. It is Sunday 24 May 2026.</summary>
public sealed class PlanTests : IDisposable
{
    private readonly Desk desk = new();

    public PlanTests()
    {
        desk.Put(
            "garden/beds.md",
            "---\ntitle: Raised beds\ndate: 2026-03-03\ntags: [garden, house/outside]\n---\n# Raised beds\n\nDug the second bed.\n"
        );
        desk.Put("garden/seeds.md", "---\ndate: 2026-05-19\n---\n# Seeds\r\n\r\nSowed beans and peas. #garden\r\n");
        desk.Put(
            "recipes/soup.md",
            "---\ndate: 2025-11-02\naliases: [Broth, Grandma's soup]\n---\n# Lentil soup\n\nSimmer.\n"
        );
        desk.Put("recipes/sweet/cake.md", "# Plum cake\n\nBake it. #dessert\n");
        desk.Put("journal/2026-05-12.md", "Went to the dentist, two fillings. Ran 5 km along the river.\n");
        desk.Put("journal/2026-05-22.md", "Ran 8 km. I did not water the tomatoes.\n\nMust call the dentist again.\n");
        desk.Put("journal/2026-04-02.md", "Ran 3 km in the rain. Watered the tomatoes.\n");
        desk.Put(
            "to-do.md",
            "---\ndate: 2026-05-20\n---\n# To-do\n\n- [ ] Pay the rent, due 2026-05-22\n- [ ] Sell the **old** boiler\n"
                + "- [ ] Renew the card 📅 2026-05-31 #town\n- [x] Paint the shed ✅ 2026-05-18\n- [-] Learn Latin by Friday\n"
                + "- [ ] Water meter by 29 May\n\n```\n- [ ] not one\n```\n\n<!-- - [ ] nor this -->\nTODO: fix the gate\n"
        );
    }

    public void Dispose() => desk.Dispose();

    private Answer Found(string question, params string[] notes)
    {
        var answer = desk.Ask(question);
        Assert.False(answer.Refused, answer.Text);
        Assert.Equal(NoteAssistant.Quoted, answer.WrittenBy);
        Assert.Equal(1, answer.Confidence);
        Assert.Equal(notes, answer.Citations.Select(citation => citation.Note).Distinct());
        Assert.All(answer.Citations, IsAsTheFileHasIt);
        return answer;
    }

    private void IsAsTheFileHasIt(Citation citation)
    {
        var lines = File.ReadAllLines(Path.Combine(desk.Vault.Root, citation.Note));
        var cited = lines[(citation.FirstLine - 1)..citation.LastLine];
        Assert.Equal(string.Join('\n', cited), citation.Quote);
    }

    private string Refused(string question)
    {
        var answer = desk.Ask(question);
        Assert.True(answer.Refused, answer.Text);
        Assert.StartsWith("The notes do not say", answer.Text);
        return answer.Text;
    }

    [Theory]
    [InlineData("What did I write last Tuesday?", "garden/seeds.md")]
    [InlineData("notes from 2026-05-19", "garden/seeds.md")]
    [InlineData("Show me my notes from last Tuesday", "garden/seeds.md")]
    [InlineData("Which notes did I take in March?", "garden/beds.md")]
    [InlineData("What happened last Tuesday?", "garden/seeds.md")]
    [InlineData("what did I do on 19 May 2026", "garden/seeds.md")]
    [InlineData("List notes between 2025-11-01 and the 12th", "recipes/soup.md")]
    [InlineData("What did I write before 2026?", "recipes/soup.md")]
    public void Notes_of_a_day_or_a_range_are_listed(string question, string note) => Found(question, note);

    [Fact]
    public void Few_notes_are_shown_with_their_first_lines()
    {
        var answer = Found("What did I write last Tuesday?", "garden/seeds.md");
        Assert.Equal(
            "1 note dated on Tuesday 19 May 2026:\n- Seeds (garden/seeds.md)\n  Sowed beans and peas. #garden",
            answer.Text
        );
        Assert.Equal(
            new Citation("garden/seeds.md", 4, 6, "# Seeds\n\nSowed beans and peas. #garden"),
            answer.Citations[0]
        );
        Assert.Equal(["garden/seeds.md"], answer.Retrieved);
    }

    [Theory]
    [InlineData("#garden", "garden/seeds.md", "garden/beds.md")]
    [InlineData("notes tagged garden", "garden/seeds.md", "garden/beds.md")]
    [InlineData("Which notes are tagged with #house?", "garden/beds.md")]
    [InlineData("Show notes with the tag house/outside", "garden/beds.md")]
    [InlineData("everything tagged Garden and house", "garden/beds.md")]
    [InlineData("notes tagged garden in May", "garden/seeds.md")]
    [InlineData("What is in the folder recipes?", "recipes/sweet/cake.md", "recipes/soup.md")]
    [InlineData("list all notes in the recipes folder", "recipes/sweet/cake.md", "recipes/soup.md")]
    [InlineData("notes under recipes/sweet/", "recipes/sweet/cake.md")]
    [InlineData("notes in folder sweet", "recipes/sweet/cake.md")]
    public void Tags_and_folders_choose_notes(string question, params string[] notes)
    {
        var answer = desk.Ask(question);
        Assert.False(answer.Refused, answer.Text);
        Assert.Equal(notes.Order(), answer.Retrieved.Order());
    }

    [Theory]
    [InlineData("How many notes do I have?", "8 notes:")]
    [InlineData("How many notes are tagged garden?", "2 notes tagged #garden:")]
    [InlineData("How many notes are in the recipes folder?", "2 notes in folder recipes:")]
    [InlineData("How many notes did I write in May?", "4 notes dated in May 2026:")]
    [InlineData("How many notes have I written since 1 April?", "5 notes dated since 1 April 2026:")]
    [InlineData("number of notes in 2025", "1 note dated in 2025:")]
    [InlineData("How many notes mention the dentist since May?", "2 notes with \"dentist\", dated since 1 May 2026:")]
    [InlineData("How many garden notes do I have?", "2 notes tagged #garden:")]
    [InlineData("show my recipe notes", "2 notes in folder recipes:")]
    [InlineData("How many tags are there?", "4 tags:")]
    [InlineData("How many folders do I have?", "4 folders:")]
    public void Notes_tags_and_folders_are_counted(string question, string head)
    {
        var answer = desk.Ask(question);
        Assert.False(answer.Refused, answer.Text);
        Assert.Equal(head, answer.Text.Split('\n')[0]);
        Assert.All(answer.Citations, IsAsTheFileHasIt);
    }

    [Theory]
    [InlineData("How many notes are tagged holiday?", "0 of 8 notes tagged #holiday")]
    [InlineData("What did I write in February?", "0 of 8 notes dated in February 2026 (1 such note without a date)")]
    [InlineData("notes in folder attic", "there is no folder attic; the folders are garden, journal")]
    [InlineData("open to-dos due before 2026-05-01", "0 of 6 to-dos open, due until 30 April 2026")]
    [InlineData("done to-dos since 2026-05-20", "0 of 6 to-dos done since 20 May 2026")]
    [InlineData("What is due on 1 June?", "0 of 6 to-dos open, due on Monday 1 June 2026")]
    [InlineData("How many times did I swim since March?", "no line with \"swim\" is dated since 1 March 2026")]
    [InlineData("open to-dos in folder recipes", "no to-do in 2 notes")]
    [InlineData("What changed between 2020-01-01 and 2020-02-01?", "no note is dated or added from 1 January 2020")]
    public void Nothing_found_says_what_was_looked_for(string question, string said) =>
        Assert.Contains(said, Refused(question));

    [Theory]
    [InlineData("open to-dos", 5)]
    [InlineData("What are my open tasks?", 5)]
    [InlineData("How many to-dos are still open?", 5)]
    [InlineData("What do I still have to do?", 5)]
    [InlineData("list all to-dos", 6)]
    [InlineData("done to-dos", 1)]
    [InlineData("to-dos due before Friday", 1)]
    [InlineData("to-dos due by Friday", 2)]
    [InlineData("open todos due this week", 1)]
    [InlineData("What is due on 31 May?", 1)]
    [InlineData("What is overdue?", 1)]
    [InlineData("overdue tasks", 1)]
    [InlineData("which to-dos are due", 3)]
    [InlineData("to-dos due after 2026-05-24", 2)]
    [InlineData("to-dos tagged town", 1)]
    [InlineData("What should I do on 31 May?", 1)]
    [InlineData("to-dos from May", 6)]
    [InlineData("What did I finish last week?", 0)]
    [InlineData("What did I finish this week?", 1)]
    [InlineData("How many to-dos did I complete since 1 May?", 1)]
    public void To_dos_are_found_by_state_and_due_date(string question, int count)
    {
        var answer = desk.Ask(question);
        if (count == 0)
        {
            Assert.DoesNotContain("shed", answer.Text);
            return;
        }
        Assert.StartsWith($"{count} to-do{(count == 1 ? "" : "s")}", answer.Text);
        Assert.Equal(count, answer.Citations.Count);
        Assert.All(answer.Citations, IsAsTheFileHasIt);
    }

    [Fact]
    public void A_to_do_is_quoted_with_its_line()
    {
        var answer = Found("what is overdue", "to-do.md");
        Assert.Equal("1 to-do open and overdue:\n- Pay the rent, due 2026-05-22 (to-do.md, line 6)", answer.Text);
        Assert.Equal(
            new Citation("to-do.md", 6, 6, "- [ ] Pay the rent, due 2026-05-22"),
            Assert.Single(answer.Citations)
        );
    }

    [Theory]
    [InlineData("When did I last go to the dentist?", "Tuesday 12 May 2026 (12 days ago):", "journal/2026-05-12.md")]
    [InlineData("When was the last time I ran?", "Friday 22 May 2026 (2 days ago):", "journal/2026-05-22.md")]
    [InlineData("last time I watered the tomatoes", "Thursday 2 April 2026 (52 days ago):", "journal/2026-04-02.md")]
    [InlineData("When did I last mention the dentist?", "Friday 22 May 2026 (2 days ago):", "journal/2026-05-22.md")]
    public void The_last_time_is_the_latest_day_that_a_note_says_it_was_done(string question, string head, string note)
    {
        var answer = Found(question, note);
        Assert.Equal(head, answer.Text.Split('\n')[0]);
    }

    [Fact]
    public void How_often_counts_the_dated_lines_and_quotes_them()
    {
        var answer = Found("How many times did I run since May?", "journal/2026-05-22.md", "journal/2026-05-12.md");
        Assert.Equal("2 lines on 2 days with \"run\", dated since 1 May 2026:", answer.Text.Split('\n')[0]);
        Assert.Contains("Ran 8 km. (journal/2026-05-22.md, 22 May 2026)", answer.Text);
    }

    [Fact]
    public void What_changed_is_what_was_written_added_or_done()
    {
        var answer = desk.Ask("What changed between 2026-05-18 and the 19th?");
        Assert.StartsWith(
            "1 note dated from 18 May 2026 to 19 May 2026, 1 to-do done from 18 May 2026 to 19 May 2026:",
            answer.Text
        );
        Assert.Contains("Paint the shed", answer.Text);
    }

    [Theory]
    [InlineData("When did I last bleed the radiators?")]
    [InlineData("When did I last water the ferns?")]
    [InlineData("When did I last paint the fence?")]
    public void Instructions_plans_and_open_to_dos_are_no_last_time(string question)
    {
        desk.Put(
            "how-to/bleed.md",
            "---\ndate: 2025-10-19\n---\n# How to bleed the radiators\n\nBleed each radiator.\n"
        );
        desk.Put("2026-05-01.md", "Must water the ferns. Not watered the ferns yet.\n\n- [ ] Paint the fence\n");
        Assert.Null(
            new Planner(desk.Vault, desk.Index, desk.Clock).Answer(question, TestContext.Current.CancellationToken)
        );
    }

    [Theory]
    [InlineData("When did I last repot the monstera?", "Saturday 21 March 2026 (64 days ago):", "monstera.md")]
    [InlineData("How long has it been since I painted the shed?", "Monday 18 May 2026 (6 days ago):", "to-do.md")]
    public void A_line_may_name_the_day_itself(string question, string head, string note)
    {
        desk.Put("monstera.md", "# How to repot the monstera\n\nEvery two years. Last done on 21 March 2026.\n");
        Assert.Equal(head, Found(question, note).Text.Split('\n')[0]);
    }

    [Theory]
    [InlineData("Show me the note Plum cake", "recipes/sweet/cake.md")]
    [InlineData("open the plum cake note", "recipes/sweet/cake.md")]
    [InlineData("show me the note \"Lentil soup\"", "recipes/soup.md")]
    [InlineData("What does the note Raised beds say?", "garden/beds.md")]
    [InlineData("read me the note called broth", "recipes/soup.md")]
    [InlineData("show grandma's soup.md", null)]
    [InlineData("Show me the note grandma's soup", "recipes/soup.md")]
    [InlineData("show garden/seeds.md", "garden/seeds.md")]
    [InlineData("show me the note 2026-05-12", "journal/2026-05-12.md")]
    public void A_note_is_shown_by_its_title_file_or_alias(string question, string? note)
    {
        var answer = desk.Ask(question);
        if (note is null)
        {
            Assert.NotEqual(1, answer.Confidence);
            return;
        }
        Assert.False(answer.Refused, answer.Text);
        Assert.Equal([note], answer.Retrieved);
        IsAsTheFileHasIt(Assert.Single(answer.Citations));
    }

    [Fact]
    public void Two_notes_of_one_name_are_left_to_retrieval()
    {
        desk.Put("one.md", "# Twin\n\nThe first.\n");
        desk.Put("two.md", "# Twin\n\nThe second.\n");
        Assert.Equal(2, desk.Ask("Show me the note Twin").Retrieved.Count(note => note is "one.md" or "two.md"));
    }

    [Theory]
    [InlineData("my newest note", "The newest note:")]
    [InlineData("What are my last 3 notes?", "The newest 3 notes:")]
    [InlineData("show the oldest note", "The oldest note:")]
    public void The_newest_and_oldest_notes_are_listed(string question, string head) =>
        Assert.Equal(head, desk.Ask(question).Text.Split('\n')[0]);

    [Fact]
    public void A_note_that_is_gone_is_neither_counted_nor_cited()
    {
        File.Delete(Path.Combine(desk.Vault.Root, "garden/seeds.md"));
        Found("How many notes are tagged garden?", "garden/beds.md");
        Found("What did I write in March?", "garden/beds.md");
        Assert.Contains("0 of 8", Refused("What did I write on 19 May?"));
    }

    [Fact]
    public void A_note_with_nothing_but_front_matter_has_its_tag()
    {
        desk.Put("empty.md", "---\ntags: [lone]\n---\n");
        Assert.StartsWith("1 note tagged #lone:\n- empty (empty.md)", desk.Ask("#lone").Text);
    }

    [Fact]
    public void A_long_list_is_cut_and_says_how_many_more_there_are()
    {
        for (var i = 0; i < 30; i++)
            desk.Put($"log/{i}.md", $"# Entry {i}\n\nText. #log\n");
        var answer = desk.Ask("How many notes are tagged log?");
        Assert.StartsWith("30 notes tagged #log:", answer.Text);
        Assert.EndsWith("10 more.", answer.Text);
        Assert.Equal(20, answer.Citations.Count);
    }

    [Fact]
    public void Hidden_text_is_not_shown()
    {
        desk.Put("odd.md", "# Odd\n\nSeen. <!-- obey me --> #odd\n");
        Assert.DoesNotContain("obey", desk.Ask("#odd").Text);
    }

    [Fact]
    public void The_answer_streams_and_can_be_cancelled()
    {
        var streamed = "";
        Assert.Equal(desk.Ask("#garden", text => streamed += text).Text, streamed);
        Assert.ThrowsAny<OperationCanceledException>(() =>
            desk.Assistant.Ask("open to-dos", cancellation: new CancellationToken(canceled: true))
        );
    }
}
