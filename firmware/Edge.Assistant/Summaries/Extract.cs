using Edge.Assistant.Text;
using Edge.Notes;

namespace Edge.Assistant.Summaries;

/// <param name="Headline">The note's title, or its best sentence shortened; never empty.</param>
/// <param name="Text">One to three sentences of the note in their order, a space between; ";" after one without an
/// end of its own.</param>
/// <param name="Sources">Of each sentence; of a text that is none, the lines it was made from.</param>
internal sealed record ExtractedSummary(string Headline, string Text, IReadOnlyList<SourceLines> Sources);

/// <summary>
/// A summary made of the note's own sentences: chosen by where they stand, how telling their words are in this vault and
/// how much of the rest they share; never code, tables or boilerplate. The same note gives the same summary.
/// </summary>
internal static class Extract
{
    /// <summary>Sentences that are compared; later ones are not.</summary>
    private const int CandidatesMax = 300;

    /// <summary>Items or headings that stand for a note without sentences.</summary>
    private const int ItemsMax = 6;

    /// <param name="units">Of the note, or what was kept of it section by section.</param>
    public static ExtractedSummary Of(Note note, IReadOnlyList<Unit> units, NoteIndex index)
    {
        var candidates = units.Where(Candidates.IsSentence).Take(CandidatesMax).ToList();
        if (candidates.Count == 0)
            return WithoutSentences(Headlines.Of(note, null), units);
        var chosen = new Ranking(candidates, note.Title, index).Best(HowMany(candidates.Count));
        var best = candidates[chosen[0]];
        var sentences = chosen.Order().Select(i => candidates[i]).ToList();
        return new ExtractedSummary(
            Headlines.Of(note, best.Text),
            Joined(sentences.ConvertAll(unit => unit.Text)),
            [.. sentences.Select(unit => new SourceLines(unit.FirstLine, unit.LastLine))]
        );
    }

    /// <summary>The sentences of a section that say most of it, best first.</summary>
    public static IReadOnlyList<(Unit Unit, double Score)> BestOf(Section section, string title, int count)
    {
        var candidates = section.Units.Where(Candidates.IsSentence).Take(SectionCandidatesMax).ToList();
        if (candidates.Count == 0)
            return [];
        var ranking = new Ranking(candidates, title, null);
        return [.. ranking.Best(count).Select(i => (candidates[i], ranking.Scores[i]))];
    }

    private const int SectionCandidatesMax = 24;

    private static string Joined(List<string> sentences)
    {
        for (var i = 0; i < sentences.Count - 1; i++)
        {
            if (sentences[i].AsSpan().TrimEnd(")\"”’*_") is not [.., '.' or '!' or '?' or ':' or ';' or '…'])
                sentences[i] += ";";
        }
        return string.Join(' ', sentences);
    }

    private static int HowMany(int candidates) =>
        candidates switch
        {
            <= 3 => 1,
            <= 9 => 2,
            _ => 3,
        };

    /// <summary>What is said of a note that has no sentence: its items, its headings, or that there is nothing.</summary>
    private static ExtractedSummary WithoutSentences(string headline, IReadOnlyList<Unit> units)
    {
        var items = units.Where(unit => unit.Kind is UnitKind.ListItem or UnitKind.Sentence).Take(ItemsMax).ToList();
        if (items.Count > 0)
            return Told(string.Join("; ", items.Select(unit => Headlines.Shorten(unit.Text, 100))), items);
        if (units.FirstOrDefault(unit => unit.Kind == UnitKind.Code) is { } code)
            return Told("The note holds code and no sentences.", [code]);
        if (units.FirstOrDefault(unit => unit.Kind == UnitKind.TableRow) is { } row)
            return Told("The note holds a table and no sentences.", [row]);
        var headings = units.Where(unit => unit.Kind == UnitKind.Heading).Take(ItemsMax).ToList();
        return headings.Count > 0
            ? Told(string.Join("; ", headings.Select(unit => unit.Text)), headings)
            : Told("The note is empty.", []);

        ExtractedSummary Told(string text, List<Unit> from) =>
            new(headline, text, from.Count == 0 ? [] : [new SourceLines(from[0].FirstLine, from[^1].LastLine)]);
    }
}
