namespace Edge.Device.Panel;

/// <summary>What stands where on 128 x 64 pixels: a title line and six lines of text.</summary>
public static class PanelLayout
{
    public const int Width = 128;
    public const int Height = 64;

    /// <summary>Characters in a line of text; the scroll bar takes the place of one.</summary>
    public const int Columns = 20;

    /// <summary>Lines of text below the title.</summary>
    public const int Rows = 6;

    /// <summary>From one line's top to the next, pixels.</summary>
    public const int LinePixels = 9;

    /// <summary>Top of the first line of text, pixels.</summary>
    public const int BodyTop = 10;

    /// <summary>The lines that the answer or entry screen scrolls through; empty for the other screens.</summary>
    public static IReadOnlyList<string> ScrolledLines(PanelState state) =>
        state.Screen switch
        {
            PanelScreen.Answer => AnswerLines(state),
            PanelScreen.Entry => EntryLines(state),
            _ => [],
        };

    public static int ScrollMax(PanelState state) => Math.Max(0, ScrolledLines(state).Count - Rows);

    private static List<string> AnswerLines(PanelState state)
    {
        if (state.Question.Length == 0)
            return [.. WordWrap.Lines("Nothing was asked yet. Ask from the computer: edge ask \"...\"", Columns)];
        var lines = new List<string>(WordWrap.Lines("Q: " + state.Question, Columns));
        if (state.Answer.Length > 0)
            lines.AddRange(WordWrap.Lines(state.Answer, Columns));
        if (!state.AnswerDone)
            lines.Add("...");
        foreach (var citation in state.Citations)
            lines.AddRange(WordWrap.Lines("> " + citation, Columns));
        return lines;
    }

    private static List<string> EntryLines(PanelState state)
    {
        if (state.FeedSelected >= state.Feed.Count)
            return [];
        var item = state.Feed[state.FeedSelected];
        return
        [
            .. WordWrap.Lines(item.Headline, Columns),
            .. WordWrap.Lines(item.Text, Columns),
            .. WordWrap.Lines("> " + item.Note, Columns),
        ];
    }
}
