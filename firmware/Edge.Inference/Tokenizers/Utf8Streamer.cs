using System.Text;

namespace Edge.Inference.Tokenizers;

/// <summary>
/// Joins the bytes of successive tokens into text, holding back bytes that may still become a character. Decoding a
/// stream in pieces gives the same text as decoding it at once.
/// </summary>
public sealed class Utf8Streamer
{
    private readonly Decoder decoder = new UTF8Encoding(false, throwOnInvalidBytes: false).GetDecoder();

    /// <summary>Adds bytes; returns the characters that are now complete ("" when none are).</summary>
    public string Push(ReadOnlySpan<byte> bytes) => Convert(bytes, flush: false);

    /// <summary>Ends the stream: what was held back comes out as U+FFFD.</summary>
    public string Flush() => Convert([], flush: true);

    private string Convert(ReadOnlySpan<byte> bytes, bool flush)
    {
        // At most one character a byte, and one for what was held back.
        var count = bytes.Length + 2;
        var chars = count <= 256 ? stackalloc char[count] : new char[count];
        return new string(chars[..decoder.GetChars(bytes, chars, flush)]);
    }
}
