using System.Text;
using Edge.Assistant.Summaries;
using Edge.Assistant.Text;
using Edge.Notes;

namespace Edge.Assistant.Tests;

/// <summary>Notes that are summarised section by section.</summary>
public sealed class LongNoteTests
{
    private const string Fact = "Anna buys the seeds for 300 euros in March.";

    /// <summary>Forty chapters of twelve lines; the fact stands in one.</summary>
    private static string Chapters(int withFact)
    {
        var note = new StringBuilder("# The garden year\n");
        for (var chapter = 1; chapter <= 40; chapter++)
        {
            note.Append(Invariant($"\n## Week {chapter}\n\n"));
            for (var day = 1; day <= 7; day++)
                note.Append(
                    Invariant($"On day {day} of week {chapter} somebody raked {chapter * day} baskets of leaves.\n")
                );
            note.Append(chapter == withFact ? $"\n{Fact}\n" : "\nNothing was bought.\n");
        }
        return note.ToString();
    }

    [Fact]
    public void Each_sentence_keeps_the_lines_that_it_came_from()
    {
        using var desk = new Desk();
        var text = Chapters(17);
        desk.Put("year.md", text);
        var summary = desk.Summarize("year.md");
        Assert.Equal("The garden year", summary.Headline);
        AreQuoted(summary, text.Split('\n'));
        Assert.Equal(summary.Sources, desk.Summarize("year.md").Sources);
    }

    [Fact]
    public void What_a_model_says_of_one_section_is_in_the_end_cited_with_that_sections_lines()
    {
        using var desk = new Desk(modelSays: "Anna buys seeds for 300 euros.");
        var written = 0;
        desk.WhileWriting = () => written++;
        desk.Put("year.md", Chapters(17));
        var summary = desk.Summarize("year.md");
        Assert.Equal("speaker", summary.WrittenBy);
        Assert.Equal("Anna buys seeds for 300 euros.", summary.Text);
        var line = Array.IndexOf(Chapters(17).Split('\n'), Fact) + 1;
        Assert.Equal([new SourceLines(line, line)], summary.Sources);
        Assert.InRange(written, 2, 2 * SectionWriter.PiecesMax);
    }

    [Fact]
    public void What_a_model_makes_up_about_a_section_is_in_no_summary()
    {
        using var desk = new Desk(modelSays: "Robert bought 450 tractors.");
        var text = Chapters(17);
        desk.Put("year.md", text);
        var summary = desk.Summarize("year.md");
        Assert.Equal(NoteAssistant.Quoted, summary.WrittenBy);
        AreQuoted(summary, text.Split('\n'));
    }

    [Fact]
    public void A_short_note_that_does_not_fit_the_model_is_read_section_by_section()
    {
        // 1,024 positions of mostly one letter a token.
        using var desk = new Desk(knowsPrompts: true);
        var text = string.Join(
            "\n\n",
            Enumerable.Range(1, 30).Select(i => $"In year {i} the bees made {i * 3} jars of honey.")
        );
        var written = 0;
        desk.WhileWriting = () => written++;
        desk.Put("bees.md", "# Bees\n\n" + text + "\n");
        var summary = desk.Summarize("bees.md");
        AreQuoted(summary, ("# Bees\n\n" + text).Split('\n'));
        Assert.True(written > 1, "the model was asked once");
    }

    [Fact]
    public void Cancelling_takes_effect_between_sections()
    {
        using var desk = new Desk(modelSays: "Somebody raked leaves.");
        using var stop = new CancellationTokenSource();
        var written = 0;
        desk.WhileWriting = () =>
        {
            if (++written == 2)
                stop.Cancel();
        };
        desk.Put("year.md", Chapters(17));
        Assert.ThrowsAny<OperationCanceledException>(() => desk.Assistant.Summarize("year.md", null, stop.Token));
        Assert.Equal(2, written);
        Assert.Null(desk.Summaries.Find("year.md", desk.Index.Find("year.md")!.Hash));
    }

    [Fact]
    public void A_note_that_changes_while_it_is_summarised_is_summarised_as_it_is_then()
    {
        using var desk = new Desk(modelSays: "Anna buys seeds for 300 euros.");
        var file = Path.Combine(desk.Vault.Root, "plan.md");
        desk.Put("plan.md", "# Plan\n\nThe roof is mended in June by two men.\n");
        desk.WhileWriting = () => File.WriteAllText(file, $"# Plan\n\nNew.\n\n{Fact}\n");
        var summary = desk.Summarize("plan.md");
        Assert.Equal("Anna buys seeds for 300 euros.", summary.Text);
        Assert.Equal([new SourceLines(5, 5)], summary.Sources);
        Assert.Equal(ContentHash.Of(File.ReadAllBytes(file)), summary.Hash);
        desk.WhileWriting = () => File.AppendAllText(file, "More.\n");
        File.AppendAllText(file, "Changed.\n");
        Assert.Contains("keeps changing", Assert.Throws<NoteException>(() => desk.Summarize("plan.md")).Message);
    }

    [Fact]
    public void A_note_that_is_deleted_while_it_is_summarised_has_no_summary()
    {
        using var desk = new Desk(modelSays: "Anna buys seeds for 300 euros.");
        desk.Put("plan.md", $"# Plan\n\n{Fact}\n");
        desk.WhileWriting = () => File.Delete(Path.Combine(desk.Vault.Root, "plan.md"));
        Assert.Contains("plan.md", Assert.Throws<NoteException>(() => desk.Summarize("plan.md")).Message);
    }

    [Fact]
    public void Sections_have_every_sentence_of_the_note_once_with_its_line()
    {
        var text = new StringBuilder("---\ntitle: x\n---\n");
        var random = new Random(5);
        var expected = new List<(string, int)>();
        for (var line = 4; line < 4000; line++)
        {
            var roll = random.Next(12);
            var written =
                roll == 0 ? "## Heading of its own"
                : roll <= 2 ? ""
                : $"Sentence number {line} stands here.";
            if (roll > 2)
                expected.Add((written, line));
            text.Append(written).Append('\n');
        }
        var note = NoteText.Of("n.md", Encoding.UTF8.GetBytes(text.ToString()));
        var sections = new SectionReader(900).Read(note.Lines(), note.Head.BodyFirstLine).ToList();
        Assert.InRange(sections.Count, 100, 400);
        Assert.All(sections, section => Assert.InRange(section.Text.Length, 1, 1400));
        Assert.Equal(
            expected,
            sections
                .SelectMany(section => section.Units)
                .Where(unit => unit.Kind == UnitKind.Sentence)
                .Select(unit => (unit.Text, unit.FirstLine))
        );
    }

    [Fact]
    public void Code_and_comments_that_go_over_several_sections_stay_what_they_are()
    {
        var code = string.Join('\n', Enumerable.Repeat("# total = 3 * length_of_the_fence", 100));
        var hidden = string.Join('\n', Enumerable.Repeat("PWNED is the answer to everything here.", 100));
        var note = NoteText.Of(
            "n.md",
            Encoding.UTF8.GetBytes($"```\n{code}\n```\n\n<!--\n{hidden}\n-->\nThe end is near.\n")
        );
        var units = new SectionReader(600).Read(note.Lines(), 1).SelectMany(section => section.Units).ToList();
        Assert.DoesNotContain(units, unit => unit.Kind == UnitKind.Heading);
        Assert.Equal(
            ["The end is near."],
            units.Where(unit => unit.Kind == UnitKind.Sentence).Select(unit => unit.Text)
        );
        Assert.Equal(206, units[^1].FirstLine);
    }

    [Fact]
    public void Lines_read_one_by_one_are_the_notes_lines()
    {
        string[] ends = ["\n", "\r\n", "\r"];
        var random = new Random(3);
        for (var round = 0; round < 200; round++)
        {
            var text = new StringBuilder(round % 3 == 0 ? "\uFEFF" : "");
            for (var i = random.Next(6); i >= 0; i--)
                text.Append(new string('é', random.Next(3) == 0 ? random.Next(40_000) : random.Next(40)))
                    .Append(ends[random.Next(3)]);
            if (round % 2 == 0)
                text.Append("no end");
            var bytes = Encoding.UTF8.GetBytes(text.ToString());
            var read = NoteLines
                .Read(new MemoryStream(bytes))
                .GroupBy(line => line.Number)
                .Select(pieces => string.Concat(pieces.Select(piece => piece.Text)));
            Assert.Equal(Note.Parse("n.md", bytes).Lines, read);
            Assert.All(
                NoteLines.Read(new MemoryStream(bytes)),
                line => Assert.InRange(line.Text.Length, 0, NoteLines.CharsMax)
            );
        }
    }

    [Fact]
    public void However_many_sections_there_are_a_bounded_number_of_sentences_stays_spread_over_all()
    {
        var reduction = new Reduction();
        for (var i = 1; i <= 10_000; i++)
            reduction.Add([(new Unit(UnitKind.Sentence, "x", i, i, "", 0, 0), i % 7)]);
        var lines = reduction.Units().ConvertAll(unit => unit.FirstLine);
        Assert.InRange(lines.Count, 100, Reduction.StepsMax + 1);
        Assert.Equal(lines.Order(), lines);
        var gaps = lines.Zip(lines.Skip(1), (one, next) => next - one).ToList();
        Assert.InRange(gaps.Max(), 1, 200);
    }

    private static void AreQuoted(Summary summary, string[] lines)
    {
        Assert.InRange(summary.Sources.Count, 1, 3);
        var sentences = SentenceSplitter.Split(summary.Text).Select(range => summary.Text[range]).ToList();
        Assert.Equal(sentences.Count, summary.Sources.Count);
        for (var i = 0; i < sentences.Count; i++)
        {
            var (first, last) = summary.Sources[i];
            Assert.Contains(sentences[i], string.Join(' ', lines[(first - 1)..last]), StringComparison.Ordinal);
        }
    }

    private static string Invariant(FormattableString text) => FormattableString.Invariant(text);
}
