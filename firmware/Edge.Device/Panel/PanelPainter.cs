using System.Globalization;

namespace Edge.Device.Panel;

/// <summary>Draws a state: a pure function of it.</summary>
public static class PanelPainter
{
    private const int BarHeight = 7;

    public static void Paint(PanelState state, Canvas canvas)
    {
        canvas.Clear();
        switch (state.Screen)
        {
            case PanelScreen.Status:
                PaintStatus(state, canvas);
                break;
            case PanelScreen.Answer:
                PaintTitle(canvas, state.AnswerDone || state.Question.Length == 0 ? "Answer" : "Answering");
                PaintScrolled(state, canvas);
                break;
            case PanelScreen.Feed:
                PaintFeed(state, canvas);
                break;
            case PanelScreen.Entry:
                PaintTitle(canvas, "Note");
                PaintScrolled(state, canvas);
                break;
        }
    }

    private static void PaintStatus(PanelState state, Canvas canvas)
    {
        PaintTitle(canvas, state.DeviceName);
        PaintLine(canvas, 0, state.ModelName ?? (state.ModelProblem is null ? "no model" : "model failed"));
        PaintLine(
            canvas,
            1,
            state.NoteCount == 1 ? "1 note" : state.NoteCount.ToString("N0", CultureInfo.InvariantCulture) + " notes"
        );
        PaintLine(canvas, 2, state.Host is null ? "no computer" : "linked: " + state.Host);
        if (state.Busy is not null)
        {
            PaintLine(canvas, 4, state.Busy);
            PaintBar(canvas, LineTop(5), state.BusyShare, state.Tick);
            return;
        }
        var trouble = state.Trouble ?? (state.ModelName is null ? state.ModelProblem : null);
        if (trouble is null)
            return;
        var lines = WordWrap.Lines("! " + trouble, PanelLayout.Columns + 1);
        for (var i = 0; i < Math.Min(3, lines.Count); i++)
            PaintLine(canvas, 3 + i, i == 2 && lines.Count > 3 ? lines[i] + "..." : lines[i]);
    }

    private static void PaintFeed(PanelState state, Canvas canvas)
    {
        PaintTitle(canvas, "Recent");
        if (state.Feed.Count == 0)
        {
            PaintLine(canvas, 0, "No notes yet");
            return;
        }
        var first = Math.Clamp(
            state.FeedSelected - (PanelLayout.Rows / 2),
            0,
            Math.Max(0, state.Feed.Count - PanelLayout.Rows)
        );
        for (var row = 0; row < PanelLayout.Rows && first + row < state.Feed.Count; row++)
        {
            var chosen = first + row == state.FeedSelected;
            var top = LineTop(row);
            if (chosen)
                canvas.Fill(0, top - 1, (PanelLayout.Columns * PanelFont.Advance) + 1, PanelLayout.LinePixels);
            var text = state.Feed[first + row].Headline.ReplaceLineEndings(" ");
            canvas.Text(1, top, WordWrap.Cut(text, PanelLayout.Columns), lit: !chosen);
        }
        PaintScrollBar(canvas, first, state.Feed.Count);
    }

    private static void PaintScrolled(PanelState state, Canvas canvas)
    {
        var lines = PanelLayout.ScrolledLines(state);
        for (var row = 0; row < PanelLayout.Rows && state.Scroll + row < lines.Count; row++)
            canvas.Text(0, LineTop(row), lines[state.Scroll + row]);
        PaintScrollBar(canvas, state.Scroll, lines.Count);
    }

    private static void PaintTitle(Canvas canvas, string title)
    {
        canvas.Fill(0, 0, canvas.Width, PanelLayout.LinePixels - 1);
        canvas.Text(1, 0, WordWrap.Cut(title, PanelLayout.Columns + 1), lit: false);
    }

    private static void PaintLine(Canvas canvas, int row, string text) =>
        canvas.Text(0, LineTop(row), WordWrap.Cut(text, PanelLayout.Columns + 1));

    /// <summary>A share below 0 is a block that wanders with the tick.</summary>
    private static void PaintBar(Canvas canvas, int top, double share, int tick)
    {
        canvas.Rectangle(0, top, canvas.Width, BarHeight);
        var inner = canvas.Width - 4;
        const int block = 24;
        if (share < 0)
            canvas.Fill(2 + (tick * 8 % (inner - block)), top + 2, block, BarHeight - 4);
        else
            canvas.Fill(2, top + 2, (int)Math.Round(inner * Math.Min(1, share)), BarHeight - 4);
    }

    /// <summary>At the right edge, only where there is more than fits.</summary>
    private static void PaintScrollBar(Canvas canvas, int first, int count)
    {
        if (count <= PanelLayout.Rows)
            return;
        var track = canvas.Height - PanelLayout.BodyTop;
        var length = Math.Max(4, track * PanelLayout.Rows / count);
        var top = PanelLayout.BodyTop + ((track - length) * first / (count - PanelLayout.Rows));
        canvas.Fill(canvas.Width - 1, PanelLayout.BodyTop, 1, track, lit: false);
        canvas.Fill(canvas.Width - 3, top, 3, length);
    }

    private static int LineTop(int row) => PanelLayout.BodyTop + (row * PanelLayout.LinePixels);
}
