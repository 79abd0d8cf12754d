using Edge.TestKit;

namespace Edge.Slots.Tests;

public sealed class SlotRecordTests : IDisposable
{
    private readonly TempFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void Numbers_on_disk_are_frozen()
    {
        Assert.Equal([1, 2], Enum.GetValues<SlotId>().Select(slot => (int)slot));
        Assert.Equal([1, 2, 3, 4, 5], Enum.GetValues<SlotState>().Select(state => (int)state));
        var record = new SlotRecord(0x0102, SlotId.B, new(SlotState.Good, null), new(SlotState.Trial, "é"), 2);
        var bytes = SlotRecordFile.Encode(record);
        Assert.Equal(512, bytes.Length);
        Assert.Equal(
            "45444745534C4F5401000000020403020201000000000000",
            Convert.ToHexString(bytes.AsSpan(0, SlotRecordFile.ProblemAOffset))
        );
        Assert.Equal("02C3A9", Convert.ToHexString(bytes.AsSpan(SlotRecordFile.ProblemBOffset, 3)));
        Assert.Equal(record, SlotRecordFile.Decode(bytes).Record);
    }

    [Fact]
    public void A_slot_on_its_fallback_is_written_as_version_2_which_an_older_program_refuses()
    {
        var record = new SlotRecord(3, SlotId.A, new(SlotState.Good, "no", true), new(SlotState.Good, null), 0);
        var bytes = SlotRecordFile.Encode(record);
        Assert.Equal((2, 1), (bytes[8], bytes[426]));
        Assert.Equal(record, SlotRecordFile.Decode(bytes).Record);
        var both = record with { B = record.B with { OnFallback = true } };
        Assert.Equal(both, SlotRecordFile.Decode(SlotRecordFile.Encode(both)).Record);
        Assert.Equal(1, SlotRecordFile.Encode(both with { A = new(SlotState.Bad, "no"), B = record.B })[8]);
    }

    [Fact]
    public void A_record_of_a_later_version_is_told_and_not_taken_for_damage()
    {
        var bytes = SlotRecordFile.Encode(SlotRecord.New);
        bytes[8] = 3;
        System.Security.Cryptography.SHA256.HashData(bytes.AsSpan(0, 480), bytes.AsSpan(480));
        var error = Assert.Throws<SlotException>(() => SlotRecordFile.Decode(bytes));
        Assert.Contains("version 3, this program knows versions 1 and 2", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_long_problem_is_cut_at_a_whole_character()
    {
        var record = SlotRecord.New with { A = new(SlotState.Bad, "x" + new string('é', 300)) };
        Assert.Equal("x" + new string('é', 99), SlotRecordFile.Decode(SlotRecordFile.Encode(record)).Record!.A.Problem);
    }

    [Fact]
    public void A_torn_copy_of_any_length_leaves_the_other_to_count()
    {
        var store = Open();
        var model = TestModel.Make("first");
        model.InstallTo(store);
        store.Confirm();
        var newest = ((string[])[folder["state-0"], folder["state-1"]]).MaxBy(Sequence)!;
        var whole = File.ReadAllBytes(newest);
        for (var kept = 0; kept < whole.Length; kept += 37)
        {
            File.WriteAllBytes(newest, whole[..kept]);
            Assert.Equal(SlotState.Trial, Open().Active!.State);
            var zeros = new byte[whole.Length];
            whole.AsSpan(0, kept).CopyTo(zeros);
            File.WriteAllBytes(newest, zeros);
            Assert.Equal(SlotState.Trial, Open().Active!.State);
        }
        File.WriteAllBytes(newest, whole);
        Assert.Equal(SlotState.Good, Open().Active!.State);
    }

    [Fact]
    public void Two_damaged_copies_are_told_and_not_taken_for_an_empty_device()
    {
        TestModel.Make("first").InstallTo(Open());
        File.WriteAllBytes(folder["state-0"], new byte[512]);
        File.WriteAllBytes(folder["state-1"], new byte[10]);
        var error = Assert.Throws<SlotException>(() => Open());
        Assert.Contains(
            "state-0: no slot record; state-1: 10 bytes, a record has 512",
            error.Message,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void A_damaged_manifest_does_not_hide_the_slot()
    {
        TestModel.Make("first").InstallTo(Open());
        File.WriteAllText(folder["a/manifest.json"], "{");
        Assert.Null(Open().Active!.Manifest);
        Assert.Equal(SlotState.Trial, Open().Active!.State);
    }

    [Fact]
    public void The_tables_of_the_specification_are_the_constants()
    {
        var text = File.ReadAllText(Path.Combine(Repo.Root, "firmware/Edge.Slots/SLOTS.md"));
        var rows = text.Split('\n')
            .Where(line => line.StartsWith("| ", StringComparison.Ordinal))
            .Select(line => line.Split('|', StringSplitOptions.TrimEntries)[1..3])
            .Where(row => row[0].StartsWith('`'))
            .ToDictionary(row => row[0].Trim('`'), row => row[1]);
        var expected = new Dictionary<string, string>
        {
            ["model name"] = $"{SlotLimits.ModelNameCharsMax}",
            ["file"] = $"{SlotLimits.FileBytesMax}",
            ["probe tokens"] = $"{SlotLimits.ProbeTokensMax}",
            ["probe logits"] = $"{SlotLimits.ProbeLogitsMax}",
            ["probe error"] = "0.02",
            ["fallback error"] = "0.05",
            ["spare"] = $"{SlotLimits.SpareBytes}",
            ["trial starts"] = $"{SlotLimits.TrialStarts}",
            ["manifest"] = $"{SlotLimits.ManifestBytesMax}",
            ["magic"] = "0",
            ["version"] = "8",
            ["active, state of a, state of b, trial starts left"] = $"{SlotRecordFile.ActiveOffset}",
            ["sequence"] = $"{SlotRecordFile.SequenceOffset}",
            ["problem of a"] = $"{SlotRecordFile.ProblemAOffset}",
            ["problem of b"] = $"{SlotRecordFile.ProblemBOffset}",
            ["on fallback"] = $"{SlotRecordFile.FallbackOffset}",
            ["hash"] = $"{SlotRecordFile.HashOffset}",
        };
        foreach (var state in Enum.GetValues<SlotState>())
            expected[state.ToString()] = $"{(int)state}";
        Assert.Equal((0.02, 0.05), (SlotLimits.ProbeErrorMax, SlotLimits.FallbackErrorMax));
        Assert.Equal(expected.OrderBy(row => row.Key), rows.OrderBy(row => row.Key));
    }

    private static ulong Sequence(string path) =>
        BitConverter.ToUInt64(File.ReadAllBytes(path), SlotRecordFile.SequenceOffset);

    private SlotStore Open() => SlotStore.Open(folder.Path, (_, _, _, _) => "fine");
}
