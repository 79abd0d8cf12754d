using Edge.Assistant.Planning;
using Edge.Notes;
using Edge.TestKit;

namespace Edge.Assistant.Tests.Planning;

public class PlannerTests
{
    /// <summary>20:00 on 24 May 2026 in Greenwich, 5 in the morning of the 25th where the notes are.</summary>
    private sealed class EasternClock : TimeProvider
    {
        public int DaysLater { get; set; }

        public override DateTimeOffset GetUtcNow() => new(2026, 5, 24 + DaysLater, 20, 0, 0, TimeSpan.Zero);

        public override TimeZoneInfo LocalTimeZone =>
            TimeZoneInfo.CreateCustomTimeZone("east", TimeSpan.FromHours(9), "east", "east");
    }

    [Fact]
    public void Days_are_those_of_the_clocks_own_zone()
    {
        using var folder = new TempFolder();
        Directory.CreateDirectory(folder["notes"]);
        File.WriteAllText(Path.Combine(folder["notes"], "2026-05-24.md"), "Rain all day.\n");
        var vault = new Vault(folder["notes"]);
        var clock = new EasternClock();
        using var index = NoteIndex.Open(folder["index.db"], vault, clock);
        index.Update(cancellation: TestContext.Current.CancellationToken);
        var planner = new Planner(vault, index, clock);
        Assert.Contains("Rain", planner.Answer("notes from yesterday", TestContext.Current.CancellationToken)!.Text);
    }

    [Fact]
    public void A_note_without_a_date_is_new_on_the_day_that_it_came_but_not_with_the_whole_vault()
    {
        using var folder = new TempFolder();
        Directory.CreateDirectory(folder["notes"]);
        File.WriteAllText(Path.Combine(folder["notes"], "undated.md"), "Some text.\n");
        var vault = new Vault(folder["notes"]);
        var clock = new EasternClock();
        using var index = NoteIndex.Open(folder["index.db"], vault, clock);
        index.Update(cancellation: TestContext.Current.CancellationToken);
        var planner = new Planner(vault, index, clock);
        Assert.True(planner.Answer("What changed today?", TestContext.Current.CancellationToken)!.Refused);
        clock.DaysLater = 1;
        File.WriteAllText(Path.Combine(folder["notes"], "later.md"), "More text.\n");
        index.Update(cancellation: TestContext.Current.CancellationToken);
        var changed = planner.Answer("What changed today?", TestContext.Current.CancellationToken)!.Text;
        Assert.StartsWith("1 note without a date added on Tuesday 26 May 2026:\n- later (later.md", changed);
    }

    [Fact]
    public void Any_row_of_the_planners_words_is_read_without_trouble()
    {
        const int seed = 20260524;
        var random = new Random(seed);
        var some = (
            "how many notes did i write in on since before between and the 5th 12 31 29 february may 2024 2024-01-05 last next this "
            + "week month year weekend tuesday mon 3 days ago start of end q3 week 53 to until - from tagged #x with tag folder recipes/ "
            + "due by open to-dos done overdue what changed when last time ran show me note called \"a b\" first quarter 9999 years"
        ).Split(' ');
        foreach (var today in (DateOnly[])[new(2026, 5, 24), new(1970, 1, 1), new(2024, 2, 29), new(2099, 12, 31)])
        {
            for (var round = 0; round < 4000; round++)
            {
                var question = string.Join(' ', random.GetItems(some, random.Next(1, 14)));
                var trouble = Record.Exception(() => PlanReader.Read(PlanWord.Read(question), today));
                Assert.True(trouble is null, $"seed {seed}, {today}: {question}: {trouble}");
            }
        }
    }
}
