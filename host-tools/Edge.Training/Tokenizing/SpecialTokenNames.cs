using System.Text;

namespace Edge.Training.Tokenizing;

/// <summary>How special tokens are written, and which of them have a job.</summary>
internal static class SpecialTokenNames
{
    /// <summary>Between two documents: begins a text, and ends it where no other token does. A corpus ends each document with it.</summary>
    public const string EndOfText = "<|endoftext|>";

    public static ReadOnlySpan<byte> EndOfTextUtf8 => "<|endoftext|>"u8;

    /// <summary>Ends a turn.</summary>
    public const string EndOfTurn = "<|im_end|>";

    public const int BytesMax = 128;

    /// <exception cref="ArgumentException">One is too short, too long, has white space, or stands twice.</exception>
    public static void Check(IEnumerable<string> names)
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var name in names)
        {
            // One character could be the written form of a byte.
            if (name.Length < 2 || Encoding.UTF8.GetByteCount(name) > BytesMax)
                throw new ArgumentException(
                    $"a special token must have 2 characters to {BytesMax} bytes, got \"{name}\"; write it like <|name|>"
                );
            if (name.Any(letter => char.IsWhiteSpace(letter) || char.IsControl(letter) || char.IsSurrogate(letter)))
                throw new ArgumentException(
                    $"a special token must have no white space, control characters or emoji, got \"{name}\"; write it like <|name|>"
                );
            if (!seen.Add(name))
                throw new ArgumentException($"the special token {name} is named twice");
        }
    }
}
