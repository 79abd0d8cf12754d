using Edge.Link;
using Edge.Link.Messages;
using Edge.Notes;

namespace Edge.Host.Tests;

public sealed class FolderSyncTests : HostTest
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Notes_go_both_ways_byte_for_byte_and_a_second_sync_moves_nothing(bool pty)
    {
        await using var device = StartDevice(pty);
        Write("a.md", "\uFEFF# A\r\nwindows line ends\r\n");
        Write("deep/ä ö.md", "# Umlaut\n");
        Write("empty.md", "");
        Write("long.md", string.Concat(Enumerable.Repeat("a line of a long note\n", 20_000)));
        device.WriteNote("captures/there.md", "# There\n");
        var first = await SyncAsync(device);
        Assert.Empty(first.Problems);
        Assert.Equal((4, 1), (first.Count(SyncAction.CopyToThere), first.Count(SyncAction.CopyToHere)));
        Assert.Equal(Tree(Folder), Tree(device.Notes));
        Assert.Equal(5, first.Index?.Notes);

        var second = await SyncAsync(device);
        Assert.Empty(second.Steps);
        Assert.Equal((5, 0L), (second.Unchanged, second.Bytes));
        Assert.Null(second.Index);
    }

    [Fact]
    public async Task Changes_on_either_side_replace_the_older_text_on_the_other()
    {
        await using var device = StartDevice();
        Write("here.md", "1");
        Write("there.md", "1");
        await SyncAsync(device);
        Write("here.md", "2 changed here");
        device.WriteNote("there.md", "2 changed there");
        var report = await SyncAsync(device);
        Assert.Equal((1, 1), (report.Count(SyncAction.CopyToThere), report.Count(SyncAction.CopyToHere)));
        Assert.Equal(("2 changed here", "2 changed there"), (Read("here.md"), Read("there.md")));
        Assert.Equal(Tree(Folder), Tree(device.Notes));
    }

    [Fact]
    public async Task A_note_changed_on_both_sides_keeps_both_texts_on_both_sides()
    {
        await using var device = StartDevice();
        Write("plan.md", "1");
        await SyncAsync(device);
        Write("plan.md", "mine");
        device.WriteNote("plan.md", "the device's");
        var report = await SyncAsync(device);
        var conflict = Assert.Single(report.Moved).ConflictPath!;
        Assert.Equal(("mine", "the device's"), (Read("plan.md"), Read(conflict)));
        Assert.Equal(Tree(Folder), Tree(device.Notes));
        Assert.Empty((await SyncAsync(device)).Steps);
    }

    [Fact]
    public async Task A_note_deleted_on_one_side_is_neither_deleted_nor_copied_back_but_reported()
    {
        await using var device = StartDevice();
        foreach (var name in new[] { "stays.md", "gone-here.md", "gone-there.md" })
            Write(name, name);
        await SyncAsync(device);
        File.Delete(Path.Combine(Folder, "gone-here.md"));
        File.Delete(Path.Combine(device.Notes, "gone-there.md"));
        for (var round = 0; round < 2; round++)
        {
            var report = await SyncAsync(device);
            Assert.Equal(
                [("gone-here.md", SyncAction.GoneHere), ("gone-there.md", SyncAction.GoneThere)],
                report.Steps.Select(step => (step.Path, step.Action))
            );
            Assert.Empty(report.Moved);
        }
        Assert.True(File.Exists(Path.Combine(device.Notes, "gone-here.md")));
        Assert.True(File.Exists(Path.Combine(Folder, "gone-there.md")));

        await SyncAsync(device, new SyncOptions { Force = true });
        Assert.Equal(Tree(Folder), Tree(device.Notes));
        Assert.Equal(3, Tree(Folder).Count);
    }

    [Fact]
    public async Task An_emptied_folder_is_an_error_and_with_force_it_gets_everything_back()
    {
        await using var device = StartDevice();
        Write("a.md", "a");
        Write("b.md", "b");
        await SyncAsync(device);
        Directory.Delete(Folder, true);
        var missing = await Assert.ThrowsAsync<NoteException>(() => SyncAsync(device));
        Assert.Contains(Folder, missing.Message);
        Directory.CreateDirectory(Folder);
        var empty = await Assert.ThrowsAsync<NoteException>(() => SyncAsync(device));
        Assert.Contains("--force", empty.Message);
        Assert.Equal(2, Tree(device.Notes).Count);
        await SyncAsync(device, new SyncOptions { Force = true });
        Assert.Equal(Tree(device.Notes), Tree(Folder));
    }

    [Fact]
    public async Task A_dry_run_says_what_would_move_and_moves_nothing()
    {
        await using var device = StartDevice();
        Write("a.md", "a");
        device.WriteNote("b.md", "b");
        var report = await SyncAsync(device, new SyncOptions { DryRun = true });
        Assert.Equal(["a.md", "b.md"], report.Steps.Select(step => step.Path));
        Assert.Equal((1, 1), (report.Count(SyncAction.CopyToThere), report.Count(SyncAction.CopyToHere)));
        Assert.Equal(["b.md"], Tree(device.Notes).Keys);
        Assert.Equal(["a.md"], Tree(Folder).Keys);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(7)]
    [InlineData(19)]
    [InlineData(24)]
    public async Task A_sync_cut_in_the_middle_is_finished_by_the_next_one_and_loses_nothing(int cutAfter)
    {
        await using var device = StartDevice();
        Write("both.md", "1");
        Write("kept.md", "1");
        await SyncAsync(device);
        Write("both.md", "mine");
        device.WriteNote("both.md", "theirs");
        for (var i = 0; i < 12; i++)
        {
            Write($"here{i}.md", $"here {i}");
            device.WriteNote($"there{i}.md", $"there {i}");
        }
        await using (var client = await ConnectAsync(device))
        {
            var moves = 0;
            using var cut = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
            var progress = new Reporter(step =>
            {
                if (step.Stage.StartsWith("copying", StringComparison.Ordinal) && ++moves == cutAfter)
                    cut.Cancel();
            });
            await Assert.ThrowsAnyAsync<Exception>(() =>
                client.SyncAsync(Folder, new SyncOptions(), progress, cut.Token)
            );
        }
        var report = await SyncAsync(device);
        Assert.Empty(report.Problems);
        Assert.Equal(Tree(Folder), Tree(device.Notes));
        var texts = Tree(Folder).Values.Order(StringComparer.Ordinal);
        var expected = Enumerable
            .Range(0, 12)
            .SelectMany(i => new[] { $"here {i}", $"there {i}" })
            .Concat(["mine", "theirs", "1"])
            .Order(StringComparer.Ordinal);
        Assert.Equal(expected, texts);
        Assert.Empty((await SyncAsync(device)).Steps);
    }

    [Fact]
    public async Task A_device_that_vanishes_in_mid_sync_is_a_link_error_and_the_next_sync_finishes()
    {
        for (var i = 0; i < 200; i++)
            Write($"n{i}.md", new string((char)('a' + (i % 26)), 20_000));
        await using (var device = StartDevice())
        {
            await using var client = await ConnectAsync(device);
            var killed = Task.CompletedTask;
            var progress = new Reporter(step =>
            {
                if (step is { Stage: "copying to the device", Done: 3 })
                    killed = device.DisposeAsync().AsTask();
            });
            var error = await Assert.ThrowsAnyAsync<Exception>(() =>
                client.SyncAsync(Folder, new SyncOptions(), progress, Cancellation)
            );
            Assert.True(error is LinkException or RefusedException, error.ToString());
            await killed;
        }
        await using var again = StartDevice();
        Assert.Empty((await SyncAsync(again)).Problems);
        Assert.Equal(Tree(Folder), Tree(again.Notes));
    }

    [Fact]
    public async Task What_cannot_be_read_is_reported_and_left_alone_and_the_rest_is_synced()
    {
        await using var device = StartDevice();
        Write("good.md", "good");
        Directory.CreateDirectory(Path.Combine(Folder, "folder.md"));
        using (var big = File.Create(Path.Combine(Folder, "big.md")))
            big.SetLength(50L << 20);
        File.WriteAllBytes(Path.Combine(Folder, "latin.md"), [0x23, 0x20, 0xE9, 0xFF]);
        File.CreateSymbolicLink(Path.Combine(Folder, "out.md"), "/etc/hostname");
        var report = await SyncAsync(device);
        Assert.Equal(3, report.Problems.Count);
        foreach (var name in new[] { "folder.md", "big.md", "out.md" })
            Assert.Contains(report.Problems, problem => problem.Contains(name));
        Assert.Equal(["good.md", "latin.md"], Tree(device.Notes).Keys);
        Assert.Equal([0x23, 0x20, 0xE9, 0xFF], File.ReadAllBytes(Path.Combine(device.Notes, "latin.md")));
    }

    [Fact]
    public async Task A_note_that_became_unreadable_here_is_not_taken_for_deleted_or_replaced()
    {
        await using var device = StartDevice();
        Write("a.md", "1");
        Write("b.md", "1");
        await SyncAsync(device);
        device.WriteNote("a.md", "2 from the device");
        File.Delete(Path.Combine(Folder, "a.md"));
        Directory.CreateDirectory(Path.Combine(Folder, "a.md"));
        var report = await SyncAsync(device);
        Assert.Empty(report.Steps);
        Assert.Contains("a.md", Assert.Single(report.Problems));
        Directory.Delete(Path.Combine(Folder, "a.md"));
        Assert.Equal(SyncAction.CopyToHere, Assert.Single((await SyncAsync(device)).Moved).Action);
        Assert.Equal("2 from the device", Read("a.md"));
    }

    [Fact]
    public async Task A_device_that_cannot_store_a_note_says_so_and_takes_the_others()
    {
        await using var device = StartDevice();
        Write("a.md", "a");
        Write("b.md", "b");
        Directory.CreateDirectory(Path.Combine(device.Notes, "a.md"));
        var report = await SyncAsync(device);
        Assert.Contains("a.md", Assert.Single(report.Problems));
        Assert.Equal("b", File.ReadAllText(Path.Combine(device.Notes, "b.md")));
    }

    [Fact]
    public async Task Two_folders_share_the_device_and_each_knows_its_own_last_state()
    {
        await using var device = StartDevice();
        Write("a.md", "a");
        await SyncAsync(device);
        var other = Temp["other"];
        Directory.CreateDirectory(other);
        await using var client = await ConnectAsync(device);
        var report = await client.SyncAsync(other, new SyncOptions(), null, Cancellation);
        Assert.Equal(SyncAction.CopyToHere, Assert.Single(report.Moved).Action);
        Assert.Equal(Tree(Folder), Tree(other));
    }

    private sealed class Reporter(Action<ProgressEvent> report) : IProgress<ProgressEvent>
    {
        public void Report(ProgressEvent value) => report(value);
    }
}
