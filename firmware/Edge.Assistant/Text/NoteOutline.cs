using System.Text;

namespace Edge.Assistant.Text;

/// <summary>Reads the lines of a markdown note into <see cref="Unit"/>s, in order. Bounded: see <see cref="UnitsMax"/>.</summary>
public static class NoteOutline
{
    /// <summary>Units after which the rest of a note is not looked at: 20,000.</summary>
    public const int UnitsMax = 20_000;

    /// <param name="lines">Without line ends.</param>
    /// <param name="firstLine">Of the lines, the first that counts (from 1): after front matter.</param>
    /// <param name="lastLine">Inclusive; the last line when larger than there are.</param>
    /// <param name="lineOffset">Added to every line number: for lines that are an excerpt.</param>
    public static IReadOnlyList<Unit> Read(
        IReadOnlyList<string> lines,
        int firstLine = 1,
        int lastLine = int.MaxValue,
        int lineOffset = 0
    ) => new Reader(WithoutComments(lines), lineOffset).Read(firstLine, Math.Min(lastLine, lines.Count));

    /// <summary>HTML comments may span lines; each line keeps its number.</summary>
    private static IReadOnlyList<string> WithoutComments(IReadOnlyList<string> lines)
    {
        if (!lines.Any(line => line.Contains("<!--", StringComparison.Ordinal)))
            return lines;
        return Hidden.Remove(string.Join('\n', lines)).Split('\n');
    }

    private sealed class Reader(IReadOnlyList<string> lines, int lineOffset)
    {
        private readonly List<Unit> units = [];
        private readonly List<(int Level, string Text)> headings = [];
        private string heading = "";
        private int block;
        private int i;

        public List<Unit> Read(int firstLine, int lastLine)
        {
            i = firstLine - 1;
            while (i < lastLine && units.Count < UnitsMax)
            {
                var kind = MarkdownLine.KindOf(lines[i], i + 1 < lastLine ? lines[i + 1] : null);
                switch (kind)
                {
                    case LineKind.Blank or LineKind.Rule or LineKind.Reference:
                        i++;
                        break;
                    case LineKind.Heading:
                        Heading();
                        break;
                    case LineKind.Fence:
                        FencedCode(lastLine);
                        break;
                    case LineKind.IndentedCode when !AfterListItem():
                        IndentedCode(lastLine);
                        break;
                    case LineKind.TableRow:
                        TableRow();
                        break;
                    default:
                        Text(kind, lastLine);
                        break;
                }
            }
            return units;
        }

        private bool AfterListItem() => units.Count > 0 && units[^1].Kind == UnitKind.ListItem;

        private void Add(UnitKind kind, string text, int first, int last, int indent = 0)
        {
            if (text.Length > 0)
                units.Add(new Unit(kind, text, first + 1 + lineOffset, last + 1 + lineOffset, heading, block, indent));
        }

        private void Heading()
        {
            var (level, title, setext) = MarkdownLine.HeadingOf(lines[i]);
            var text = PlainText.Of(title).Trim();
            headings.RemoveAll(above => above.Level >= level);
            heading = string.Join(" > ", headings.Select(above => above.Text));
            block++;
            Add(UnitKind.Heading, text, i, i + (setext ? 1 : 0));
            headings.Add((level, text));
            heading = string.Join(" > ", headings.Select(above => above.Text));
            block++;
            i += setext ? 2 : 1;
            if (
                !setext
                && i < lines.Count
                && level is 1 or 2
                && MarkdownLine.IsUnderline(i < lines.Count ? lines[i] : "")
            )
                i++;
        }

        private void FencedCode(int lastLine)
        {
            var first = i;
            var fence = MarkdownLine.FenceOf(lines[i]);
            for (i++; i < lastLine; i++)
            {
                if (
                    MarkdownLine.FenceOf(lines[i]) is { } closing
                    && closing.StartsWith(fence!, StringComparison.Ordinal)
                    && lines[i].Trim() == closing
                )
                    break;
            }
            var last = Math.Min(i, lastLine - 1);
            var closed = i < lastLine;
            i = last + 1;
            Code(first + 1, closed ? last - 1 : last);
        }

        private void IndentedCode(int lastLine)
        {
            var first = i;
            while (i < lastLine && (lines[i].StartsWith("    ", StringComparison.Ordinal) || lines[i].StartsWith('\t')))
                i++;
            Code(first, i - 1);
        }

        /// <summary>Code lines, at most <see cref="CodeLinesMax"/> in a unit, so that a quote stays short.</summary>
        private void Code(int first, int last)
        {
            block++;
            for (var from = first; from <= last; from += CodeLinesMax)
            {
                var to = Math.Min(last, from + CodeLinesMax - 1);
                var text = string.Join(
                    '\n',
                    Enumerable.Range(from, to - from + 1).Select(line => lines[line].TrimEnd())
                );
                Add(UnitKind.Code, text.Trim('\n'), from, to);
            }
            block++;
        }

        private const int CodeLinesMax = 6;

        private void TableRow()
        {
            if (units.Count == 0 || units[^1].Kind != UnitKind.TableRow || units[^1].LastLine != i + lineOffset - 0)
                block++;
            var row = lines[i].Trim().Trim('|');
            if (!MarkdownLine.IsTableRule(lines[i]))
                Add(
                    UnitKind.TableRow,
                    string.Join(" | ", row.Split('|').Select(cell => PlainText.Of(cell).Trim())),
                    i,
                    i
                );
            else if (units.Count > 0 && units[^1].Kind == UnitKind.TableRow)
                units[^1] = units[^1] with { LastLine = units[^1].LastLine };
            i++;
        }

        /// <summary>A paragraph, quote or list item with the lines that continue it, cut into sentences.</summary>
        private void Text(LineKind kind, int lastLine)
        {
            var first = i;
            var item = kind == LineKind.ListItem;
            if (!item || !InList())
                block++;
            var (content, indent) = MarkdownLine.Content(lines[i], kind);
            var joined = new StringBuilder(content);
            for (i++; i < lastLine && joined.Length < ParagraphCharsMax; i++)
            {
                var next = MarkdownLine.KindOf(lines[i], i + 1 < lastLine ? lines[i + 1] : null);
                if (!MarkdownLine.Continues(kind, next))
                    break;
                joined
                    .Append('\n')
                    .Append(
                        MarkdownLine.Content(lines[i], next == LineKind.Quote ? next : LineKind.Text).Content.Trim()
                    );
            }
            AddSentences(PlainText.Of(joined.ToString()), first, item ? UnitKind.ListItem : UnitKind.Sentence, indent);
        }

        /// <summary>Longest paragraph that is cut into sentences at once.</summary>
        private const int ParagraphCharsMax = 100_000;

        /// <summary>The unit before this line is an item of the same list (one blank line may stand between).</summary>
        private bool InList() =>
            units.Count > 0 && units[^1].Kind == UnitKind.ListItem && i + 1 + lineOffset - units[^1].LastLine <= 2;

        private void AddSentences(string plain, int first, UnitKind kind, int indent)
        {
            var line = first;
            var counted = 0;
            foreach (var range in SentenceSplitter.Split(plain))
            {
                line += plain.AsSpan(counted, range.Start.Value - counted).Count('\n');
                var sentence = plain.AsSpan(range);
                var lastLine = line + sentence.Count('\n');
                Add(kind, OneLine(sentence), line, lastLine, indent);
                line = lastLine;
                counted = range.End.Value;
            }
        }

        private static string OneLine(ReadOnlySpan<char> text)
        {
            var written = new StringBuilder(text.Length);
            foreach (var c in text)
            {
                if (!char.IsWhiteSpace(c) && !char.IsControl(c))
                    written.Append(c);
                else if (written.Length > 0 && written[^1] != ' ')
                    written.Append(' ');
            }
            return written.ToString().TrimEnd();
        }
    }
}
