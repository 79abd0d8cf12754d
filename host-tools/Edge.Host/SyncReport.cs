using Edge.Link.Messages;
using Edge.Notes;

namespace Edge.Host;

public sealed record SyncOptions
{
    /// <summary>Only says what would be done.</summary>
    public bool DryRun { get; init; }

    /// <summary>
    /// Forgets the last sync: an emptied folder gets everything back from the device, notes gone on one side come back
    /// from the other. Never deletes either.
    /// </summary>
    public bool Force { get; init; }
}

/// <param name="Bytes">Of notes copied, either way; 0 in a dry run.</param>
/// <param name="Steps">What was planned, in order of path.</param>
/// <param name="Moved">Of <paramref name="Steps"/>, those that were carried out.</param>
/// <param name="Unchanged">Notes that were the same on both sides.</param>
/// <param name="Problems">One line for each note that was left alone, and why.</param>
/// <param name="Index">What the device's index did; null when nothing went to the device.</param>
/// <param name="Ms">For all of it, milliseconds.</param>
public sealed record SyncReport(
    bool DryRun,
    IReadOnlyList<SyncStep> Steps,
    IReadOnlyList<SyncStep> Moved,
    int Unchanged,
    long Bytes,
    IReadOnlyList<string> Problems,
    IndexedReply? Index,
    double Ms
)
{
    /// <summary>Notes copied to the device, to the folder, and kept twice.</summary>
    public int Count(SyncAction action) => (DryRun ? Steps : Moved).Count(step => step.Action == action);
}
