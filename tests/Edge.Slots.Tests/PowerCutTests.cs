using System.Security.Cryptography;

namespace Edge.Slots.Tests;

/// <summary>Every operation on the disk is cut once, with several ways of losing what was not durable.</summary>
public sealed class PowerCutTests
{
    private const string Root = "/slots";
    private const int Seeds = 12;
    private readonly TestModel first = TestModel.Make("first", 1000, 200);
    private readonly TestModel second = TestModel.Make("second", 900, 100);
    private string? modelProblem;

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

    [Fact]
    public void A_cut_at_any_write_of_an_install_that_ends_on_its_fallback_leaves_the_old_model_or_the_fallback()
    {
        var disk = new CutDisk();
        var store = Open(disk);
        first.InstallTo(store);
        store.Confirm();
        modelProblem = "not finite";
        var withFallback = second.WithFallback(700);
        CutEverywhere(
            disk,
            cut => Install(cut, withFallback),
            (after, _) =>
            {
                var active = after.Active!;
                Assert.Equal(active.Id == SlotId.B, active.OnFallback);
                Assert.Equal(active.Id == SlotId.B ? "not finite" : null, active.Problem);
                modelProblem = null;
                return active.Id;
            },
            out var outcomes,
            afterwards: () => modelProblem = "not finite"
        );
        Assert.Equal([SlotId.A, SlotId.B], outcomes.Distinct().Order());
    }

    [Fact]
    public void A_cut_while_going_over_to_the_fallback_leaves_the_model_or_the_fallback()
    {
        var disk = new CutDisk();
        first.WithFallback(700).InstallTo(Open(disk));
        CutEverywhere(
            disk,
            cut => Open(cut).UseFallback("damaged"),
            (after, _) =>
            {
                Assert.Equal(SlotState.Trial, after.Active!.State);
                return after.Active.OnFallback;
            },
            out var outcomes
        );
        Assert.Equal([false, true], outcomes.Distinct().Order());
    }

    /// <summary>Cuts before operation 0, 1, 2 ... until the action gets through.</summary>
    private int CutEverywhere<T>(
        CutDisk disk,
        Action<CutDisk> action,
        Func<SlotStore, int, T> look,
        out List<T> outcomes,
        Action? afterwards = null
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
                afterwards?.Invoke();
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

    private SlotStore Open(CutDisk disk)
    {
        disk.CreateFolder(Root);
        return SlotStore.Open(
            Root,
            (model, _, _, _) =>
                modelProblem is null || model.EndsWith("/fallback", StringComparison.Ordinal)
                    ? "fine"
                    : throw new SlotException(modelProblem),
            disk
        );
    }
}
