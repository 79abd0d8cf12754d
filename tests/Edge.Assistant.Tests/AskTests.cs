namespace Edge.Assistant.Tests;

public sealed class AskTests : IDisposable
{
    private readonly Desk desk = new();

    public void Dispose() => desk.Dispose();

    private void PutGarden()
    {
        desk.Put(
            "garden.md",
            "# Garden\n\nThe shed key hangs behind the door.\n\n- Tomatoes: water them every 3 days.\n- Beans: in May.\n"
        );
        desk.Put("car.md", "# Car\r\n\r\nThe *tyre* pressure is **2.3 bar** in front.\r\n");
        desk.Put("soup.md", "# Soup\n\nSimmer the soup for 25 minutes. Serve it hot.\n");
    }

    [Fact]
    public void An_answer_is_the_notes_own_sentence_with_its_lines_as_the_file_has_them()
    {
        PutGarden();
        var answer = desk.Ask("What tyre pressure does the car need?");
        Assert.False(answer.Refused);
        Assert.Equal("The tyre pressure is 2.3 bar in front.", answer.Text);
        Assert.Equal(NoteAssistant.Quoted, answer.WrittenBy);
        Assert.Equal(new Citation("car.md", 3, 3, "The *tyre* pressure is **2.3 bar** in front."), answer.Citations[0]);
        Assert.Equal("car.md", answer.Retrieved[0]);
    }

    [Fact]
    public void A_question_about_something_the_notes_never_name_is_refused_with_the_nearest_notes()
    {
        PutGarden();
        var answer = desk.Ask("How long does the baklava simmer?");
        Assert.True(answer.Refused);
        Assert.StartsWith("The notes do not say.", answer.Text);
        Assert.Contains(answer.Citations, citation => citation.Note == "soup.md");
    }

    [Theory]
    [InlineData("When did Ana buy the tickets?", "Ana bought the tickets on 3 May and wrote to the hotel.")]
    [InlineData("Where did we eat?", "We ate at the harbour, where Tom paid 85 euros.")]
    [InlineData("How much did Tom pay?", "We ate at the harbour, where Tom paid 85 euros.")]
    [InlineData("How long did the train take?", "We took the night train, which took 14 hours.")]
    [InlineData("Who sold the car?", "Tom drove back and sold the car.")]
    [InlineData("Where did the children sleep?", "Each child slept in the loft.")]
    public void A_question_and_a_note_may_use_other_forms_of_a_verb(string question, string sentence)
    {
        desk.Put(
            "trip.md",
            """
            # Lisbon

            We took the night train, which took 14 hours. Ana bought the tickets on 3 May and wrote to the hotel.

            We ate at the harbour, where Tom paid 85 euros. Each child slept in the loft.

            Tom drove back and sold the car.
            """
        );
        desk.Put("garden.md", "# Garden\n\nThe left gate squeaks. Ask the neighbour for oil.\n");
        Assert.Equal(sentence, desk.Ask(question).Text);
    }

    [Theory]
    [InlineData("How many days do the oat biscuits stay fresh?")]
    [InlineData("How many guests came to the opening of the shop?")]
    [InlineData("How much did the oat biscuits cost?")]
    public void A_figure_that_stands_in_no_quoted_line_is_not_answered_with_another(string question)
    {
        desk.Put(
            "biscuits.md",
            "# Oat biscuits\n\nThe oat biscuits fit in one tin, and stay fresh when it is shut. Bake the oat biscuits for 12 minutes.\n"
        );
        desk.Put("shop.md", "# Shop\n\nMany guests came to the opening of the shop (2018), and to the OAuth2 talk.\n");
        desk.Put(
            "garden.md",
            "# Garden\n\nThe trays for 40 seedlings cost 9 euros; the oven of the greenhouse fits none.\n"
        );
        Assert.True(desk.Ask(question).Refused);
    }

    [Theory]
    [InlineData("How often should I use pull quotes?", "Use pull quotes sparingly.")]
    [InlineData("How long should a CV be?", "A CV should be two pages.")]
    [InlineData("How long is the Ridge trail?", "The Ridge trail is 14 km.")]
    public void How_long_and_how_often_are_not_only_asked_of_time(string question, string sentence)
    {
        desk.Put("style.md", "# Style\n\nUse pull quotes sparingly.\n\nA CV should be two pages.\n");
        desk.Put("trail.md", "# Hiking\n\nThe Ridge trail is 14 km.\n");
        Assert.Equal(sentence, desk.Ask(question).Text);
    }

    [Fact]
    public void An_empty_vault_says_that_the_notes_do_not_say()
    {
        var answer = desk.Ask("Anything?");
        Assert.True(answer.Refused);
        Assert.Empty(answer.Citations);
        Assert.Equal("The notes do not say.", answer.Text);
    }

    [Theory]
    [InlineData("?")]
    [InlineData("the of and")]
    [InlineData("\" OR note:* NEAR(")]
    [InlineData("\u0000\uD800 lone")]
    public void Any_text_is_a_question(string question)
    {
        PutGarden();
        Assert.NotEmpty(desk.Ask(question).Text);
    }

    [Theory]
    [InlineData("")]
    [InlineData("  \n")]
    public void An_empty_question_is_a_mistake_of_the_caller(string question) =>
        Assert.Contains("empty", Assert.Throws<ArgumentException>(() => desk.Ask(question)).Message);

    [Fact]
    public void A_question_of_a_hundred_thousand_characters_is_refused_with_the_numbers()
    {
        var mistake = Assert.Throws<ArgumentException>(() => desk.Ask(new string('x', 100_000)));
        Assert.Contains("100,000", mistake.Message);
        Assert.Contains("2,000", mistake.Message);
    }

    [Fact]
    public void The_longest_question_is_answered() =>
        Assert.NotEmpty(desk.Ask(new string('x', NoteAssistant.QuestionCharsMax)).Text);

    [Fact]
    public void The_text_that_streams_is_the_answer()
    {
        PutGarden();
        var streamed = "";
        var answer = desk.Ask("How long do I simmer the soup?", text => streamed += text);
        Assert.Equal(answer.Text, streamed);
        Assert.Contains("25 minutes", streamed);
    }

    [Fact]
    public void A_note_that_is_gone_since_it_was_indexed_is_not_cited()
    {
        PutGarden();
        File.Delete(Path.Combine(desk.Vault.Root, "car.md"));
        var answer = desk.Ask("What tyre pressure does the car need?");
        Assert.DoesNotContain(answer.Citations, citation => citation.Note == "car.md");
    }

    [Fact]
    public void A_note_that_changed_since_it_was_indexed_is_quoted_only_as_it_is_now()
    {
        PutGarden();
        var file = Path.Combine(desk.Vault.Root, "car.md");
        File.WriteAllText(file, "# Car\n\nNew line.\n\nThe tyre pressure is 2.9 bar now.\n");
        Assert.DoesNotContain("2.3 bar", desk.Ask("What tyre pressure does the car need?").Text);
        desk.Index.Update(cancellation: TestContext.Current.CancellationToken);
        var answer = desk.Ask("What tyre pressure does the car need?");
        Assert.Equal("The tyre pressure is 2.9 bar now.", answer.Text);
        Assert.Equal(5, answer.Citations[0].LastLine);
    }

    [Fact]
    public void A_cancelled_question_ends_as_cancelled()
    {
        PutGarden();
        Assert.ThrowsAny<OperationCanceledException>(() =>
            desk.Assistant.Ask("What tyre pressure?", cancellation: new CancellationToken(canceled: true))
        );
    }

    [Fact]
    public void Without_a_model_the_assistant_says_why_it_quotes() =>
        Assert.Contains("quoted", desk.Assistant.WhyQuoted);

    [Fact]
    public void A_note_of_several_megabytes_is_answered_from_its_passages()
    {
        var filler = string.Join(
            "\n\n",
            Enumerable.Range(0, 20_000).Select(i => $"Entry {i}: nothing happened by the river that day, and so on.")
        );
        desk.Put("log.md", $"# Log\n\n{filler}\n\nThe lighthouse lamp burns 40 litres of oil a week.\n\n{filler}\n");
        var answer = desk.Ask("How much oil does the lighthouse lamp burn?");
        Assert.Contains("40 litres", answer.Text);
        var line = File.ReadAllLines(Path.Combine(desk.Vault.Root, "log.md"))[answer.Citations[0].FirstLine - 1];
        Assert.Equal(line, answer.Citations[0].Quote.Split('\n')[0]);
    }
}
