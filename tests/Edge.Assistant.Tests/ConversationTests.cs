using Edge.Assistant.Asking;

namespace Edge.Assistant.Tests;

public sealed class ConversationTests
{
    [Theory]
    [InlineData("Who leads it?", "Who leads it? (garden club meeting)")]
    [InlineData("And when?", "And when? (garden club meeting)")]
    [InlineData("Why?", "Why? (garden club meeting)")]
    [InlineData("What about the library?", "What about the library? (garden club meeting)")]
    [InlineData("Did they pay for that?", "Did they pay for that? (garden club meeting)")]
    [InlineData("Who comes to their meeting?", "Who comes to their meeting? (garden club)")]
    [InlineData("When is the boiler due for service?", "When is the boiler due for service?")]
    [InlineData("What does that recipe for bread need?", "What does that recipe for bread need?")]
    [InlineData("And what did Anna say about the new boiler?", "And what did Anna say about the new boiler?")]
    public void A_question_that_leans_on_the_one_before_gets_its_words(string question, string expected)
    {
        var conversation = new Conversation();
        Assert.Equal(question, conversation.Complete(question));
        conversation.Asked("When is the garden club meeting?");
        Assert.Equal(expected, conversation.Complete(question));
    }

    [Fact]
    public void The_subject_stays_over_several_turns_and_goes_when_it_is_cleared()
    {
        var conversation = new Conversation();
        conversation.Asked("When is the boiler due?");
        var second = conversation.Complete("Who repairs it?");
        Assert.Equal("Who repairs it? (boiler due)", second);
        conversation.Asked(second);
        Assert.Equal("And when? (repairs boiler due)", conversation.Complete("And when?"));
        conversation.Asked("When was the roof mended?");
        Assert.Equal("Who paid for it? (roof mended)", conversation.Complete("Who paid for it?"));
        conversation.Clear();
        Assert.Equal("Who paid for it?", conversation.Complete("Who paid for it?"));
    }

    [Fact]
    public void A_follow_up_finds_what_it_would_not_find_alone()
    {
        using var desk = new Desk();
        desk.Put(
            "boiler.md",
            "# Boiler\n\nThe boiler is due for service in March. Peter services the boiler for 80 euros.\n"
        );
        desk.Put("roof.md", "# Roof\n\nThe roof leaks. Anna mends the roof for 300 euros in June.\n");
        var conversation = new Conversation();
        conversation.Asked("When is the boiler due for service?");
        var answer = desk.Ask(conversation.Complete("And how much does it cost?"));
        Assert.Equal("boiler.md", answer.Citations[0].Note);
        conversation.Asked("When does the roof get mended?");
        answer = desk.Ask(conversation.Complete("And how much does it cost?"));
        Assert.Equal("roof.md", answer.Citations[0].Note);
    }
}
