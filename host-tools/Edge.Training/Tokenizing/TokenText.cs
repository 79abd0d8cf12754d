using System.Globalization;
using System.Text;
using Edge.Inference.Tokenizers;

namespace Edge.Training.Tokenizing;

/// <summary>A token for people: in quotes, with what cannot be seen written as \n, \t, \x1B; special tokens bare.</summary>
internal static class TokenText
{
    public static string Show(BytePairToken token)
    {
        if (token.Type != TokenType.Normal)
            return token.Text;
        Span<byte> bytes = new byte[token.Text.Length];
        if (!ByteAlphabet.TryDecode(Encoding.UTF8.GetBytes(token.Text), bytes, out var length))
            return token.Text;
        ReadOnlySpan<byte> rest = bytes[..length];
        var shown = new StringBuilder("\"");
        while (rest.Length > 0)
        {
            var whole = Rune.DecodeFromUtf8(rest, out var rune, out var width) == System.Buffers.OperationStatus.Done;
            if (whole && rune.Value is '\n' or '\t' or '\r' or '"' or '\\')
                shown
                    .Append('\\')
                    .Append(
                        rune.Value switch
                        {
                            '\n' => 'n',
                            '\t' => 't',
                            '\r' => 'r',
                            var c => (char)c,
                        }
                    );
            else if (whole && (rune.Value == ' ' || IsVisible(rune)))
                shown.Append(rune.ToString());
            else
                foreach (var value in rest[..width])
                    shown.Append(CultureInfo.InvariantCulture, $"\\x{value:X2}");
            rest = rest[width..];
        }
        return shown.Append('"').ToString();
    }

    private static bool IsVisible(Rune rune) =>
        Rune.GetUnicodeCategory(rune)
            is not (
                UnicodeCategory.Control
                or UnicodeCategory.Format
                or UnicodeCategory.LineSeparator
                or UnicodeCategory.ParagraphSeparator
                or UnicodeCategory.SpaceSeparator
                or UnicodeCategory.Surrogate
                or UnicodeCategory.PrivateUse
                or UnicodeCategory.OtherNotAssigned
            );
}
