using Edge.Device.Panel;

namespace Edge.Device.Tests.Panel;

public sealed class PanelReducerTests
{
    private static readonly PanelFeedItem[] Items =
    [
        .. Enumerable.Range(1, 8).Select(i => new PanelFeedItem($"n{i}.md", $"Headline {i}", $"Text of note {i}.")),
    ];

    private static PanelState After(PanelState state, params PanelEvent[] events) =>
        events.Aggregate(state, PanelReducer.Reduce);

    private static PanelEvent Press(PanelButton button) => new PanelEvent.Pressed(button);

    [Fact]
    public void Select_walks_from_status_to_answer_to_feed_to_entry_and_up_walks_back()
    {
        var state = After(new PanelState(), new PanelEvent.FeedChanged(Items));
        var seen = new List<PanelScreen>();
        foreach (
            var button in new[]
            {
                PanelButton.Select,
                PanelButton.Select,
                PanelButton.Select,
                PanelButton.Up,
                PanelButton.Up,
                PanelButton.Down,
            }
        )
        {
            state = After(state, Press(button));
            seen.Add(state.Screen);
        }
        Assert.Equal(
            [
                PanelScreen.Answer,
                PanelScreen.Feed,
                PanelScreen.Entry,
                PanelScreen.Feed,
                PanelScreen.Status,
                PanelScreen.Feed,
            ],
            seen
        );
    }

    [Fact]
    public void A_question_brings_the_answer_to_the_front_and_its_end_stays_in_sight_while_it_grows()
    {
        var state = After(new PanelState(), new PanelEvent.Asked("Why?"));
        Assert.Equal(PanelScreen.Answer, state.Screen);
        for (var i = 0; i < 60; i++)
            state = After(state, new PanelEvent.AnswerGrew("because "));
        Assert.Equal(PanelLayout.ScrollMax(state), state.Scroll);
        Assert.True(state.Scroll > 0);
        var done = After(state, new PanelEvent.Answered(state.Answer, ["a.md:1-2"]));
        Assert.Equal(0, done.Scroll);
        Assert.Equal("> a.md:1-2", PanelLayout.ScrolledLines(done)[^1]);
    }

    [Fact]
    public void A_reader_who_scrolls_is_not_moved_by_the_growing_answer()
    {
        var grown = new PanelEvent.AnswerGrew(string.Concat(Enumerable.Repeat("word ", 100)));
        var state = After(new PanelState(), new PanelEvent.Asked("Why?"), grown, Press(PanelButton.Up));
        var scroll = state.Scroll;
        state = After(state, grown, new PanelEvent.Answered("word " + state.Answer, []));
        Assert.Equal(scroll, state.Scroll);
    }

    [Fact]
    public void Scrolling_stops_at_both_ends()
    {
        var state = After(
            new PanelState(),
            new PanelEvent.Asked("Why?"),
            new PanelEvent.Answered(string.Join('\n', Enumerable.Range(1, 20)), [])
        );
        for (var i = 0; i < 50; i++)
            state = After(state, Press(PanelButton.Down));
        Assert.Equal(PanelLayout.ScrollMax(state), state.Scroll);
        for (var i = 0; i < 50 && state.Scroll > 0; i++)
            state = After(state, Press(PanelButton.Up));
        Assert.Equal((0, PanelScreen.Answer), (state.Scroll, state.Screen));
    }

    [Fact]
    public void The_chosen_note_stays_chosen_when_a_newer_one_arrives()
    {
        var state = After(
            new PanelState(),
            new PanelEvent.FeedChanged(Items),
            Press(PanelButton.Down),
            Press(PanelButton.Down)
        );
        state = After(state, new PanelEvent.FeedChanged([new PanelFeedItem("new.md", "New", "x"), .. Items]));
        Assert.Equal("n2.md", state.Feed[state.FeedSelected].Note);
    }

    [Fact]
    public void An_open_note_that_vanishes_from_the_feed_closes()
    {
        var state = After(
            new PanelState(),
            new PanelEvent.FeedChanged(Items),
            Press(PanelButton.Down),
            Press(PanelButton.Select)
        );
        Assert.Equal(PanelScreen.Entry, state.Screen);
        Assert.Equal(PanelScreen.Feed, After(state, new PanelEvent.FeedChanged([])).Screen);
    }

    [Fact]
    public void Buttons_on_an_empty_feed_do_nothing_worse_than_going_back()
    {
        foreach (var first in Enum.GetValues<PanelButton>())
        foreach (var second in Enum.GetValues<PanelButton>())
        foreach (var third in Enum.GetValues<PanelButton>())
        {
            var state = After(new PanelState(), Press(PanelButton.Down), Press(first), Press(second), Press(third));
            PanelPainter.Paint(state, new Canvas());
            Assert.Equal(0, state.FeedSelected);
        }
    }

    [Fact]
    public void What_the_screen_keeps_is_bounded()
    {
        var huge = new string('x', 100_000);
        var state = After(
            new PanelState(),
            new PanelEvent.Asked(huge),
            new PanelEvent.AnswerGrew(huge),
            new PanelEvent.FeedChanged([.. Enumerable.Repeat(new PanelFeedItem("a.md", huge, huge), 500)])
        );
        Assert.Equal(PanelState.TextCharsMax, state.Question.Length);
        Assert.Equal(PanelState.TextCharsMax, state.Answer.Length);
        Assert.Equal(PanelState.FeedItemsMax, state.Feed.Count);
        Assert.Equal(PanelState.TextCharsMax, state.Feed[0].Text.Length);
    }
}
