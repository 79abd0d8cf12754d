using Edge.Assistant.Summaries;

namespace Edge.Assistant.Tests;

public sealed class CommitMessageTests
{
    private const string OneFile = """
        diff --git a/src/Pump.cs b/src/Pump.cs
        index 1a2b3c4..5d6e7f8 100644
        --- a/src/Pump.cs
        +++ b/src/Pump.cs
        @@ -10,3 +10,4 @@ void Start()
             a();
        -    b();
        +    c();
        +--- not a header
             d();
        """;

    private const string Several =
        OneFile
        + "\n"
        + """
            diff --git a/src/Valve.cs b/src/Valve.cs
            new file mode 100644
            --- /dev/null
            +++ b/src/Valve.cs
            @@ -0,0 +1,2 @@
            +class Valve
            +;
            diff --git a/old name.md b/new name.md
            similarity index 100%
            rename from old name.md
            rename to new name.md
            diff --git a/logo.png b/logo.png
            deleted file mode 100644
            Binary files a/logo.png and /dev/null differ
            """;

    [Fact]
    public void One_file_is_named_in_the_subject_and_its_lines_are_counted() =>
        Assert.Equal(
            "Change src/Pump.cs\n\n- change src/Pump.cs (+2 -1): void Start()",
            CommitMessage.Of(OneFile)!.ReplaceLineEndings("\n")
        );

    [Fact]
    public void Several_files_are_listed_with_what_became_of_them()
    {
        var lines = CommitMessage.Of(Several)!.Split('\n');
        Assert.Equal("Change Pump.cs, Valve.cs, new name.md, logo.png", lines[0]);
        Assert.Equal(
            [
                "- change src/Pump.cs (+2 -1): void Start()",
                "- add src/Valve.cs (+2 -0)",
                "- rename old name.md to new name.md (+0 -0)",
                "- remove logo.png (binary)",
            ],
            lines[2..]
        );
    }

    [Fact]
    public void Many_files_are_counted_and_the_subject_stays_short()
    {
        var diff = string.Concat(
            Enumerable
                .Range(0, 30)
                .Select(i => $"diff --git a/docs/a/long-name-{i}.md b/docs/a/long-name-{i}.md\nnew file mode 100644\n")
        );
        var lines = CommitMessage.Of(diff)!.Split('\n');
        Assert.Equal("Add 30 files in docs/a", lines[0]);
        Assert.Equal("- and 18 more files", lines[^1]);
        Assert.All(lines, line => Assert.InRange(line.Length, 0, 200));
    }

    [Theory]
    [InlineData("")]
    [InlineData("just text\nmore text")]
    public void Text_that_is_no_diff_gives_none(string text) => Assert.Null(CommitMessage.Of(text));
}
