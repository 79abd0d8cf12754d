namespace Edge.Device.Panel;

/// <summary>
/// The panel's behaviour as a pure function. Status: select goes to the answer, down to the feed. Answer and entry: up
/// and down scroll. Feed: up and down choose, select opens. Up at the top of a screen goes back.
/// </summary>
public static class PanelReducer
{
    public static PanelState Reduce(PanelState state, PanelEvent happened) =>
        happened switch
        {
            PanelEvent.Pressed e => Press(state, e.Button),
            PanelEvent.Named e => state with { DeviceName = e.DeviceName },
            PanelEvent.ModelChanged e => state with { ModelName = e.Name, ModelProblem = e.Problem },
            PanelEvent.NotesCounted e => state with { NoteCount = Math.Max(0, e.Count) },
            PanelEvent.LinkChanged e => state with { Host = e.Host },
            PanelEvent.BusyChanged e => state with
            {
                Busy = e.What,
                BusyShare = double.IsNaN(e.Share) ? -1 : Math.Min(1, e.Share),
                Trouble = e.What is null ? state.Trouble : null,
            },
            PanelEvent.Asked e => state with
            {
                Screen = PanelScreen.Answer,
                Question = Kept(e.Question),
                Answer = "",
                AnswerDone = false,
                Citations = [],
                Scroll = 0,
                FollowsAnswer = true,
                Trouble = null,
            },
            PanelEvent.AnswerGrew e => Follow(state with { Answer = Kept(state.Answer + e.Text) }),
            PanelEvent.Answered e => Finish(state, e),
            PanelEvent.FeedChanged e => ReplaceFeed(state, e.Items),
            PanelEvent.TroubleChanged e => state with { Trouble = e.Message },
            PanelEvent.Ticked => state with { Tick = (state.Tick + 1) % 1000 },
            _ => state,
        };

    private static PanelState Press(PanelState state, PanelButton button)
    {
        state = state with { FollowsAnswer = false, Trouble = null };
        return (state.Screen, button) switch
        {
            (PanelScreen.Status, PanelButton.Select) => state with { Screen = PanelScreen.Answer, Scroll = 0 },
            (PanelScreen.Status, PanelButton.Down) => state with { Screen = PanelScreen.Feed },
            (PanelScreen.Feed, PanelButton.Up) when state.FeedSelected == 0 => Home(state),
            (PanelScreen.Feed, PanelButton.Up) => state with { FeedSelected = state.FeedSelected - 1 },
            (PanelScreen.Feed, PanelButton.Down) => state with
            {
                FeedSelected = Math.Max(0, Math.Min(state.FeedSelected + 1, state.Feed.Count - 1)),
            },
            (PanelScreen.Feed, PanelButton.Select) when state.Feed.Count > 0 => state with
            {
                Screen = PanelScreen.Entry,
                Scroll = 0,
            },
            (PanelScreen.Answer, PanelButton.Select) => state with { Screen = PanelScreen.Feed, Scroll = 0 },
            (PanelScreen.Answer, PanelButton.Up) when state.Scroll == 0 => Home(state),
            (PanelScreen.Entry, PanelButton.Up) when state.Scroll == 0 => state with { Screen = PanelScreen.Feed },
            (PanelScreen.Entry, PanelButton.Select) => state with { Screen = PanelScreen.Feed, Scroll = 0 },
            (PanelScreen.Answer or PanelScreen.Entry, PanelButton.Up) => state with
            {
                // Half a screen a press, so that a reader keeps the thread.
                Scroll = Math.Max(0, state.Scroll - (PanelLayout.Rows / 2)),
            },
            (PanelScreen.Answer or PanelScreen.Entry, PanelButton.Down) => state with
            {
                Scroll = Math.Min(PanelLayout.ScrollMax(state), state.Scroll + (PanelLayout.Rows / 2)),
            },
            _ => state,
        };
    }

    private static PanelState Home(PanelState state) => state with { Screen = PanelScreen.Status, Scroll = 0 };

    private static PanelState Follow(PanelState state) =>
        state is { FollowsAnswer: true, Screen: PanelScreen.Answer }
            ? state with
            {
                Scroll = PanelLayout.ScrollMax(state),
            }
            : state;

    /// <summary>A finished answer is shown from its beginning, unless somebody is already reading it.</summary>
    private static PanelState Finish(PanelState state, PanelEvent.Answered e)
    {
        state = state with
        {
            Answer = Kept(e.Text),
            Citations = e.Citations,
            AnswerDone = true,
            Scroll = state.FollowsAnswer ? 0 : state.Scroll,
            FollowsAnswer = false,
        };
        return state.Screen == PanelScreen.Answer
            ? state with
            {
                Scroll = Math.Min(state.Scroll, PanelLayout.ScrollMax(state)),
            }
            : state;
    }

    /// <summary>The chosen note stays chosen where it is still there.</summary>
    private static PanelState ReplaceFeed(PanelState state, IReadOnlyList<PanelFeedItem> items)
    {
        var chosen = state.FeedSelected < state.Feed.Count ? state.Feed[state.FeedSelected].Note : null;
        var feed = items
            .Take(PanelState.FeedItemsMax)
            .Select(item => item with { Headline = Kept(item.Headline), Text = Kept(item.Text) })
            .ToArray();
        var index = Math.Max(0, Array.FindIndex(feed, item => item.Note == chosen));
        var stays = feed.Length > index && feed[index].Note == chosen;
        var next = state with { Feed = feed, FeedSelected = index };
        return state.Screen != PanelScreen.Entry ? next
            : stays ? next with { Scroll = Math.Min(state.Scroll, PanelLayout.ScrollMax(next)) }
            : next with { Screen = PanelScreen.Feed, Scroll = 0 };
    }

    private static string Kept(string text) =>
        text.Length <= PanelState.TextCharsMax ? text : text[..PanelState.TextCharsMax];
}
