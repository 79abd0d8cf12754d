using System.Security.Cryptography;

namespace Edge.Slots.Tests;

/// <summary>Every operation on the disk is cut once, with several ways of losing what was not durable.</summary>
public sealed class PowerCutTests
{
    private const string Root = "/slots";
    private const int Seeds = 12;
    private readonly TestModel first = TestModel.Make("first", 1000, 200);
    private readonly TestModel second = TestModel.Make("second", 900, 100);

    [Fact]
    public void A_cut_at_any_write_of_an_install_leaves_a_whole_model_active()
    {
        var disk = new CutDisk();
        var store = Open(disk);
        first.InstallTo(store);
        store.Confirm();
        var cuts = CutEverywhere(
            disk,
            cut => Install(cut, second),
            (after, _) =>
            {
                Assert.Equal(SlotState.Good, after.Slots[0].State);
                Assert.True(after.Active!.Id == SlotId.A || after.Active.State == SlotState.Trial);
                return after.Active.Id;
            },
            out var outcomes
        );
        Assert.True(cuts > 20, $"only {cuts} operations were cut");
        Assert.Equal([SlotId.A, SlotId.B], outcomes.Distinct().Order());
    }

    [Fact]
    public void A_cut_during_the_first_install_leaves_no_model_or_a_whole_one()
    {
        CutEverywhere(new CutDisk(), cut => Install(cut, first), (after, _) => after.Active?.State, out var outcomes);
        Assert.Equal([null, SlotState.Trial], outcomes.Distinct().Order());
    }

    [Fact]
    public void A_cut_while_confirming_failing_or_starting_leaves_the_state_before_or_after()
    {
        var disk = new CutDisk();
        var store = Open(disk);
        first.InstallTo(store);
        store.Confirm();
        second.InstallTo(store);
        CutEverywhere(disk, cut => Open(cut).Confirm(), (after, _) => after.Active!.State, out var confirmed);
        Assert.Equal([SlotState.Trial, SlotState.Good], confirmed.Distinct().Order());
        CutEverywhere(disk, cut => Open(cut).Fail("no"), (after, _) => after.Active!.Id, out var failed);
        Assert.Equal([SlotId.A, SlotId.B], failed.Distinct().Order());
        CutEverywhere(disk, cut => Open(cut).NoteStart(), (after, _) => after.TrialStartsLeft, out var started);
        Assert.Equal([2, 3], started.Distinct().Order());
    }

    /// <summary>Cuts before operation 0, 1, 2 ... until the action gets through.</summary>
    private int CutEverywhere<T>(
        CutDisk disk,
        Action<CutDisk> action,
        Func<SlotStore, int, T> look,
        out List<T> outcomes
    )
    {
        outcomes = [];
        for (var cutAt = 0; ; cutAt++)
        {
            var cut = disk.Copy();
            cut.OperationsLeft = cutAt;
            var through = false;
            try
            {
                action(cut);
                through = true;
            }
            catch (PowerCutException) { }
            for (var seed = 0; seed < Seeds; seed++)
            {
                var after = cut.AfterCut(seed);
                var store = Open(after);
                try
                {
                    AssertActiveIsWhole(store, after);
                    outcomes.Add(look(store, cutAt));
                    Install(after, first);
                }
                catch (Exception wrong)
                {
                    Assert.Fail($"cut before operation {cutAt}, seed {seed}: {wrong}");
                }
            }
            if (through)
                return cutAt;
        }
    }

    private void Install(CutDisk disk, TestModel model)
    {
        // No using: a computer without power disposes nothing.
        var install = Open(disk).Begin(model.Manifest);
        model.WriteTo(install, chunkBytes: 300);
        install.Finish();
    }

    private static void AssertActiveIsWhole(SlotStore store, CutDisk disk)
    {
        if (store.Active is not { } active)
            return;
        Assert.NotNull(active.Manifest);
        foreach (var file in active.Manifest.Files)
        {
            var bytes = disk.ReadAll(store.PathOf(active.Id, file.Name)!, long.MaxValue);
            Assert.Equal(file.Sha256, Convert.ToHexStringLower(SHA256.HashData(bytes)));
        }
    }

    private static SlotStore Open(CutDisk disk)
    {
        disk.CreateFolder(Root);
        return SlotStore.Open(Root, (_, _, _, _) => "fine", disk);
    }
}
