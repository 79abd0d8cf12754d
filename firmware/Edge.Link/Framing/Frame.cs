namespace Edge.Link.Framing;

/// <summary>What a frame is. Numbers are frozen: append, never renumber.</summary>
internal enum FrameType : byte
{
    Hello = 1,
    HelloReply = 2,
    Data = 3,
    Ping = 4,
    Bye = 5,
}

/// <param name="Type">Types this code does not know are skipped, so that later versions can add some.</param>
/// <param name="Session">Chosen at random by the host for each session; 0 belongs to no session.</param>
/// <param name="Payload">Valid until the next read.</param>
internal readonly record struct Frame(FrameType Type, uint Session, ReadOnlyMemory<byte> Payload);

internal enum FrameOutcome
{
    Frame,

    /// <summary>Bytes up to the next delimiter were no frame; see <see cref="FrameRead.Problem"/>.</summary>
    Corrupt,

    EndOfStream,
}

internal readonly record struct FrameRead(FrameOutcome Outcome, Frame Frame, string? Problem);
