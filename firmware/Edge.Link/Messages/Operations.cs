namespace Edge.Link.Messages;

/// <summary>What a host can ask for: the names of channels. Frozen: append, never rename. PROTOCOL.md says who sends what.</summary>
public static class Operations
{
    public const string Status = "status";
    public const string Slots = "slots";
    public const string Flash = "flash";
    public const string SyncList = "sync-list";
    public const string SyncPut = "sync-put";
    public const string SyncGet = "sync-get";
    public const string SyncCommit = "sync-commit";
    public const string SyncIndex = "sync-index";
    public const string Ask = "ask";
    public const string Summarize = "summarize";
    public const string Capture = "capture";
    public const string Feed = "feed";
    public const string Screen = "screen";

    public static IReadOnlyList<string> All { get; } =
    [Status, Slots, Flash, SyncList, SyncPut, SyncGet, SyncCommit, SyncIndex, Ask, Summarize, Capture, Feed, Screen];
}
