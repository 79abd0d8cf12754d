using System.Text;

namespace Edge.Notes.Tests;

public sealed class NoteTests
{
    private static Note Parse(string text, string path = "folder/some-note.md") =>
        Note.Parse(path, Encoding.UTF8.GetBytes(text));

    private static List<string> Ranges(Note note) =>
        [.. note.Passages.Select(p => $"{p.FirstLine}-{p.LastLine} {p.Heading}".TrimEnd())];

    [Fact]
    public void Front_matter_gives_title_date_tags_and_privacy()
    {
        var note = Parse(
            "---\nTitle: 'A: title'\ndate: 2024-01-05T23:59:00-11:00\ntags: [one, '#two', one]\nprivate: true\nrating: 5\nmap:\n  a: b\n---\nBody #three"
        );
        Assert.Equal("A: title", note.Title);
        Assert.Equal(new DateOnly(2024, 1, 5), note.Date);
        Assert.Equal(["one", "two", "three"], note.Tags);
        Assert.True(note.IsPrivate);
        Assert.Equal("5", note.FrontMatter["rating"]);
        Assert.Equal("one, #two, one", note.FrontMatter["tags"]);
        Assert.Equal(10, note.BodyFirstLine);
        Assert.Null(note.Problem);
    }

    [Theory]
    [InlineData("tags:\n- a b\n- c", "a b|c")]
    [InlineData("tags: 'a, #b ,c'", "a|b|c")]
    [InlineData("tags: a b", "a|b")]
    [InlineData("tags: ''", "")]
    [InlineData("tags:", "")]
    public void Tags_are_written_in_several_ways(string yaml, string tags) =>
        Assert.Equal(tags, string.Join('|', Parse($"---\n{yaml}\n---\n").Tags));

    [Theory]
    [InlineData("title: [unclosed")]
    [InlineData("title: a: b: c")]
    [InlineData("just words")]
    [InlineData("- a\n- list")]
    [InlineData("key: *unknown\n{{{{")]
    public void Malformed_front_matter_is_a_problem_and_the_body_is_still_read(string yaml)
    {
        var note = Parse($"---\n{yaml}\n---\n# Heading\nText");
        Assert.Contains("front matter is not valid YAML", note.Problem);
        Assert.Equal("Heading", note.Title);
        Assert.Contains("Text", Assert.Single(note.Passages).Text);
        Assert.Contains(yaml.Split('\n')[0], note.Lines);
    }

    [Fact]
    public void Front_matter_without_end_is_text()
    {
        var note = Parse("---\nnot: closed\n");
        Assert.Equal(1, note.BodyFirstLine);
        Assert.Equal("---\nnot: closed", Assert.Single(note.Passages).Text);
        Assert.Null(note.Problem);
    }

    [Fact]
    public void Deep_or_long_front_matter_does_no_harm()
    {
        Assert.NotNull(Parse("---\na: " + new string('[', 60_000) + "\n---\nText").Problem);
        Assert.Contains("at most", Parse("---\na: " + new string('x', 70_000) + "\n---\nText").Problem);
    }

    [Theory]
    [InlineData("text\n# One\n# Two", "a.md", "One")]
    [InlineData("One\n===\n", "a.md", "One")]
    [InlineData("## Two only", "x/2024-garden_plan.md", "2024 garden plan")]
    [InlineData("```\n# code\n```", "a.markdown", "a")]
    [InlineData("# Closed ##", "a.md", "Closed")]
    public void The_title_is_the_first_top_heading_or_the_files_name(string text, string path, string title) =>
        Assert.Equal(title, Parse(text, path).Title);

    [Theory]
    [InlineData("2024-02-29 walk.md", "", "2024-02-29")]
    [InlineData("d/20240229.md", "", "2024-02-29")]
    [InlineData("2023-02-29.md", "", null)]
    [InlineData("202402291.md", "", null)]
    [InlineData("2024-02-29.md", "created: 2020/01/02", "2020-01-02")]
    [InlineData("a.md", "date: soon\ncreated: 2020-01-02 10:00", "2020-01-02")]
    public void The_date_is_the_day_as_written(string path, string yaml, string? day) =>
        Assert.Equal(day, Parse($"---\n{yaml}\n---\n", path).Date?.ToString("yyyy-MM-dd"));

    [Fact]
    public void Tags_stand_in_text_and_not_in_code_links_or_numbers()
    {
        var note = Parse(
            "#first a#no (#second) #123 [x](http://a/#no) `#no` ``#no ` #no`` #third/part.\n```\n#no\n```\n\n    #no\n\n- #item\n  ```\n  #no\n  ```\n<!-- #no -->\n"
        );
        Assert.Equal(["first", "second", "third/part", "item"], note.Tags);
    }

    [Theory]
    [InlineData("a\r\nb\rc\nd")]
    [InlineData("a\nb\nc\nd\n")]
    [InlineData("\uFEFFa\r\rc\r\nd\r")]
    public void Lines_end_in_any_of_three_ways(string text)
    {
        var note = Parse(text);
        Assert.Equal(4, note.Lines.Count);
        Assert.Equal("a", note.Lines[0]);
        Assert.Equal("d", note.Lines[3]);
    }

    [Fact]
    public void Empty_and_blank_notes_have_no_passages()
    {
        Assert.Empty(Parse("").Passages);
        Assert.Empty(Parse("\n \r\n\t").Passages);
        Assert.Empty(Parse("---\ntitle: x\n---").Passages);
    }

    [Fact]
    public void Passages_follow_headings_of_both_kinds()
    {
        var note = Parse("intro\n\n# A\ntext\n\nB\n---\ntext\n\n### C\ntext\n## D\ntext\n# E\n");
        Assert.Equal(["1-1", "3-4 A", "6-8 A > B", "10-11 A > B > C", "12-13 A > D", "14-14 E"], Ranges(note));
    }

    [Fact]
    public void A_heading_with_nothing_under_it_opens_the_next_passage()
    {
        Assert.Equal(["1-5 A > B"], Ranges(Parse("# A\n\n## B\n\ntext")));
    }

    [Fact]
    public void What_looks_like_a_heading_in_code_or_a_comment_is_none()
    {
        var note = Parse("```sh\n# a\n\n~~~\n# b\n````\n\n<!--\n# c\n\n# d\n-->\ntext\n\n    # e\n");
        Assert.All(note.Passages, p => Assert.Equal("", p.Heading));
        Assert.Contains("# c", string.Concat(note.Passages.Select(p => p.Text)));
    }

    [Fact]
    public void Long_sections_are_split_between_paragraphs_and_a_list_stays_with_its_lead()
    {
        var filler = string.Join('\n', Enumerable.Repeat(new string('x', 79), 11));
        var note = Parse($"# T\n{filler}\n\nYou need:\n\n- one\n- two\n\n  more of two\n- three\n\n{filler}");
        Assert.Equal(["1-12 T", "14-20 T", "22-32 T"], Ranges(note));
    }

    [Fact]
    public void Code_is_whole_up_to_four_thousand_characters_and_a_long_line_stands_alone()
    {
        var code = "```\n" + string.Join('\n', Enumerable.Repeat(new string('c', 99), 35)) + "\n```";
        Assert.Equal(["1-37"], Ranges(Parse(code)));
        var longLine = new string('w', 3000);
        Assert.Equal(["1-1", "2-2", "3-3"], Ranges(Parse($"short\n{longLine}\nshort")));
        var list = string.Join(
            '\n',
            Enumerable.Range(0, 40).Select(i => $"- item {i} {new string('x', 50)}\n  second line")
        );
        Assert.All(Parse(list).Passages, p => Assert.True(p.Text.Length <= 900 && p.FirstLine % 2 == 1));
    }

    [Fact]
    public void Tables_are_whole()
    {
        var table =
            "| a | b |\n| --- | --- |\n"
            + string.Join('\n', Enumerable.Repeat("| " + new string('c', 60) + " | d |", 30));
        Assert.Equal(["1-32"], Ranges(Parse(table)));
    }

    [Fact]
    public void Awkward_notes_of_megabytes_are_read_in_linear_time()
    {
        foreach (
            var line in (string[])
                ["<!--", "- a", " x", "```", "#", "a|b", "`", "|-|-|", "1.", "> ", "x\n---", "\r", "- a\n\n"]
        )
        {
            var note = Parse(string.Concat(Enumerable.Repeat(line + "\n", 200_000)));
            Assert.NotNull(note.Title);
        }
        Assert.NotNull(Parse(new string('`', 1_000_000)).Title);
        Assert.NotNull(Parse("- a\n" + string.Concat(Enumerable.Repeat("  x\n", 200_000))).Title);
    }

    [Fact]
    public void Any_bytes_at_all_make_a_note_whose_passages_hold_its_lines()
    {
        var random = new Random(11);
        string[] pieces =
        [
            "#",
            " ",
            "\n",
            "\r\n",
            "-",
            "```",
            "a",
            ":",
            "|",
            "---\n",
            "<!--",
            "-->",
            ">",
            "\t",
            "é",
            "=",
            "1.",
        ];
        for (var round = 0; round < 20_000; round++)
        {
            var text = string.Concat(
                Enumerable.Range(0, random.Next(60)).Select(_ => pieces[random.Next(pieces.Length)])
            );
            var note = Parse(text);
            var seen = new int[note.Lines.Count + 1];
            foreach (var passage in note.Passages)
            {
                Assert.Equal(
                    string.Join(
                        '\n',
                        note.Lines.Skip(passage.FirstLine - 1).Take(passage.LastLine - passage.FirstLine + 1)
                    ),
                    passage.Text
                );
                for (var i = passage.FirstLine; i <= passage.LastLine; i++)
                    seen[i]++;
            }
            for (var i = note.BodyFirstLine; i <= note.Lines.Count; i++)
                Assert.True(
                    string.IsNullOrWhiteSpace(note.Lines[i - 1]) ? seen[i] <= 1 : seen[i] == 1,
                    $"round {round}: {text}"
                );
        }
    }
}
