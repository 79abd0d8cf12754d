using Edge.Device.Panel;
using Edge.TestKit;

namespace Edge.Device.Tests.Panel;

/// <summary>Each screen against a picture in pictures/, drawn in half-block characters (two rows of pixels a line).</summary>
public sealed class PanelPictureTests
{
    private static readonly PanelState Everyday = new()
    {
        DeviceName = "Kitchen Edge",
        ModelName = "stories260K",
        NoteCount = 1234,
        Host = "laptop",
    };

    private static readonly PanelState Answered = Everyday with
    {
        Screen = PanelScreen.Answer,
        Question = "How long does the dough rest?",
        Answer = "Twelve hours in the fridge, then two at room temperature. Crème brûlée: 1½ hours.",
        AnswerDone = true,
        Citations = ["recipes/bread.md:3-9"],
    };

    private static readonly PanelFeedItem[] Items =
    [
        .. Enumerable.Range(1, 9).Select(i => new PanelFeedItem($"n{i}.md", $"Headline number {i} is long", "Text.")),
    ];

    public static TheoryData<string> Names => [.. States.Keys];

    private static Dictionary<string, PanelState> States =>
        new()
        {
            ["status"] = Everyday,
            ["status-fresh"] = new PanelState { NoteCount = 1 },
            ["status-busy-share"] = Everyday with { Busy = "Flashing", BusyShare = 0.4 },
            ["status-busy-unknown"] = Everyday with { Busy = "Summarising", Tick = 5 },
            ["status-model-failed"] = new PanelState
            {
                ModelProblem = "the model in slot A does not load: the file ends at 40,960 where 65,536 are needed",
            },
            ["answer-top"] = Answered,
            ["answer-scrolled"] = Answered with { Scroll = 3 },
            ["answer-growing"] = Answered with { Answer = "Twelve", AnswerDone = false, Citations = [] },
            ["answer-none"] = new PanelState { Screen = PanelScreen.Answer },
            ["feed"] = Everyday with { Screen = PanelScreen.Feed, Feed = Items, FeedSelected = 4 },
            ["feed-empty"] = new PanelState { Screen = PanelScreen.Feed },
            ["entry"] = Everyday with { Screen = PanelScreen.Entry, Feed = Items, FeedSelected = 1 },
        };

    [Theory]
    [MemberData(nameof(Names))]
    public void The_screen_looks_as_drawn(string name)
    {
        var canvas = new Canvas();
        PanelPainter.Paint(States[name], canvas);
        var found = string.Join('\n', canvas.ToHalfBlocks().Select(line => line.TrimEnd())) + "\n";
        var file = Path.Combine(Repo.Root, "tests", "Edge.Device.Tests", "Panel", "pictures", name + ".txt");
        if (Environment.GetEnvironmentVariable("EDGE_DRAW") == "1")
            File.WriteAllText(file, found);
        Assert.True(File.Exists(file), $"there is no {file}; EDGE_DRAW=1 draws it, then look at it");
        Assert.True(File.ReadAllText(file) == found, $"{name} looks otherwise (EDGE_DRAW=1 accepts it):\n{found}");
    }

    [Fact]
    public void Painting_twice_on_a_dirty_canvas_gives_the_same_picture()
    {
        foreach (var state in States.Values)
        {
            var clean = new Canvas();
            PanelPainter.Paint(state, clean);
            var dirty = new Canvas();
            dirty.Fill(0, 0, 128, 64);
            PanelPainter.Paint(state, dirty);
            Assert.Equal(clean.ToLines(), dirty.ToLines());
        }
    }
}
