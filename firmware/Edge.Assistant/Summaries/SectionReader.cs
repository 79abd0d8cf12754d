using Edge.Assistant.Text;

namespace Edge.Assistant.Summaries;

/// <summary>A stretch of a note that is summarised at once.</summary>
/// <param name="Text">What a reader sees of it, as it is written.</param>
internal sealed record Section(string Text, IReadOnlyList<Unit> Units);

/// <summary>
/// Cuts a note into sections while it is read: at headings, in long stretches without one between paragraphs, and where
/// there are none between lines. Hidden text is left out.
/// </summary>
/// <param name="sectionChars">About as long as a section gets, UTF-16 units.</param>
internal sealed class SectionReader(int sectionChars)
{
    /// <summary>Of the sections after so many only the beginning is looked at: the time for a note is bounded, too.</summary>
    private const int WholeSectionsMax = 512;

    private const int BeginningChars = 1500;

    private readonly HiddenScanner scanner = new();
    private int count;
    private readonly List<string> lines = [];
    private readonly List<int> numbers = [];
    private int chars;
    private string heading = "";

    /// <summary>The marks that opened the code block that the next line stands in, or null.</summary>
    private string? fence;

    /// <param name="bodyFirstLine">Lines before it are front matter.</param>
    public IEnumerable<Section> Read(IEnumerable<NoteLine> note, int bodyFirstLine)
    {
        foreach (var (number, written) in note)
        {
            var text = scanner.Read(written, number);
            if (number < bodyFirstLine)
                continue;
            var isHeading = fence is null && MarkdownLine.KindOf(text, null) == LineKind.Heading;
            if (IsFull(text, isHeading))
                yield return Finished(number);
            if (isHeading)
                heading = PlainText.Of(MarkdownLine.HeadingOf(text).Title).Trim();
            Follow(text);
            lines.Add(text);
            numbers.Add(number);
            chars += text.Length + 1;
        }
        if (lines.Count > 0)
            yield return Finished(0);
    }

    private bool IsFull(string next, bool isHeading) =>
        isHeading ? chars >= sectionChars / 4
        : string.IsNullOrWhiteSpace(next) ? chars >= sectionChars
        : lines.Count > 0 && chars + next.Length > sectionChars * 3 / 2;

    private void Follow(string text)
    {
        if (MarkdownLine.FenceOf(text) is not { } marks)
            return;
        if (fence is null)
            fence = marks;
        else if (marks.StartsWith(fence, StringComparison.Ordinal) && text.Trim() == marks)
            fence = null;
    }

    private Section Finished(int next)
    {
        var units = NoteOutline.Read(LookedAt()).Select(Numbered).ToList();
        var section = new Section(string.Join('\n', lines), units);
        lines.Clear();
        numbers.Clear();
        chars = 0;
        carried = heading;
        if (fence is not null && next > 0)
        {
            // The code goes on.
            lines.Add(fence);
            numbers.Add(next);
        }
        return section;
    }

    private List<string> LookedAt()
    {
        if (++count <= WholeSectionsMax)
            return lines;
        var taken = 0;
        return [.. lines.TakeWhile(line => (taken += line.Length + 1) <= BeginningChars || taken == line.Length + 1)];
    }

    /// <summary>The heading that the section began under.</summary>
    private string carried = "";

    private Unit Numbered(Unit unit) =>
        unit with
        {
            FirstLine = numbers[unit.FirstLine - 1],
            LastLine = numbers[Math.Min(unit.LastLine, numbers.Count) - 1],
            Heading = unit.Heading.Length > 0 ? unit.Heading : carried,
        };
}
