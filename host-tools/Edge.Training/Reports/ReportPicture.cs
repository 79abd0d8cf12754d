namespace Edge.Training.Reports;

/// <summary>Loss and bits per byte of the runs as one PNG, drawn without a browser: for a model card or a letter.</summary>
public static class ReportPicture
{
    private const int Width = 1600;
    private const int PanelHeight = 580;
    private const int LegendRow = 26;
    private const int Left = 96;
    private const int Right = 24;
    private const int Top = 84;
    private const int Bottom = 72;

    private static readonly Colour Back = new(255, 255, 255);
    private static readonly Colour Ink = new(27, 31, 36);
    private static readonly Colour Dim = new(93, 102, 115);
    private static readonly Colour Grid = new(222, 226, 231);

    /// <summary>As on the page.</summary>
    private static readonly Colour[] Runs =
    [
        new(11, 98, 196),
        new(194, 65, 12),
        new(22, 128, 60),
        new(162, 28, 175),
        new(138, 97, 0),
        new(14, 116, 144),
        new(190, 18, 60),
        new(75, 85, 99),
    ];

    public static byte[] Write(IReadOnlyList<RunHistory> runs)
    {
        var canvas = new Canvas(Width, PanelHeight + 20 + (runs.Count * LegendRow), Back);
        var marks = Charts.Marks(runs);
        Panel(canvas, 0, Charts.Loss(runs), marks);
        Panel(canvas, Width / 2, Charts.BitsPerByte(runs), marks);
        for (var i = 0; i < runs.Count; i++)
        {
            var y = PanelHeight + (i * LegendRow);
            canvas.Line([(Left, y + 8), (Left + 40, y + 8)], Of(i), 4);
            canvas.Text(Left + 56, y + 1, Legend(runs[i]), Ink);
        }
        return Png.Encode(canvas.Pixels, canvas.Width, canvas.Height);
    }

    private static string Legend(RunHistory run)
    {
        var summary = RunSummary.Of(run);
        var name = run.Name.Length > 40 ? run.Name[..39] + "~" : run.Name;
        return summary.Int8BitsPerByte is { } bits
            ? $"{name}: {Html.Short(summary.Tokens)} tokens, {Html.Number(bits, "0.0000")} bits per byte as int8"
            : $"{name}: {Html.Short(summary.Tokens)} tokens";
    }

    private static void Panel(Canvas canvas, int offset, Chart chart, IReadOnlyList<StageMark> marks)
    {
        canvas.Text(offset + Left, 20, chart.Title, Ink, 3);
        var hint = chart.Curves.Any(curve => curve.Style == CurveStyle.Dashed) ? " (dashed: int8)" : "";
        canvas.Text(offset + Left + Canvas.TextWidth(chart.Title + "  ", 3), 26, chart.Unit + hint, Dim);
        var drawn = chart.Curves.Where(curve => curve.Values.Count > 0).ToArray();
        var (width, height) = ((Width / 2) - Left - Right, PanelHeight - Top - Bottom);
        if (drawn.Length == 0)
        {
            canvas.Text(offset + Left + (width / 2) - 60, Top + (height / 2), "nothing yet", Dim);
            return;
        }
        var (low, high) = Range(drawn);
        var end = Math.Max(1, drawn.Max(curve => curve.Tokens[^1]));
        double X(double tokens) => offset + Left + (tokens / end * width);
        double Y(double value) => Top + ((high - value) / (high - low) * height);

        foreach (var tick in Ticks.Between(low, high, 7))
        {
            canvas.Fill(offset + Left, (int)Y(tick), width, 1, Grid);
            var text = Html.Short(tick);
            canvas.Text(offset + Left - 12 - Canvas.TextWidth(text), (int)Y(tick) - 7, text, Dim);
        }
        foreach (var tick in Ticks.Between(0, end, 6))
        {
            canvas.Fill((int)X(tick), Top + height, 1, 7, Dim);
            var text = Html.Short(tick);
            var middle = (int)X(tick) - (Canvas.TextWidth(text) / 2);
            canvas.Text(
                Math.Min(middle, offset + (Width / 2) - 4 - Canvas.TextWidth(text)),
                Top + height + 13,
                text,
                Dim
            );
        }
        canvas.Text(offset + (Width / 2) - Right - Canvas.TextWidth("tokens"), Top + height + 38, "tokens", Dim);
        foreach (var mark in marks)
            canvas.Line([(X(mark.Tokens), Top - 4), (X(mark.Tokens), Top + height)], Dim, 1, dash: 4);
        // The stages of runs that are compared often begin at one place: one label will do.
        foreach (var mark in marks.DistinctBy(mark => (mark.Name, (int)X(mark.Tokens) / 100)))
        {
            var most = offset + (Width / 2) - Canvas.TextWidth(mark.Name) - 4;
            canvas.Text(Math.Min((int)X(mark.Tokens), most), Top - 20, mark.Name, Dim);
        }
        foreach (var curve in drawn)
            Draw(canvas, curve, X, Y);
    }

    private static void Draw(Canvas canvas, Curve curve, Func<double, double> x, Func<double, double> y)
    {
        var from = 0;
        for (var i = 1; i <= curve.Values.Count; i++)
        {
            if (i < curve.Values.Count && curve.Stages[i] == curve.Stages[i - 1])
                continue;
            var points = Enumerable
                .Range(from, i - from)
                .Select(at => (x(curve.Tokens[at]), y(curve.Values[at])))
                .ToArray();
            if (curve.Style == CurveStyle.Raw)
                canvas.Line(points, Of(curve.Run), 1.2, 0.3);
            else
                canvas.Line(points, Of(curve.Run), 2.6, dash: curve.Style == CurveStyle.Dashed ? 9 : 0);
            if (points.Length == 1 || (curve.Values.Count <= 60 && curve.Style == CurveStyle.Solid))
                foreach (var (px, py) in points)
                    canvas.Dot(px, py, 4, Of(curve.Run));
            from = i;
        }
    }

    private static (double Low, double High) Range(Curve[] curves)
    {
        var low = curves.Min(curve => curve.Values.Min());
        var high = curves.Max(curve => curve.Values.Max());
        var room = high > low ? (high - low) * 0.05 : Math.Max(Math.Abs(high) * 0.1, 0.1);
        return (low >= 0 ? Math.Max(0, low - room) : low - room, high + room);
    }

    private static Colour Of(int run) => Runs[run % Runs.Length];
}
