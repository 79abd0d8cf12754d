using Edge.TestKit;

namespace Edge.Slots.Tests;

public sealed class SlotStoreTests : IDisposable
{
    private readonly TempFolder folder = new();
    private readonly TestModel first = TestModel.Make("first");
    private readonly TestModel second = TestModel.Make("second");
    private string? selfTestProblem;
    private string? fallbackProblem;
    private int selfTests;

    public void Dispose() => folder.Dispose();

    [Fact]
    public void A_new_store_has_two_empty_slots_and_nothing_active()
    {
        var store = Open();
        Assert.Null(store.Active);
        Assert.Equal([SlotState.Empty, SlotState.Empty], store.Slots.Select(slot => slot.State));
        Assert.Null(store.PathOf(SlotId.A, "model"));
        store.NoteStart();
        store.Confirm();
        store.Fail("nothing to fail");
        Assert.Null(Open().Active);
    }

    [Fact]
    public void An_installed_model_is_active_on_trial_and_good_after_it_answered()
    {
        var store = Open();
        var info = first.InstallTo(store);
        Assert.Equal((SlotId.A, SlotState.Trial, true), (info.Id, info.State, info.Active));
        Assert.Equal(1, selfTests);
        store.Confirm();
        var again = Open();
        Assert.Equal(SlotState.Good, again.Active!.State);
        Assert.Equal("first", again.Active.Manifest!.ModelName);
        Assert.Equal(first.Manifest.Files, again.Active.Manifest.Files);
        Assert.Equal(first.Model, File.ReadAllBytes(again.PathOf(SlotId.A, "model")!));
        Assert.Equal(first.Tokenizer, File.ReadAllBytes(again.PathOf(SlotId.A, "tokenizer")!));
        Assert.Null(again.PathOf(SlotId.A, "../state-0"));
    }

    [Fact]
    public void Models_go_to_the_slot_that_is_not_active_and_back()
    {
        var store = Open();
        foreach (
            var (model, slot) in (IEnumerable<(TestModel, SlotId)>)
                [(first, SlotId.A), (second, SlotId.B), (first, SlotId.A)]
        )
        {
            Assert.Equal(slot, model.InstallTo(store).Id);
            store.Confirm();
        }
        Assert.Equal([SlotState.Good, SlotState.Good], store.Slots.Select(slot => slot.State));
    }

    [Fact]
    public void A_model_that_fails_its_self_test_never_takes_over()
    {
        var store = Open();
        first.InstallTo(store);
        store.Confirm();
        selfTestProblem = "a logit is not finite";
        var error = Assert.Throws<SlotException>(() => second.InstallTo(store));
        Assert.Equal("a logit is not finite", error.Message);
        var again = Open();
        Assert.Equal(SlotId.A, again.Active!.Id);
        Assert.Equal((SlotState.Bad, "a logit is not finite"), (again.Slots[1].State, again.Slots[1].Problem));
    }

    [Fact]
    public void A_model_that_fails_its_self_test_beside_a_fallback_that_passes_runs_on_the_fallback()
    {
        var store = Open();
        first.InstallTo(store);
        store.Confirm();
        selfTestProblem = "two runs of the probe differ";
        var info = second.WithFallback().InstallTo(store);
        Assert.Equal((SlotId.B, SlotState.Trial, true, true), (info.Id, info.State, info.Active, info.OnFallback));
        Assert.Equal("two runs of the probe differ", info.Problem);
        store.Confirm();
        var again = Open().Active!;
        Assert.Equal((SlotId.B, SlotState.Good, true), (again.Id, again.State, again.OnFallback));
        Assert.Equal("two runs of the probe differ", again.Problem);
        // The next model in that slot starts anew.
        selfTestProblem = null;
        Assert.False(first.InstallTo(store).OnFallback);
        store.Confirm();
        Assert.False(second.WithFallback().InstallTo(store).OnFallback);
    }

    [Fact]
    public void A_fallback_must_work_even_where_it_is_not_needed()
    {
        var store = Open();
        first.InstallTo(store);
        store.Confirm();
        fallbackProblem = "no ONNX Runtime";
        var error = Assert.Throws<SlotException>(() => second.WithFallback().InstallTo(store));
        Assert.StartsWith("its fallback does not work (no ONNX Runtime)", error.Message, StringComparison.Ordinal);
        selfTestProblem = "not finite";
        error = Assert.Throws<SlotException>(() => second.WithFallback().InstallTo(store));
        Assert.Equal("not finite; its fallback does not work either (no ONNX Runtime)", error.Message);
        Assert.Equal((SlotId.A, SlotState.Bad), (Open().Active!.Id, Open().Slots[1].State));
    }

    [Fact]
    public void A_model_that_stops_loading_leaves_its_slot_to_the_fallback_and_the_state_as_it_was()
    {
        var store = Open();
        first.WithFallback().InstallTo(store);
        store.Confirm();
        store.UseFallback("the file is damaged");
        var again = Open().Active!;
        Assert.Equal((SlotState.Good, true, "the file is damaged"), (again.State, again.OnFallback, again.Problem));
        second.InstallTo(store);
        Assert.Throws<SlotException>(() => store.UseFallback("no fallback there"));
        store.Fail("broken");
        Assert.Equal((SlotId.A, true), (Open().Active!.Id, Open().Active!.OnFallback));
        store.Fail("the fallback too");
        Assert.Equal((SlotState.Bad, false), (Open().Slots[0].State, Open().Slots[0].OnFallback));
    }

    [Fact]
    public void A_byte_changed_on_the_disk_before_reading_back_is_found()
    {
        var store = Open();
        using var install = store.Begin(first.Manifest);
        first.WriteTo(install);
        var path = folder["a/model"];
        var bytes = File.ReadAllBytes(path);
        bytes[50_000] ^= 1;
        File.WriteAllBytes(path, bytes);
        var error = Assert.Throws<SlotException>(() => install.Finish());
        Assert.Contains(
            "slot a: 'model' reads back as 100,000 bytes with SHA-256",
            error.Message,
            StringComparison.Ordinal
        );
        Assert.Null(Open().Active);
        Assert.Equal(0, selfTests);
    }

    [Fact]
    public void Bytes_too_few_too_many_or_of_the_wrong_file_are_refused()
    {
        var store = Open();
        using (var tooFew = store.Begin(first.Manifest))
        {
            tooFew.Write("model", first.Model);
            var error = Assert.Throws<SlotException>(() => tooFew.Finish());
            Assert.Equal("slot a: 'tokenizer' has 3,000 bytes, only 0 came", error.Message);
        }
        using (var tooMany = store.Begin(first.Manifest))
        {
            tooMany.Write("model", first.Model.AsSpan(1));
            var error = Assert.Throws<SlotException>(() => tooMany.Write("model", [1, 2]));
            Assert.Equal("slot a: 'model' has 100,000 bytes in the manifest, got 100,001", error.Message);
        }
        using var wrongOrder = store.Begin(first.Manifest);
        Assert.Contains(
            "expected 'model'",
            Assert.Throws<SlotException>(() => wrongOrder.Write("tokenizer", [1])).Message,
            StringComparison.Ordinal
        );
        Assert.Equal(SlotState.Bad, Open().Slots[0].State);
    }

    [Fact]
    public void An_unfinished_install_leaves_the_slot_unusable_and_the_active_model_alone()
    {
        var store = Open();
        first.InstallTo(store);
        store.Confirm();
        using (var install = store.Begin(second.Manifest))
            install.Write("model", second.Model.AsSpan(0, 1000));
        Assert.Equal(SlotState.Writing, store.Slots[1].State);
        Assert.Contains("flash it again", store.Slots[1].Problem, StringComparison.Ordinal);
        Assert.Equal("first", Open().Active!.Manifest!.ModelName);
        Assert.Equal(SlotId.B, second.InstallTo(store).Id);
    }

    [Fact]
    public void A_second_install_waits_for_the_first()
    {
        var store = Open();
        using var install = store.Begin(first.Manifest);
        Assert.Throws<SlotException>(() => store.Begin(second.Manifest));
    }

    [Fact]
    public void A_cancelled_finish_does_not_switch()
    {
        var store = Open();
        using var install = store.Begin(first.Manifest);
        first.WriteTo(install);
        Assert.Throws<OperationCanceledException>(() => install.Finish(null, new CancellationToken(canceled: true)));
        Assert.Null(Open().Active);
        Assert.Equal(SlotState.Writing, Open().Slots[0].State);
    }

    [Fact]
    public void A_model_that_fails_in_use_gives_way_to_the_good_one()
    {
        var store = Open();
        first.InstallTo(store);
        store.Confirm();
        second.InstallTo(store);
        store.Fail("out of memory");
        var again = Open();
        Assert.Equal("first", again.Active!.Manifest!.ModelName);
        Assert.Equal((SlotState.Bad, "out of memory"), (again.Slots[1].State, again.Slots[1].Problem));
        again.Fail("this one too");
        Assert.Equal((SlotId.A, SlotState.Bad), (again.Active!.Id, again.Active.State));
    }

    [Fact]
    public void A_trial_that_never_answers_is_over_after_three_starts()
    {
        var store = Open();
        first.InstallTo(store);
        store.Confirm();
        second.InstallTo(store);
        for (var start = 1; start <= SlotLimits.TrialStarts; start++)
        {
            store = Open();
            store.NoteStart();
            Assert.Equal((SlotId.B, SlotState.Trial), (store.Active!.Id, store.Active.State));
        }
        store = Open();
        store.NoteStart();
        Assert.Equal((SlotId.A, SlotState.Good), (store.Active!.Id, store.Active.State));
        Assert.Contains("did not answer once in 3 starts", store.Slots[1].Problem, StringComparison.Ordinal);
        Assert.Equal(SlotId.A, Open().Active!.Id);
    }

    [Fact]
    public void A_confirmed_model_may_start_as_often_as_it_likes()
    {
        var store = Open();
        first.InstallTo(store);
        store.NoteStart();
        store.Confirm();
        for (var start = 0; start < 10; start++)
            store.NoteStart();
        Assert.Equal(SlotState.Good, Open().Active!.State);
    }

    [Fact]
    public void A_model_that_cannot_fit_is_refused_with_numbers_and_nothing_changes()
    {
        var disk = new CutDisk { Free = 20_000_000 };
        disk.CreateFolder("/slots");
        var store = SlotStore.Open("/slots", (_, _, _, _) => "fine", disk);
        first.InstallTo(store);
        store.Confirm();
        second.InstallTo(store);
        var huge = first.Manifest with { Files = [new SlotFile("model", 40_000_000, new string('0', 64))] };
        var operations = disk.Operations;
        var error = Assert.Throws<SlotException>(() => store.Begin(huge));
        // 20,000,000 free and the 103,000 of the model that would be overwritten, with its manifest.
        Assert.Contains(
            "'first' needs 48,388,608 bytes with 8,388,608 to spare, /slots has 20,103,",
            error.Message,
            StringComparison.Ordinal
        );
        Assert.Equal(operations, disk.Operations);
        Assert.Equal(["first", "second"], store.Slots.Select(slot => slot.Manifest!.ModelName));
        Assert.Equal(SlotId.A, first.InstallTo(store).Id);
    }

    [Theory]
    [InlineData("no name", "the name must have 1 to 128 characters, it has 0")]
    [InlineData("no files", "the first file must be 'model'")]
    [InlineData("path as name", "file 2 must be 'tokenizer' or 'fallback', it is '../model'")]
    [InlineData("wrong order", "file 3 must be none, it is 'tokenizer'")]
    [InlineData("twice", "file 2 must be 'tokenizer' or 'fallback', it is 'model'")]
    [InlineData("empty file", "'model' must have 1 to 68,719,476,736 bytes, it says 0")]
    [InlineData("no hash", "'model' needs a SHA-256 of 64 lower-case hexadecimal characters, got 'ABC'")]
    [InlineData("no probe", "1 to 64 probe tokens are needed, got 0")]
    [InlineData("negative probe", "a probe token is negative")]
    [InlineData("bad logit", "a probe logit is not finite")]
    public void A_manifest_that_is_nonsense_is_refused_before_anything_is_written(string defect, string expected)
    {
        var good = first.Manifest;
        var file = good.Files[0];
        var manifest = defect switch
        {
            "no name" => good with { ModelName = "" },
            "no files" => good with { Files = [] },
            "path as name" => good with { Files = [file, file with { Name = "../model" }] },
            "wrong order" => good with
            {
                Files = [file, file with { Name = "fallback" }, file with { Name = "tokenizer" }],
            },
            "twice" => good with { Files = [file, file] },
            "empty file" => good with { Files = [file with { Bytes = 0 }] },
            "no hash" => good with { Files = [file with { Sha256 = "ABC" }] },
            "no probe" => good with { ProbeTokens = [] },
            "negative probe" => good with { ProbeTokens = [-1] },
            _ => good with { ProbeLogits = [1, float.NaN] },
        };
        var error = Assert.Throws<SlotException>(() => Open().Begin(manifest));
        Assert.Equal($"the manifest of the model is wrong: {expected}", error.Message);
        Assert.False(File.Exists(folder["state-0"]) || File.Exists(folder["state-1"]));
    }

    private SlotStore Open() =>
        SlotStore.Open(
            folder.Path,
            (model, tokenizer, _, _) =>
            {
                selfTests++;
                Assert.True(File.Exists(model) && File.Exists(tokenizer));
                var problem = Path.GetFileName(model) == "fallback" ? fallbackProblem : selfTestProblem;
                return problem is null ? "fine" : throw new SlotException(problem);
            }
        );
}
