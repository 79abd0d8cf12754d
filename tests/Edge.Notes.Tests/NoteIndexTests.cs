using Edge.TestKit;
using Microsoft.Data.Sqlite;

namespace Edge.Notes.Tests;

public sealed class NoteIndexTests : IDisposable
{
    private readonly TempFolder folder = new();
    private readonly Vault vault;
    private int puts;

    public NoteIndexTests()
    {
        Directory.CreateDirectory(folder["vault"]);
        vault = new Vault(folder["vault"]);
        Put("bread.md", "# Bread\n\nKnead the dough for ten minutes.\n\n## Baking\n\nBake at 230 degrees.");
        Put("soup.md", "---\ndate: 2024-03-01\ntags: [winter]\n---\n# Leek soup\n\nSlice the leeks; simmer.");
        Put("log/2024-05-06.md", "Walked to the baker. \"Quotes\" AND (brackets) NEAR*");
    }

    public void Dispose() => folder.Dispose();

    private void Put(string path, string text)
    {
        var full = Path.Combine(vault.Root, path);
        Directory.CreateDirectory(Path.GetDirectoryName(full)!);
        File.WriteAllText(full, text);
        // Old enough that the next update may trust size and time.
        File.SetLastWriteTimeUtc(full, new DateTime(2020, 1, 1, 0, 0, 0, DateTimeKind.Utc).AddSeconds(++puts));
    }

    private NoteIndex Open() => NoteIndex.Open(folder["data/index.db"], vault, TimeProvider.System);

    private NoteIndex Updated()
    {
        var index = Open();
        index.Update();
        return index;
    }

    [Fact]
    public void Search_finds_inflected_words_and_returns_the_lines_of_the_file()
    {
        using var index = Updated();
        var hit = index.Search("How long do I keep kneading doughs?", 3)[0];
        Assert.Equal(
            new Passage("bread.md", "Bread", "Bread", 1, 3, "# Bread\n\nKnead the dough for ten minutes."),
            hit.Passage
        );
        Assert.Equal("bread.md", index.Search("baked", 1)[0].Passage.Note);
        Assert.Equal("soup.md", index.Search("winter", 1)[0].Passage.Note);
        Assert.Equal(3, index.NoteCount);
        Assert.Equal(4, index.PassageCount);
    }

    [Theory]
    [InlineData("")]
    [InlineData("   ?!")]
    [InlineData("\"")]
    [InlineData("a\"b OR c) NEAR( * ^ : -title {body} : x + y")]
    [InlineData("'; DROP TABLE note; --")]
    [InlineData("\0\uD800\uFFFF")]
    public void Any_text_is_a_valid_query(string query)
    {
        using var index = Updated();
        index.Search(query, 5);
        index.Terms(query);
        Assert.Equal(3, index.NoteCount);
    }

    [Fact]
    public void A_hundred_thousand_characters_are_a_valid_query()
    {
        using var index = Updated();
        var query = string.Join(' ', Enumerable.Range(0, 15_000).Select(i => $"dough{i}"));
        Assert.Empty(index.Search(query, 5));
        Assert.NotEmpty(index.Search("dough " + query, 5));
        Assert.Empty(index.Search(new string('x', 100_000), 5));
    }

    [Fact]
    public void Terms_tell_the_words_that_the_notes_never_use()
    {
        using var index = Updated();
        Assert.Equal(
            [new QueryTerm("Baking", "bake", 1), new QueryTerm("zeppelins", "zeppelin", 0)],
            index.Terms("Which Baking zeppelins?")
        );
    }

    [Fact]
    public void An_update_reports_what_is_new_changed_and_gone_and_a_second_one_nothing()
    {
        using var index = Open();
        var first = index.Update();
        Assert.Equal(["bread.md", "log/2024-05-06.md", "soup.md"], first.Added);
        Assert.Equal(3, first.Total);
        var addedAt = index.Find("bread.md")!.AddedUtc;

        Put("bread.md", "# Bread\n\nNo kneading at all, only rye.");
        Put("new.md", "new");
        File.Delete(Path.Combine(vault.Root, "soup.md"));
        var second = index.Update();
        Assert.Equal(["new.md"], second.Added);
        Assert.Equal(["bread.md"], second.Changed);
        Assert.Equal(["soup.md"], second.Removed);
        Assert.Equal(3, second.Total);
        Assert.Empty(index.Search("leeks", 5));
        Assert.Single(index.Search("rye", 5));
        Assert.Empty(index.Search("dough", 5));
        Assert.Equal(addedAt, index.Find("bread.md")!.AddedUtc);

        var third = index.Update();
        Assert.Empty(third.Added.Concat(third.Changed).Concat(third.Removed));
    }

    [Fact]
    public void A_hit_whose_file_has_changed_since_is_left_out_rather_than_quoted_wrong()
    {
        using var index = Updated();
        Put("bread.md", "a line more\n# Bread\n\nKnead the dough for ten minutes.");
        Assert.DoesNotContain(index.Search("dough", 5), h => h.Passage.Note == "bread.md");
        index.Update();
        Assert.Equal(2, index.Search("dough", 5)[0].Passage.FirstLine);
    }

    [Fact]
    public void A_note_dated_today_comes_before_undated_ones_that_were_there_already()
    {
        var clock = new MovingClock(new DateTimeOffset(2026, 5, 24, 9, 30, 0, TimeSpan.Zero));
        using var index = NoteIndex.Open(folder["data/index.db"], vault, clock);
        index.Update();
        clock.Now += TimeSpan.FromMinutes(5);
        Put("captures/lemons.md", "---\ndate: 2026-05-24\n---\nBuy lemons.");
        index.Update();
        Assert.Equal(["captures/lemons.md", "bread.md"], index.Newest(0, 2).Select(n => n.Path));
    }

    private sealed class MovingClock(DateTimeOffset now) : TimeProvider
    {
        public DateTimeOffset Now { get; set; } = now;

        public override DateTimeOffset GetUtcNow() => Now;
    }

    [Fact]
    public void Notes_are_listed_newest_first_and_by_page()
    {
        using var index = Updated();
        // bread.md has no date: it counts from when the index saw it.
        Assert.Equal(["bread.md", "log/2024-05-06.md", "soup.md"], index.Newest(0, 10).Select(n => n.Path));
        Assert.Equal(["log/2024-05-06.md"], index.Newest(1, 1).Select(n => n.Path));
        var soup = index.Find("soup.md")!;
        Assert.Equal(("Leek soup", new DateOnly(2024, 3, 1)), (soup.Title, soup.Date!.Value));
        Assert.Equal(ContentHash.Of(vault.ReadBytes("soup.md")), soup.Hash);
        Assert.Equal(soup.Hash, index.Hashes()["soup.md"]);
        Assert.Null(index.Find("nothing.md"));
    }

    [Fact]
    public void Problems_of_notes_are_reported_by_every_update_and_their_text_is_still_found()
    {
        File.WriteAllBytes(Path.Combine(vault.Root, "latin.md"), [.. "caf"u8, 0xE9, .. " and croissant"u8]);
        using var index = Updated();
        Assert.Contains(index.Update().Problems, p => p.Path == "latin.md" && p.Message.Contains("UTF-8"));
        Assert.Equal("latin.md", index.Search("croissants", 1)[0].Passage.Note);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(100)]
    [InlineData(5000)]
    [InlineData(13000)]
    public void A_damaged_file_is_rebuilt_and_never_an_exception(int at)
    {
        using (Updated()) { }
        var file = folder["data/index.db"];
        var bytes = File.ReadAllBytes(file);
        Array.Fill(bytes, (byte)0xA5, at, bytes.Length - at);
        File.WriteAllBytes(file, bytes);
        using var index = Open();
        Assert.Equal(3, index.Update().Total);
        Assert.Equal("bread.md", index.Search("dough", 1)[0].Passage.Note);
    }

    [Fact]
    public void Damage_that_shows_while_open_is_repaired_by_the_next_search()
    {
        using var index = Updated();
        using (var other = new SqliteConnection($"Data Source={folder["data/index.db"]};Pooling=False"))
        {
            other.Open();
            using var command = other.CreateCommand();
            command.CommandText = "UPDATE passage_data SET block = x'FFFFFFFFFFFFFFFF'";
            command.ExecuteNonQuery();
        }
        Assert.Equal("bread.md", index.Search("dough", 1)[0].Passage.Note);
        Assert.True(index.WasRebuilt);
    }

    [Fact]
    public void Somebody_elses_file_is_moved_aside_and_kept()
    {
        Directory.CreateDirectory(folder["data"]);
        File.WriteAllText(folder["data/index.db"], "my shopping list, saved under an odd name");
        using var index = Updated();
        Assert.True(index.WasRebuilt);
        Assert.Equal(
            "my shopping list, saved under an odd name",
            File.ReadAllText(folder["data/index.db.set-aside-1"])
        );
    }

    [Fact]
    public void An_index_of_another_version_is_rebuilt()
    {
        using (Updated()) { }
        using (var other = new SqliteConnection($"Data Source={folder["data/index.db"]};Pooling=False"))
        {
            other.Open();
            using var command = other.CreateCommand();
            command.CommandText = "PRAGMA user_version = 999";
            command.ExecuteNonQuery();
        }
        using var index = Open();
        Assert.True(index.WasRebuilt);
        Assert.Equal(0, index.NoteCount);
        Assert.Equal(3, index.Update().Added.Count);
        using var again = Open();
        Assert.False(again.WasRebuilt);
    }

    [Fact]
    public void Killed_at_any_batch_the_index_is_whole_and_the_next_update_finishes()
    {
        for (var i = 0; i < 1500; i++)
            Put($"many/{i}.md", $"# Note {i}\n\nword{i} common");
        var copies = 0;
        using (var index = Open())
        {
            // The report runs while the next batch is under way: the copy is what a kill would leave, log included.
            var progress = new Inline(p =>
            {
                if (p.Done % 300 != 1)
                    return;
                Directory.CreateDirectory(folder[$"kill{copies}"]);
                foreach (var file in Directory.GetFiles(folder["data"]).Where(f => !f.EndsWith("-shm")))
                    File.Copy(file, Path.Combine(folder[$"kill{copies}"], Path.GetFileName(file)));
                copies++;
            });
            index.Update(progress);
        }
        Assert.True(copies > 3);
        for (var i = 0; i < copies; i++)
        {
            using var index = NoteIndex.Open(folder[$"kill{i}/index.db"], vault, TimeProvider.System);
            Assert.False(index.WasRebuilt);
            Assert.InRange(index.NoteCount, 1, 1503);
            Assert.Equal(1503, index.Update().Total);
            Assert.Equal("many/1499.md", index.Search("word1499", 1)[0].Passage.Note);
        }
    }

    [Fact]
    public void Cancelling_keeps_what_was_done_and_searching_goes_on_meanwhile()
    {
        for (var i = 0; i < 1200; i++)
            Put($"many/{i}.md", $"# Note {i}\n\nword{i} common");
        using var index = Updated();
        for (var i = 0; i < 1200; i++)
            Put($"more/{i}.md", $"# More {i}\n\nother{i} common");
        using var cancel = new CancellationTokenSource();
        var hits = 0;
        var progress = new Inline(_ =>
        {
            hits += Task.Run(() => index.Search("dough", 1).Count).Result;
            cancel.Cancel();
        });
        Assert.ThrowsAny<OperationCanceledException>(() => index.Update(progress, cancel.Token));
        Assert.True(hits > 0);
        Assert.InRange(index.NoteCount, 1203 + 100, 2402);
        Assert.Equal(2403, index.Update().Total);
    }

    [Fact]
    public void A_place_that_cannot_hold_an_index_is_one_sentence()
    {
        Directory.CreateDirectory(folder["taken.db"]);
        Assert.Contains(
            "is a folder",
            Assert.Throws<NoteException>(() => NoteIndex.Open(folder["taken.db"], vault, TimeProvider.System)).Message
        );
        Assert.Contains(
            "cannot be",
            Assert
                .Throws<NoteException>(() => NoteIndex.Open("/proc/none/index.db", vault, TimeProvider.System))
                .Message
        );
    }

    [Fact]
    public void A_vault_that_is_gone_does_not_empty_the_index()
    {
        using var index = Updated();
        Directory.Move(vault.Root, folder["elsewhere"]);
        Assert.Throws<NoteException>(() => index.Update());
        Assert.Equal(3, index.NoteCount);
    }

    private sealed class Inline(Action<IndexProgress> report) : IProgress<IndexProgress>
    {
        public void Report(IndexProgress value) => report(value);
    }
}
