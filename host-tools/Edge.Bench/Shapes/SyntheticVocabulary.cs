using System.Globalization;

namespace Edge.Bench.Shapes;

/// <summary>
/// A byte-level vocabulary of any size that loads in every engine: the 256 bytes, one merged pair, then numbered words. It
/// has no end of text, so that greedy text runs for as long as it is asked to.
/// </summary>
internal static class SyntheticVocabulary
{
    public const int SizeMin = 257;

    /// <summary>One: some readers refuse an empty list.</summary>
    public static string[] Merges { get; } = ["t h"];

    /// <param name="size">257 or more.</param>
    public static string[] Tokens(int size)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(size, SizeMin);
        var tokens = new string[size];
        for (var id = 0; id < size; id++)
            tokens[id] = id switch
            {
                < 256 => ByteLetter(id).ToString(),
                256 => "th",
                _ => string.Create(CultureInfo.InvariantCulture, $"Ġw{id}"),
            };
        return tokens;
    }

    /// <summary>How byte-level vocabularies write a byte: printable Latin-1 as itself, others numbered from U+0100 on in
    /// order.</summary>
    private static char ByteLetter(int value)
    {
        if (IsPrintable(value))
            return (char)value;
        var number = 0;
        for (var b = 0; b < value; b++)
            number += IsPrintable(b) ? 0 : 1;
        return (char)(0x100 + number);
    }

    private static bool IsPrintable(int value) => value is (>= '!' and <= '~') or (>= 0xA1 and <= 0xAC) or >= 0xAE;
}
