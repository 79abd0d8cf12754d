namespace Edge.Link.Messages;

/// <summary>A request without arguments: status, slots, sync-index.</summary>
public sealed record EmptyRequest;

/// <param name="Version">Of the device's program.</param>
/// <param name="ModelName">The model in use, or null without one.</param>
/// <param name="Slot">"a" or "b", or null without a model.</param>
/// <param name="ModelProblem">Why the active model cannot be used, or is used by its fallback.</param>
/// <param name="WhyQuoted">Why answers and summaries are quoted from the notes rather than written; null when the model writes.</param>
/// <param name="FreeBytes">On the file system of the device's data.</param>
/// <param name="BusyWith">The long work under way, for people.</param>
public sealed record StatusReply(
    string DeviceId,
    string DeviceName,
    string Version,
    string? ModelName,
    string? Slot,
    string? ModelProblem,
    string? WhyQuoted,
    int Notes,
    int Passages,
    long FreeBytes,
    long UptimeSeconds,
    string? BusyWith
);

/// <param name="Id">"a" or "b".</param>
/// <param name="State">"empty", "writing", "trial", "good" or "bad".</param>
/// <param name="Bytes">All files together.</param>
/// <param name="Sha256">Of the model file, lower-case hexadecimal.</param>
public sealed record SlotReply(
    string Id,
    string State,
    bool Active,
    string? ModelName,
    long Bytes,
    string? Sha256,
    string? Problem
);

public sealed record SlotsReply(IReadOnlyList<SlotReply> Slots);
