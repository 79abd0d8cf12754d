namespace Edge.Slots;

public enum SlotId
{
    A = 1,
    B = 2,
}

public enum SlotState
{
    Empty = 1,

    /// <summary>A write began and did not finish.</summary>
    Writing = 2,

    /// <summary>Verified and self-tested, not yet confirmed by real use.</summary>
    Trial = 3,

    /// <summary>Answered at least once since it was switched to.</summary>
    Good = 4,

    /// <summary>Failed its check or self-test; the reason is kept.</summary>
    Bad = 5,
}

/// <param name="Name">"model" or "tokenizer": what the file is for.</param>
/// <param name="Bytes">Exact length.</param>
/// <param name="Sha256">Lower-case hexadecimal.</param>
public sealed record SlotFile(string Name, long Bytes, string Sha256);

/// <summary>What the host says it will send, checked before anything is written.</summary>
/// <param name="ModelName">For people.</param>
/// <param name="ProbeTokens">Tokens for the self-test, 1 to 64.</param>
/// <param name="ProbeLogits">Logits after the last probe token as the host computed them, (vocab); the device must agree
/// within a relative root mean square error of 0.02. Empty: only finiteness and repeatability are tested.</param>
public sealed record SlotManifest(
    string ModelName,
    IReadOnlyList<SlotFile> Files,
    IReadOnlyList<int> ProbeTokens,
    IReadOnlyList<float> ProbeLogits
);

public sealed record SlotInfo(SlotId Id, SlotState State, bool Active, SlotManifest? Manifest, string? Problem);

/// <summary>The model in a slot cannot be installed or used; the message is shown on the host.</summary>
public sealed class SlotException(string message, Exception? cause = null) : Exception(message, cause);

/// <summary>
/// Two model slots on disk and the record that says which is active. Install order: check, mark as writing, write,
/// fsync, read back and hash, self-test, switch, confirm after real use. A cut at any write leaves the active slot
/// active and whole.
/// </summary>
public sealed class SlotStore
{
    /// <param name="folder">Made when missing; holds a/, b/ and two copies of the state record.</param>
    public static SlotStore Open(string folder) => throw new NotImplementedException();

    public IReadOnlyList<SlotInfo> Slots => throw new NotImplementedException();

    /// <summary>The slot to load at start, or null when no model was ever installed.</summary>
    public SlotInfo? Active => throw new NotImplementedException();

    /// <summary>Path of a file in a slot, or null when the slot does not have it.</summary>
    public string? PathOf(SlotId slot, string fileName) => throw new NotImplementedException();

    /// <summary>Starts an install into the slot that is not active, after checking the manifest and the free space.</summary>
    /// <exception cref="SlotException">It cannot fit, or the manifest is nonsense; nothing was changed.</exception>
    public SlotInstall Begin(SlotManifest manifest) => throw new NotImplementedException();

    /// <summary>The active model answered for real: trial becomes good.</summary>
    public void Confirm() => throw new NotImplementedException();

    /// <summary>The active model failed to load or run: it becomes bad, and the other slot active when that is good.</summary>
    public void Fail(string reason) => throw new NotImplementedException();
}

/// <summary>One install in progress. Disposing it unfinished leaves the slot marked as not usable.</summary>
public sealed class SlotInstall : IDisposable
{
    public SlotId Slot => throw new NotImplementedException();

    /// <summary>Appends bytes of a file; files come in the manifest's order, each whole.</summary>
    public void Write(string fileName, ReadOnlySpan<byte> bytes) => throw new NotImplementedException();

    /// <summary>Flushes to disk, reads everything back, compares hashes, runs the self-test, switches. Only then is the new
    /// model active.</summary>
    /// <exception cref="SlotException">Something did not hold; the old model is still active.</exception>
    public SlotInfo Finish(IProgress<string>? progress = null, CancellationToken cancellation = default) =>
        throw new NotImplementedException();

    public void Dispose() { }
}
