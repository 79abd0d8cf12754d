namespace Edge.Slots;

/// <param name="Problem">Why the slot is bad, was not finished, or runs on its fallback, for people.</param>
/// <param name="OnFallback">The slot's model does not work here; its fallback is used.</param>
internal sealed record SlotEntry(SlotState State, string? Problem, bool OnFallback = false);

/// <summary>What the device knows of its slots. Of the two copies on disk the one with the higher sequence counts.</summary>
/// <param name="Active">The slot to load, or null when none ever was.</param>
/// <param name="TrialStartsLeft">Starts that the active model has left to answer once, while it is on trial.</param>
internal sealed record SlotRecord(ulong Sequence, SlotId? Active, SlotEntry A, SlotEntry B, int TrialStartsLeft)
{
    public static SlotRecord New { get; } =
        new(0, null, new SlotEntry(SlotState.Empty, null), new SlotEntry(SlotState.Empty, null), 0);

    public SlotEntry this[SlotId slot] => slot == SlotId.A ? A : B;

    public SlotRecord With(SlotId slot, SlotEntry entry) =>
        slot == SlotId.A ? this with { A = entry } : this with { B = entry };
}
