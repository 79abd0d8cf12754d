namespace Edge.Assistant.Text;

/// <param name="Number">From 1.</param>
/// <param name="Text">Without its end.</param>
internal readonly record struct NoteLine(int Number, string Text);

/// <summary>
/// Reads a note of any size once, from its beginning, in little memory. A line that is longer than
/// <see cref="CharsMax"/> comes in pieces of the same number, cut after a sentence where there is one, else between words.
/// </summary>
internal static class NoteLines
{
    /// <summary>Longest piece, UTF-16 units.</summary>
    public const int CharsMax = 1 << 14;

    private static readonly System.Buffers.SearchValues<char> SentenceEnds = System.Buffers.SearchValues.Create(
        ".!?。！？…؟।"
    );

    /// <summary>Lines end with CRLF, LF or CR; what is not UTF-8 is U+FFFD. Closes the stream.</summary>
    public static IEnumerable<NoteLine> Read(Stream stream)
    {
        using var reader = TextLines.Reader(stream);
        var buffer = new char[CharsMax];
        var (start, end, number) = (0, 0, 1);
        var (afterReturn, ended) = (false, false);
        while (true)
        {
            if (afterReturn && start < end)
            {
                start += buffer[start] == '\n' ? 1 : 0;
                afterReturn = false;
            }
            var length = buffer.AsSpan(start, end - start).IndexOfAny('\r', '\n');
            if (length >= 0)
            {
                yield return new NoteLine(number++, new string(buffer, start, length));
                afterReturn = buffer[start + length] == '\r';
                start += length + 1;
            }
            else if (end - start == buffer.Length)
            {
                var cut = CutOf(buffer);
                yield return new NoteLine(number, new string(buffer, 0, cut));
                start = cut;
            }
            else if (ended)
            {
                if (end > start)
                    yield return new NoteLine(number, new string(buffer, start, end - start));
                yield break;
            }
            else
            {
                buffer.AsSpan(start, end - start).CopyTo(buffer);
                (start, end) = (0, end - start);
                var got = reader.Read(buffer, end, buffer.Length - end);
                ended = got == 0;
                end += got;
            }
        }
    }

    /// <summary>1 to the length; never inside a surrogate pair or the marks of a comment.</summary>
    private static int CutOf(ReadOnlySpan<char> full)
    {
        var last = full.Length - 1;
        for (var i = last; i > full.Length / 2; i--)
        {
            if (char.IsWhiteSpace(full[i]) && SentenceEnds.Contains(full[i - 1]))
                return i + 1;
        }
        for (var i = last; i > full.Length / 2; i--)
        {
            if (char.IsWhiteSpace(full[i]))
                return i + 1;
        }
        var cut = full.Length;
        while (cut > full.Length / 2 && (full[cut - 1] is '<' or '!' or '-' || char.IsHighSurrogate(full[cut - 1])))
            cut--;
        return cut;
    }
}
