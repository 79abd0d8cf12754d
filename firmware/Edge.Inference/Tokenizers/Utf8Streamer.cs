namespace Edge.Inference.Tokenizers;

/// <summary>
/// Joins the bytes of successive tokens into text, holding back bytes that may still become a character. Decoding a
/// stream in pieces gives the same text as decoding it at once.
/// </summary>
public sealed class Utf8Streamer
{
    /// <summary>Adds bytes; returns the characters that are now complete ("" when none are).</summary>
    public string Push(ReadOnlySpan<byte> bytes) => throw new NotImplementedException();

    /// <summary>Ends the stream: what was held back comes out as U+FFFD.</summary>
    public string Flush() => throw new NotImplementedException();
}
