using System.Diagnostics;
using System.Text;
using Edge.TestKit;

namespace Edge.Notes.Tests;

[System.Runtime.Versioning.UnsupportedOSPlatform("windows")]
public sealed class VaultTests : IDisposable
{
    private readonly TempFolder folder = new();
    private readonly Vault vault;

    public VaultTests()
    {
        Directory.CreateDirectory(folder["vault"]);
        vault = new Vault(folder["vault"]);
    }

    public void Dispose() => folder.Dispose();

    private string In(string path) => Path.Combine(vault.Root, path);

    [Fact]
    public void Bytes_come_back_exactly_as_they_are_on_disk()
    {
        byte[] bytes = [0xEF, 0xBB, 0xBF, .. "---\r\ntitle: x\r\n---\r\n[[link]] \r\r\n\t"u8, 0xFF, 0];
        File.WriteAllBytes(In("a.md"), bytes);
        Assert.Equal(bytes, vault.ReadBytes("a.md"));
        Assert.Contains("not UTF-8", vault.Read("a.md").Problem);
    }

    [Fact]
    public void Notes_are_listed_in_ordinal_order_and_hidden_folders_or_other_files_are_not()
    {
        foreach (var path in (string[])["b.md", "B.markdown", "a/z.MD", ".git/x.md", "photo.png", "notes.txt", "..md"])
        {
            Directory.CreateDirectory(Path.GetDirectoryName(In(path))!);
            File.WriteAllText(In(path), "text");
        }
        var listing = vault.List();
        Assert.Equal(["..md", "B.markdown", "a/z.MD", "b.md"], listing.Notes.Select(n => n.Path));
        Assert.All(listing.Notes, n => Assert.Equal(4, n.Size));
        Assert.Empty(listing.Problems);
    }

    [Fact]
    public void Whatever_is_not_a_plain_note_inside_is_a_problem_and_never_read()
    {
        File.WriteAllText(folder["secret.md"], "secret");
        Directory.CreateDirectory(folder["outside"]);
        File.WriteAllText(folder["outside/deep.md"], "secret");
        File.WriteAllText(In("good.md"), "good");
        Directory.CreateDirectory(In("folder.md"));
        File.WriteAllText(In("folder.md/inside.md"), "inside");
        Directory.CreateDirectory(In("sub"));
        File.CreateSymbolicLink(In("out.md"), folder["secret.md"]);
        File.CreateSymbolicLink(In("same.md"), In("good.md"));
        File.CreateSymbolicLink(In("nowhere.md"), In("missing.md"));
        File.CreateSymbolicLink(In("loop.md"), In("loop.md"));
        Directory.CreateSymbolicLink(In("away"), folder["outside"]);
        Directory.CreateSymbolicLink(In("sub/up"), vault.Root);
        File.WriteAllText(In("._resource.md"), "hidden");
        File.WriteAllText(In("back\\slash.md"), "x");
        using (var big = File.Create(In("big.md")))
            big.SetLength(50 << 20);

        var listing = vault.List();

        Assert.Equal(["folder.md/inside.md", "good.md"], listing.Notes.Select(n => n.Path));
        string Problem(string path) => Assert.Single(listing.Problems, p => p.Path == path).Message;
        Assert.Contains("outside the vault", Problem("out.md"));
        Assert.Contains("inside the vault", Problem("same.md"));
        Assert.Contains("leads nowhere", Problem("nowhere.md"));
        Assert.Contains("leads nowhere", Problem("loop.md"));
        Assert.Contains("outside the vault", Problem("away"));
        Assert.Contains("link", Problem("sub/up"));
        Assert.Contains("folder with a note's name", Problem("folder.md"));
        Assert.Contains("hidden", Problem("._resource.md"));
        Assert.Contains("backslash", Problem("back\\slash.md"));
        Assert.Contains("52,428,800 bytes", Problem("big.md"));
        foreach (
            var path in (string[])
                ["out.md", "same.md", "away/deep.md", "sub/up/good.md", "folder.md", "big.md", "missing.md"]
        )
            Assert.Contains(path, Assert.Throws<NoteException>(() => vault.ReadBytes(path)).Message);
    }

    [Fact]
    public void A_named_pipe_is_a_problem_and_is_not_waited_on()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "named pipes in the file system are Unix's");
        using var made = Process.Start("mkfifo", [In("pipe.md")]);
        made.WaitForExit();
        Assert.Contains("pipe", Assert.Single(vault.List().Problems).Message);
        Assert.Contains("pipe", Assert.Throws<NoteException>(() => vault.ReadBytes("pipe.md")).Message);
    }

    [Fact]
    public void A_vault_that_is_gone_is_an_error_and_not_an_empty_vault()
    {
        Directory.Delete(vault.Root);
        Assert.Contains("is gone", Assert.Throws<NoteException>(() => vault.List()).Message);
        Assert.Contains("no folder", Assert.Throws<NoteException>(() => new Vault(folder["other"])).Message);
        File.WriteAllText(folder["file"], "");
        Assert.Contains("is a file", Assert.Throws<NoteException>(() => new Vault(folder["file"])).Message);
    }

    [Fact]
    public void A_note_is_created_with_its_folders_and_replaced_only_by_who_has_seen_it()
    {
        vault.Write("a/b/c.md", "one"u8);
        Assert.Equal("one"u8.ToArray(), File.ReadAllBytes(In("a/b/c.md")));
        Assert.Contains("exists already", Assert.Throws<NoteException>(() => vault.Write("a/b/c.md", "two"u8)).Message);
        var stale = ContentHash.Of("zero"u8);
        Assert.Contains(
            "has changed",
            Assert.Throws<NoteException>(() => vault.Write("a/b/c.md", "two"u8, stale)).Message
        );
        Assert.Equal("one", File.ReadAllText(In("a/b/c.md")));
        File.SetUnixFileMode(In("a/b/c.md"), UnixFileMode.UserRead | UnixFileMode.UserWrite);
        vault.Write("a/b/c.md", "two"u8, ContentHash.Of("one"u8));
        Assert.Equal("two", File.ReadAllText(In("a/b/c.md")));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(In("a/b/c.md")));
        Assert.Contains("is gone", Assert.Throws<NoteException>(() => vault.Write("new.md", "x"u8, stale)).Message);
        Assert.Equal(["c.md"], Directory.GetFiles(In("a/b")).Select(Path.GetFileName));
    }

    [Fact]
    public void A_change_in_the_last_moment_before_the_swap_is_noticed_and_kept()
    {
        vault.Write("a.md", "one"u8);
        var late = new Vault(
            vault.Root,
            (step, _) =>
            {
                if (step == WriteStep.Swap)
                    File.WriteAllText(In("a.md"), "typed meanwhile");
            }
        );
        Assert.Contains(
            "has changed",
            Assert.Throws<NoteException>(() => late.Write("a.md", "two"u8, ContentHash.Of("one"u8))).Message
        );
        Assert.Equal("typed meanwhile", File.ReadAllText(In("a.md")));
        File.Delete(In("a.md"));
        Assert.Contains("exists already", Assert.Throws<NoteException>(() => late.Write("a.md", "two"u8)).Message);
        Assert.Equal("typed meanwhile", File.ReadAllText(In("a.md")));
        Assert.Single(Directory.GetFileSystemEntries(vault.Root));
    }

    [Theory]
    [InlineData(WriteStep.MakeTemporary)]
    [InlineData(WriteStep.FillTemporary)]
    [InlineData(WriteStep.FlushTemporary)]
    public void A_full_disk_leaves_the_old_content_and_no_temporary_file_and_says_what_is_needed(object step)
    {
        vault.Write("a.md", "old"u8);
        var full = new Vault(
            vault.Root,
            (at, _) =>
            {
                if (at.Equals(step))
                    throw new IOException("No space left on device", 28);
            }
        );
        var trouble = Assert.Throws<NoteException>(() => full.Write("a.md", new byte[12_345], ContentHash.Of("old"u8)));
        Assert.Contains("a.md: the disk is full, 12,345 bytes are needed", trouble.Message);
        Assert.Contains("free some space", trouble.Message);
        Assert.Equal("old", File.ReadAllText(In("a.md")));
        Assert.Single(Directory.GetFileSystemEntries(vault.Root));
    }

    [Theory]
    [InlineData(WriteStep.FillTemporary, "old")]
    [InlineData(WriteStep.FlushTemporary, "old")]
    [InlineData(WriteStep.Swap, "old")]
    [InlineData(WriteStep.FlushFolder, "new")]
    [InlineData(WriteStep.ReadBack, "new")]
    public void A_crash_between_any_two_steps_leaves_the_old_or_the_new_content_whole(object step, string expected)
    {
        vault.Write("a.md", "old"u8);
        byte[] atCrash = [];
        var left = "";
        var crashing = new Vault(
            vault.Root,
            (at, _) =>
            {
                if (!at.Equals(step))
                    return;
                // What a power cut here would leave, copied to a vault of its own.
                atCrash = File.ReadAllBytes(In("a.md"));
                left = Directory.GetFiles(vault.Root, ".edge-write-*").Single();
            }
        );
        crashing.Write("a.md", "new"u8, ContentHash.Of("old"u8));
        Assert.Equal(expected, Encoding.UTF8.GetString(atCrash));
        Assert.StartsWith(".edge-write-", Path.GetFileName(left));
    }

    [Fact]
    public void What_a_crashed_write_left_is_removed_and_what_a_running_one_uses_is_not()
    {
        using var child = Process.Start("true");
        child.WaitForExit();
        File.WriteAllText(In($".edge-write-{child.Id}-1.tmp"), "half");
        File.WriteAllText(In(".edge-write-1-1.tmp"), "the first process is always running");
        var during = 0;
        var listing = new Vault(
            vault.Root,
            (step, _) =>
            {
                if (step == WriteStep.Swap)
                    during =
                        vault.List().Notes.Count
                        + Directory.GetFiles(vault.Root, $".edge-write-{Environment.ProcessId}-*").Length;
            }
        );
        listing.Write("a.md", "x"u8);
        Assert.Equal(1, during);
        Assert.Equal(
            [".edge-write-1-1.tmp", "a.md"],
            Directory.GetFiles(vault.Root).Select(Path.GetFileName).Order(StringComparer.Ordinal)
        );
    }

    [Fact]
    public void Many_writers_of_one_note_never_overwrite_each_other()
    {
        vault.Write("n.md", "0"u8);
        var written = 0;
        Parallel.For(
            0,
            200,
            i =>
            {
                var own = new Vault(vault.Root);
                for (var done = false; !done; )
                {
                    var seen = own.ReadBytes("n.md");
                    try
                    {
                        var next = int.Parse(Encoding.ASCII.GetString(seen)) + 1;
                        own.Write("n.md", Encoding.ASCII.GetBytes($"{next}"), ContentHash.Of(seen));
                        Interlocked.Increment(ref written);
                        done = true;
                    }
                    catch (NoteException) { }
                }
            }
        );
        Assert.Equal($"{written}", File.ReadAllText(In("n.md")));
    }

    [Theory]
    [InlineData("")]
    [InlineData("/etc/passwd.md")]
    [InlineData("../a.md")]
    [InlineData("a/../b.md")]
    [InlineData("a//b.md")]
    [InlineData("./a.md")]
    [InlineData("._a.md")]
    [InlineData("a\\b.md")]
    [InlineData("a\0.md")]
    [InlineData("a\n.md")]
    [InlineData("a.txt")]
    [InlineData("a.md/")]
    public void A_path_that_is_no_notes_path_is_refused_before_anything_is_touched(string path)
    {
        Assert.NotNull(NotePath.Problem(path));
        Assert.Throws<NoteException>(() => vault.Write(path, "x"u8));
        Assert.Throws<NoteException>(() => vault.ReadBytes(path));
        Assert.Empty(Directory.GetFileSystemEntries(vault.Root));
    }

    [Theory]
    [InlineData(252, 1, true)]
    [InlineData(253, 1, false)]
    [InlineData(200, 5, true)]
    [InlineData(204, 6, false)]
    public void A_path_has_at_most_255_bytes_a_part_and_1024_in_all(int bytes, int parts, bool good)
    {
        var path = string.Join('/', Enumerable.Repeat(new string('a', bytes), parts)) + ".md";
        Assert.Equal(good, NotePath.Problem(path) is null);
    }

    [Fact]
    public void Half_a_surrogate_pair_is_no_name()
    {
        Assert.Contains("not valid Unicode", NotePath.Problem(new string('\uD800', 1) + ".md"));
    }
}
