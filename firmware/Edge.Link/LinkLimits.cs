namespace Edge.Link;

/// <summary>Every limit of the protocol. PROTOCOL.md lists them; a test compares the two.</summary>
public static class LinkLimits
{
    /// <summary>Protocol version this code speaks.</summary>
    public const int Version = 1;

    /// <summary>Payload of one frame. At 115,200 baud it takes 1.5 s, well inside <see cref="SilenceMaxMs"/>.</summary>
    public const int FramePayloadBytesMax = 16 * 1024;

    /// <summary>The JSON of a hello.</summary>
    public const int HelloBytesMax = 1024;

    /// <summary>Characters of a device's or host's name.</summary>
    public const int NameCharsMax = 64;

    public const int IdCharsMin = 16;
    public const int IdCharsMax = 64;

    /// <summary>Largest offset from UTC, minutes, either way.</summary>
    public const int OffsetMinutesMax = 14 * 60;

    /// <summary>Time between two hellos of a host that waits for its answer.</summary>
    public const int HelloRepeatMs = 250;

    public const int PingEveryMs = 1000;

    /// <summary>A session that hears nothing for this long is over.</summary>
    public const int SilenceMaxMs = 5000;

    /// <summary>How long a second host waits for the first to leave before it is told that the device is busy.</summary>
    public const int BusyGraceMs = 2000;

    /// <summary>The reason inside a Bye, UTF-8.</summary>
    public const int ByeBytesMax = 256;

    /// <summary>Requests in flight at once in a session.</summary>
    public const int ChannelsMax = 32;

    /// <summary>Characters of an operation's name: lower-case letters, digits and '-'.</summary>
    public const int OperationCharsMax = 64;

    /// <summary>One JSON message on a channel.</summary>
    public const int MessageBytesMax = 1024 * 1024;

    /// <summary>One chunk of bytes on a channel; the least is 1.</summary>
    public const int ChunkBytesMax = 64 * 1024;

    /// <summary>The text of a refusal, UTF-8.</summary>
    public const int RefusalBytesMax = 8 * 1024;

    /// <summary>Bytes that one channel may have under way before its receiver takes some.</summary>
    public const int ChannelWindowBytes = 256 * 1024;

    /// <summary>Messages that a channel holds, parsed, for a receiver that has not asked yet.</summary>
    public const int ChannelQueueMax = 4;
}
