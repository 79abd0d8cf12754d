namespace Edge.Slots;

/// <summary>Numbers are frozen: they are on disk.</summary>
public enum SlotId
{
    A = 1,
    B = 2,
}

/// <summary>Numbers are frozen: they are on disk.</summary>
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

/// <param name="Name">"model", "tokenizer" or "fallback": what the file is for.</param>
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

/// <param name="OnFallback">The slot's model does not work here, for the reason in <paramref name="Problem"/>; its
/// fallback is used.</param>
public sealed record SlotInfo(
    SlotId Id,
    SlotState State,
    bool Active,
    SlotManifest? Manifest,
    string? Problem,
    bool OnFallback
);

/// <summary>The model in a slot cannot be installed or used; the message is shown on the host.</summary>
public sealed class SlotException(string message, Exception? cause = null) : Exception(message, cause);
