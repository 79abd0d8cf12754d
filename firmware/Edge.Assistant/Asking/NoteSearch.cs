using Edge.Assistant.Text;
using Edge.Notes;

namespace Edge.Assistant.Asking;

/// <param name="Notes">Paths, best first, at most ten.</param>
/// <param name="Best">The best unit of each block, best first; empty when nothing was found.</param>
internal sealed record Findings(IReadOnlyList<string> Notes, IReadOnlyList<ScoredUnit> Best);

/// <summary>From a question to the units that may answer it.</summary>
internal sealed class NoteSearch(Vault vault, NoteIndex index)
{
    private const int HitsMax = 80;
    private const int NotesMax = 20;
    private const int NotesListedMax = 10;

    /// <param name="among">Only these notes, by path; null: all.</param>
    public Findings Find(Question question, CancellationToken cancellation, IReadOnlySet<string>? among = null)
    {
        var hits = index.Search(question.SearchText(), HitsMax, among);
        var top = hits.Count > 0 ? hits.Max(hit => hit.Score) : 0;
        var notes = hits.GroupBy(hit => hit.Passage.Note, StringComparer.Ordinal).Take(NotesMax).ToList();
        var ranked = new List<(string Path, double Score)>();
        var best = new List<ScoredUnit>();
        var stemmer = new Stemmer();
        foreach (var group in notes)
        {
            cancellation.ThrowIfCancellationRequested();
            var found = group.ToList();
            if (NoteView.Open(vault, found, stemmer) is not { } note)
                continue;
            var units = BestOfEachBlock(UnitScorer.Score(question, note, unit => Retrieval(note, unit, found, top)));
            if (units.Count > 0)
                ranked.Add((note.Path, units[0].Score));
            best.AddRange(units);
        }
        var order = ranked.OrderByDescending(note => note.Score).Select(note => note.Path);
        return new Findings(
            [.. order.Concat(notes.Select(note => note.Key)).Distinct(StringComparer.Ordinal).Take(NotesListedMax)],
            [.. best.OrderByDescending(unit => unit.Score).Take(NotesMax)]
        );
    }

    private static double Retrieval(NoteView note, int unit, List<SearchHit> hits, double top)
    {
        if (top <= 0)
            return 0;
        var line = note.Units[unit].FirstLine;
        double best = 0;
        foreach (var hit in hits)
        {
            if (hit.Passage.FirstLine <= line && line <= hit.Passage.LastLine)
                best = Math.Max(best, hit.Score / top);
        }
        return best;
    }

    private static List<ScoredUnit> BestOfEachBlock(IEnumerable<ScoredUnit> units) =>
        [
            .. units
                .GroupBy(unit => unit.Unit.Block)
                .Select(block => block.MaxBy(unit => unit.Score))
                .OrderByDescending(unit => unit.Score)
                .Take(5),
        ];
}
