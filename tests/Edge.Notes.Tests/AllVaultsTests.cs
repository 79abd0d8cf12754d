using System.Diagnostics;
using System.Text;
using Edge.TestKit;

namespace Edge.Notes.Tests;

/// <summary>What must hold for every note that anybody wrote, tried over the shared vaults.</summary>
public sealed class AllVaultsTests(ITestOutputHelper output)
{
    [Theory]
    [InlineData("minutes-k8s")]
    [InlineData("personal-wiki")]
    [InlineData("recipes")]
    [InlineData("style-guide")]
    [InlineData("til-jbranchaud")]
    [InlineData("til-simonw")]
    [InlineData("tldr-pages")]
    public void Passages_hold_every_line_that_is_not_blank_exactly_once_and_word_for_word(string name)
    {
        var vault = new Vault(Repo.Shared($"vaults/{name}"));
        var (passages, longest, small) = (0, 0, 0);
        var listing = vault.List();
        foreach (var file in listing.Notes)
        {
            var bytes = vault.ReadBytes(file.Path);
            Assert.Equal(file.Size, bytes.Length);
            var lines = Encoding.UTF8.GetString(bytes).TrimStart('\uFEFF').Replace("\r\n", "\n").Split('\n');
            var note = Note.Parse(file.Path, bytes);
            var seen = new int[lines.Length + 1];
            foreach (var passage in note.Passages)
            {
                Assert.Equal(string.Join('\n', lines[(passage.FirstLine - 1)..passage.LastLine]), passage.Text);
                for (var line = passage.FirstLine; line <= passage.LastLine; line++)
                    seen[line]++;
                longest = Math.Max(longest, passage.Text.Length);
                small += passage.Text.Length < 100 ? 1 : 0;
            }
            for (var line = 1; line <= lines.Length; line++)
            {
                var isBody = line >= note.BodyFirstLine && !string.IsNullOrWhiteSpace(lines[line - 1]);
                Assert.True(
                    isBody ? seen[line] == 1 : seen[line] <= 1,
                    $"{file.Path} line {line} is in {seen[line]} passages"
                );
            }
            passages += note.Passages.Count;
        }
        Assert.NotEmpty(listing.Notes);
        output.WriteLine(
            $"{listing.Notes.Count} notes, {passages} passages, longest {longest} characters, {small} under 100"
        );
    }

    [Fact]
    public void Seven_thousand_notes_are_indexed_in_seconds_into_little_space_and_a_second_pass_is_quick()
    {
        var vault = new Vault(Repo.Shared("vaults/tldr-pages"));
        var noteBytes = vault.List().Notes.Sum(n => n.Size);
        using var folder = new TempFolder();
        using var index = NoteIndex.Open(folder["index.db"], vault, TimeProvider.System);
        var before = Environment.WorkingSet;
        var watch = Stopwatch.StartNew();
        var report = index.Update();
        var firstMs = watch.ElapsedMilliseconds;
        var grown = Environment.WorkingSet - before;
        watch.Restart();
        var second = index.Update();
        var secondMs = watch.ElapsedMilliseconds;
        watch.Restart();
        for (var i = 0; i < 20; i++)
            index.Search("how do I extract a compressed archive into a folder", 10);
        var searchMs = watch.ElapsedMilliseconds / 20.0;
        var databaseBytes = new FileInfo(folder["index.db"]).Length;
        output.WriteLine(
            $"first {firstMs} ms, second {secondMs} ms, search {searchMs} ms, {index.PassageCount} passages, "
                + $"{databaseBytes:N0} of {noteBytes:N0} bytes ({100.0 * databaseBytes / noteBytes:F1} %), working set grew {grown >> 20} MiB"
        );
        Assert.Equal(report.Total, report.Added.Count);
        Assert.Equal(7420, report.Total);
        Assert.Empty(report.Problems);
        Assert.Empty(second.Added);
        Assert.Empty(second.Changed);
        Assert.True(
            databaseBytes < 0.6 * noteBytes,
            $"{databaseBytes:N0} bytes of index for {noteBytes:N0} bytes of notes"
        );
        Assert.True(firstMs < 60_000, $"took {firstMs} ms");
    }
}
