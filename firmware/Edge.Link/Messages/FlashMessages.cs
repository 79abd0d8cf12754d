namespace Edge.Link.Messages;

/// <param name="Name">"model" or "tokenizer".</param>
/// <param name="Sha256">Lower-case hexadecimal.</param>
public sealed record FlashFile(string Name, long Bytes, string Sha256);

/// <summary>Then the bytes of each file in this order, in chunks, without anything between.</summary>
/// <param name="ProbeTokens">Tokens for the device's self-test, 1 to 64.</param>
/// <param name="ProbeLogits">The host's logits after the last of them, (vocab), or empty.</param>
public sealed record FlashRequest(
    string ModelName,
    IReadOnlyList<FlashFile> Files,
    IReadOnlyList<int> ProbeTokens,
    IReadOnlyList<float> ProbeLogits
);

/// <summary>The model is in the slot, was read back and tested, and is active.</summary>
/// <param name="Slot">"a" or "b".</param>
/// <param name="SelfTest">What the self-test found, for people.</param>
public sealed record FlashReply(string Slot, string ModelName, string SelfTest);
