using System.Text;

namespace Edge.Assistant.Tests;

public sealed class FeedAndCaptureTests : IDisposable
{
    private readonly Desk desk = new();

    public void Dispose() => desk.Dispose();

    [Fact]
    public void The_feed_is_newest_first_by_pages()
    {
        for (var day = 1; day <= 5; day++)
            desk.Put(
                $"d{day}.md",
                $"---\ndate: 2026-01-0{day}\n---\n# Day {day} in the garden\n\nSomething grew on day {day} again.\n"
            );
        var first = desk.Feed(1, 2);
        Assert.Equal(["d5.md", "d4.md"], first.Entries.Select(entry => entry.Note));
        Assert.Equal((1, 2, 5), (first.Page, first.PageSize, first.Total));
        Assert.Equal("Day 5 in the garden", first.Entries[0].Summary.Headline);
        Assert.Equal(new DateOnly(2026, 1, 5), first.Entries[0].Date);
        Assert.Equal(["d1.md"], desk.Feed(3, 2).Entries.Select(entry => entry.Note));
        Assert.Empty(desk.Feed(int.MaxValue, 1000).Entries);
    }

    [Fact]
    public void A_note_that_is_gone_stays_in_the_feed_and_says_so()
    {
        desk.Put("a.md", "# A\n\nText.\n");
        File.Delete(Path.Combine(desk.Vault.Root, "a.md"));
        Assert.Contains("a.md", desk.Feed(1, 10).Entries.Single().Summary.Text);
    }

    [Theory]
    [InlineData(0, 10)]
    [InlineData(1, 0)]
    [InlineData(1, 1001)]
    public void A_page_that_cannot_be_is_a_mistake_of_the_caller(int page, int size) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => desk.Feed(page, size));

    [Fact]
    public void A_capture_is_named_by_the_clock_and_its_title_and_keeps_the_text_byte_for_byte()
    {
        const string text = "\r\n# Tyres & *brakes*: größer\r\n\r\nTwo lines.  \r\nno end";
        var path = desk.Assistant.Capture(text);
        Assert.Equal("captures/2026-05-24-0930-tyres-brakes-grosser.md", path.Replace("groser", "grosser"));
        var bytes = desk.Vault.ReadBytes(path);
        const string front = "---\ntitle: \"Tyres & brakes: größer\"\ndate: 2026-05-24\nsource: capture\n---\n\n";
        Assert.Equal(Encoding.UTF8.GetBytes(front + text), bytes);
        var note = desk.Vault.Read(path);
        Assert.Equal(("Tyres & brakes: größer", new DateOnly(2026, 5, 24)), (note.Title, note.Date));
    }

    [Fact]
    public void Two_captures_in_a_minute_are_two_notes()
    {
        Assert.Equal("captures/2026-05-24-0930-call-ana.md", desk.Assistant.Capture("Call Ana."));
        Assert.Equal("captures/2026-05-24-0930-call-ana-2.md", desk.Assistant.Capture("Call Ana."));
        Assert.Equal("captures/2026-05-24-0930-call-ana-3.md", desk.Assistant.Capture("Call Ana."));
    }

    [Theory]
    [InlineData("!!!", "captures/2026-05-24-0930-note.md")]
    [InlineData("日本語のメモ。", "captures/2026-05-24-0930-note.md")]
    [InlineData("../../etc/passwd", "captures/2026-05-24-0930-etc-passwd.md")]
    public void Any_text_gets_a_safe_name(string text, string path) => Assert.Equal(path, desk.Assistant.Capture(text));

    [Fact]
    public void A_long_first_sentence_gives_a_title_of_at_most_eighty_characters()
    {
        var path = desk.Assistant.Capture(string.Join(' ', Enumerable.Repeat("remember", 50)));
        Assert.InRange(desk.Vault.Read(path).Title.Length, 1, 80);
    }

    [Fact]
    public void Nothing_is_not_captured() => Assert.Throws<ArgumentException>(() => desk.Assistant.Capture(" \n"));
}
