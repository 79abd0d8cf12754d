using Edge.Assistant.Text;
using Edge.Assistant.Writing;

namespace Edge.Assistant.Summaries;

/// <param name="Text">One to three sentences.</param>
/// <param name="Sources">Of each.</param>
internal sealed record WrittenSections(string Text, IReadOnlyList<SourceLines> Sources);

/// <summary>
/// Lets a model reduce a note: each section to a few sentences, those to fewer, until they fit the model at once. Every
/// sentence is held against the note's own lines at each step, not only against what the model was given: what a step
/// has made up cannot become the next one's source.
/// </summary>
internal sealed class SectionWriter(INoteWriter writer, string title)
{
    /// <summary>Sections that a model reads; of a longer note it reads the telling sentences.</summary>
    public const int PiecesMax = 16;

    private const int SentencesMax = 3;
    private const int RoundsMax = 4;

    /// <param name="Text">As the model wrote it, or as the note has it.</param>
    /// <param name="Basis">The note's own words that it stands on, with their lines.</param>
    /// <param name="IsWritten">By the model.</param>
    private sealed record Step(string Text, Unit Basis, bool IsWritten);

    /// <summary>Null when nothing that the model wrote stands in the note. Cancelling takes effect between sections.</summary>
    public WrittenSections? Write(IReadOnlyList<Section> pieces, CancellationToken cancellation)
    {
        if (pieces.Count <= 1)
            return pieces.Count == 0 ? null : Given(AtOnce(pieces[0], cancellation));
        var steps = new List<Step>();
        foreach (var piece in pieces)
            steps.AddRange(OfSection(piece, cancellation));
        for (var round = 0; round < RoundsMax && steps.Count > SentencesMax; round++)
        {
            if (writer.Holds(title, Joined(steps)))
                return Given(Rewritten(steps, cancellation));
            steps = Shortened(steps, cancellation);
        }
        return steps.Count <= SentencesMax ? Given(steps) : null;
    }

    /// <summary>A note that fits the model: a sentence whose place is not found stands on the whole of it.</summary>
    private List<Step> AtOnce(Section note, CancellationToken cancellation)
    {
        var sentences = Sentences(note.Text, cancellation);
        if (sentences.Count == 0 || note.Units.Count == 0)
            return [];
        var places = new Places(note.Units);
        var all = note.Units[0] with { LastLine = note.Units[^1].LastLine };
        return sentences.ConvertAll(sentence => new Step(sentence, places.Find(sentence) ?? all, true));
    }

    /// <summary>Its telling sentences where the model writes none that the section says; none of a section without any.</summary>
    private List<Step> OfSection(Section section, CancellationToken cancellation)
    {
        var best = Extract.BestOf(section, title, 1);
        if (best.Count == 0)
            return [];
        var written = Placed(Sentences(section.Text, cancellation), section.Units);
        return written.Count > 0 ? written : [new Step(best[0].Unit.Text, best[0].Unit, false)];
    }

    /// <summary>Neighbours that fit the model together become fewer sentences.</summary>
    private List<Step> Shortened(List<Step> steps, CancellationToken cancellation)
    {
        var shorter = new List<Step>();
        var group = new List<Step>();
        foreach (var step in steps)
        {
            if (group.Count > 1 && Joined(group).Length + step.Text.Length > writer.SectionChars)
                Flush();
            group.Add(step);
        }
        Flush();
        return shorter;

        void Flush()
        {
            if (group.Count > 1)
                shorter.AddRange(Reduced(group, Math.Max(1, group.Count / 2), cancellation));
            else
                shorter.AddRange(group);
            group = [];
        }
    }

    /// <summary>What the model makes of sentences that it wrote before; the first of them where it makes nothing.</summary>
    private List<Step> Reduced(List<Step> steps, int sentencesMax, CancellationToken cancellation)
    {
        var written = Rewritten(steps, cancellation);
        return written.Count > 0 ? [.. written.Take(sentencesMax)] : [steps[0]];
    }

    private List<Step> Rewritten(List<Step> steps, CancellationToken cancellation) =>
        Placed(Sentences(Joined(steps), cancellation), steps.ConvertAll(step => step.Basis));

    private List<string> Sentences(string text, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        if (writer.Summarize(title, text, cancellation) is not { } written)
            return [];
        return [.. SentenceSplitter.Split(written).Take(SentencesMax).Select(range => written[range])];
    }

    private static List<Step> Placed(List<string> sentences, IReadOnlyList<Unit> units)
    {
        if (sentences.Count == 0)
            return [];
        var places = new Places(units);
        return
        [
            .. sentences
                .Select(sentence => (Text: sentence, Basis: places.Find(sentence)))
                .Where(found => found.Basis is not null)
                .Select(found => new Step(found.Text, found.Basis!, true)),
        ];
    }

    private static string Joined(List<Step> steps) => string.Join('\n', steps.Select(step => step.Text));

    private static WrittenSections? Given(List<Step> steps) =>
        !steps.Exists(step => step.IsWritten)
            ? null
            : new WrittenSections(
                string.Join(' ', steps.Select(step => step.Text)),
                [.. steps.Select(step => new SourceLines(step.Basis.FirstLine, step.Basis.LastLine))]
            );
}
