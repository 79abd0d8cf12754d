namespace Edge.Link.Messages;

/// <summary>What the device's screen shows: half-block characters, two rows of pixels a line, 32 lines of 128.</summary>
public sealed record ScreenReply(IReadOnlyList<string> Lines);
