using System.Text;

namespace Edge.Inference.Tokenizers;

/// <summary>
/// GPT-2's way to write any bytes as visible characters: printable Latin-1 stands for itself, the 68 other bytes are
/// numbered from U+0100 on (a space is "Ġ").
/// </summary>
internal static class ByteAlphabet
{
    private static readonly char[] Chars = MakeChars();
    private static readonly Dictionary<char, byte> Bytes = Enumerable
        .Range(0, 256)
        .ToDictionary(b => Chars[b], b => (byte)b);

    public static char CharOf(byte value) => Chars[value];

    /// <summary>The bytes that a written token stands for; false when it has a character that is not of this alphabet.</summary>
    /// <param name="bytes">At least as long as the text.</param>
    public static bool TryDecode(ReadOnlySpan<byte> utf8, Span<byte> bytes, out int length)
    {
        length = 0;
        while (utf8.Length > 0)
        {
            var status = Rune.DecodeFromUtf8(utf8, out var rune, out var consumed);
            if (status != System.Buffers.OperationStatus.Done || !rune.IsBmp)
                return false;
            if (!Bytes.TryGetValue((char)rune.Value, out var value))
                return false;
            bytes[length++] = value;
            utf8 = utf8[consumed..];
        }
        return true;
    }

    private static char[] MakeChars()
    {
        var chars = new char[256];
        var next = 0x100;
        for (var b = 0; b < 256; b++)
        {
            var visible = b is >= '!' and <= '~' or >= 0xA1 and <= 0xAC or >= 0xAE;
            chars[b] = visible ? (char)b : (char)next++;
        }
        return chars;
    }
}
