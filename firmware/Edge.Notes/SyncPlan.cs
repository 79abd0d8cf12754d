namespace Edge.Notes;

public enum SyncAction
{
    /// <summary>New or changed here only: copy here to there.</summary>
    CopyToThere = 1,

    /// <summary>New or changed there only: copy there to here.</summary>
    CopyToHere = 2,

    /// <summary>Different on both sides since the last common state: both texts stay on both sides, there's under
    /// <see cref="SyncStep.ConflictPath"/>.</summary>
    KeepBoth = 3,

    /// <summary>Gone here, still there and unchanged: nothing is deleted or copied back; reported.</summary>
    GoneHere = 4,

    /// <summary>Gone there, still here and unchanged: nothing is deleted or copied; reported.</summary>
    GoneThere = 5,
}

/// <param name="Path">The note.</param>
/// <param name="HereHash">Content here now, or null.</param>
/// <param name="ThereHash">Content there now, or null.</param>
/// <param name="ConflictPath">KeepBoth only: a free path on both sides that gets there's text.</param>
public sealed record SyncStep(
    SyncAction Action,
    string Path,
    string? HereHash,
    string? ThereHash,
    string? ConflictPath = null
);

/// <summary>
/// What to do so that two folders agree: a pure function of three listings (path to content hash). "Here" is the side
/// that plans. A change on one side and a deletion on the other keeps the change. Steps are in ordinal order of path.
/// </summary>
public static class SyncPlanner
{
    /// <param name="lastCommon">Both sides as they were after the last sync; empty at the first.</param>
    public static IReadOnlyList<SyncStep> Plan(
        IReadOnlyDictionary<string, string> lastCommon,
        IReadOnlyDictionary<string, string> here,
        IReadOnlyDictionary<string, string> there
    ) => throw new NotImplementedException();
}
