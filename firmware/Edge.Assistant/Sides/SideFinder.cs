using Edge.Assistant.Asking;
using Edge.Assistant.Text;
using Edge.Notes;

namespace Edge.Assistant.Sides;

/// <summary>
/// Finds what the notes say for a claim and against it. No model: a passage is listed where its own lines show the stance
/// by their words; one that only speaks of the same things is not.
/// </summary>
public sealed class SideFinder(Vault vault, NoteIndex index, TimeProvider clock)
{
    /// <summary>Passages for each side.</summary>
    public const int EachMax = 3;

    private const int HitsMax = 120;
    private const int NotesMax = 40;

    /// <summary>Longest sentence that is read, and longest line that is quoted, UTF-16 units.</summary>
    private const int TextCharsMax = 600;
    private const int LineCharsMax = 4000;

    /// <summary>What the index thinks of a passage, beside how plainly it takes a side.</summary>
    private const double RetrievalWeight = 0.3;
    private const double LabelStrength = 0.9;

    /// <param name="onText">Gets the answer side by side.</param>
    /// <exception cref="ArgumentException">The claim is empty or longer than a question may be.</exception>
    public BothSides Find(string claim, Action<string>? onText = null, CancellationToken cancellation = default)
    {
        NoteAssistant.CheckQuestion(claim);
        var started = clock.GetTimestamp();
        var stances = StanceClaim.Read(Hidden.Remove(claim)) is { } read ? Stances(read, cancellation) : [];
        var found = new BothSides(
            claim,
            Best(stances, 1),
            Best(stances, -1),
            clock.GetElapsedTime(started).TotalMilliseconds
        );
        onText?.Invoke(SidesText.Of(found));
        return found;
    }

    private List<Stance> Stances(StanceClaim claim, CancellationToken cancellation)
    {
        var stances = new List<Stance>();
        var values = new List<ValueFound>();
        var retrieval = new Dictionary<string, double>(StringComparer.Ordinal);
        var hits = index.Search(claim.SearchText(), HitsMax);
        var top = hits.Count > 0 ? hits.Max(hit => hit.Score) : 1;
        var stemmer = new Stemmer();
        foreach (var group in hits.GroupBy(hit => hit.Passage.Note, StringComparer.Ordinal).Take(NotesMax))
        {
            cancellation.ThrowIfCancellationRequested();
            var inNote = group.ToList();
            if (NoteView.Open(vault, inNote, stemmer) is not { } note)
                continue;
            retrieval[note.Path] = top > 0 ? inNote.Max(hit => hit.Score) / top : 0;
            stances.AddRange(InNote(claim, note).Select(stance => Weighed(stance, retrieval)));
            if (claim.Value is not null)
                values.AddRange(new ValueReader(claim).In(note));
        }
        stances.AddRange(ValueReader.Disputed(values).Select(value => Weighed(Of(claim, value), retrieval)));
        return stances;
    }

    private static Stance Weighed(Stance stance, Dictionary<string, double> retrieval) =>
        stance with
        {
            Score = stance.Score + RetrievalWeight * retrieval[stance.Note.Path],
        };

    private static IEnumerable<Stance> InNote(StanceClaim claim, NoteView note)
    {
        var judgements = new JudgementReader(claim);
        var statements = new StatementReader(claim);
        foreach (var unit in note.Units)
        {
            if (unit.Kind is not (UnitKind.Sentence or UnitKind.ListItem) || !IsSaid(note, unit))
                continue;
            var tokens = StanceToken.Read(unit.Text, claim.TermOf);
            var above = TermsAbove(claim, note, unit.Heading);
            var stance =
                claim.Form == ClaimForm.Judgement ? judgements.Read(tokens, above) : statements.Read(tokens, above);
            if (stance != 0)
                yield return new Stance(
                    note,
                    unit.FirstLine,
                    unit.LastLine,
                    Math.Sign(stance) * claim.Sign,
                    Math.Abs(stance)
                );
        }
        if (claim.Form != ClaimForm.Judgement)
            yield break;
        foreach (var (sign, first, last) in new LabelReader(claim).In(note))
        {
            var from = note.Units[first].FirstLine;
            var to = note.Units[last].LastLine;
            // As many whole lines as a quote may have; a label alone would show nothing.
            to = Math.Min(to, from + Quotation.LinesMax - 1);
            if (to >= note.Units[Math.Min(first + 1, last)].FirstLine)
                yield return new Stance(note, from, to, sign * claim.Sign, LabelStrength);
        }
    }

    /// <summary>Not asked, quoted from somebody, or still to be done.</summary>
    private static bool IsSaid(NoteView note, Unit unit)
    {
        if (unit.Text.Length > TextCharsMax || unit.Text[^1] is '?' || unit.Text[0] is '"' or '“' or '\'')
            return false;
        var line = unit.FirstLine <= note.Lines.Count ? note.Lines[unit.FirstLine - 1].TrimStart() : "";
        return !(unit.Kind == UnitKind.ListItem && line.Length > 5 && line.AsSpan(1).TrimStart().StartsWith("[ ]"));
    }

    private static HashSet<int> TermsAbove(StanceClaim claim, NoteView note, string heading)
    {
        var stems = note.HeadingStems(heading);
        return
        [
            .. Enumerable
                .Range(0, claim.Terms.Count)
                .Where(term => claim.Terms[term].Stems.Any(stem => stems.Contains(stem) || note.Names(stem))),
        ];
    }

    private static Stance Of(StanceClaim claim, ValueFound value) =>
        new(value.Note, value.Claim.FirstLine, value.Claim.LastLine, value.Agrees ? claim.Sign : -claim.Sign, 1);

    /// <summary>Best first; lines that speak both ways are on no side, and no line is shown twice.</summary>
    private static List<Citation> Best(List<Stance> stances, int sign)
    {
        var best = new List<Stance>();
        foreach (var stance in stances.Where(stance => stance.Sign == sign).OrderByDescending(stance => stance.Score))
        {
            if (best.Count == EachMax)
                break;
            var isDisputed = stances.Exists(other => other.Sign != sign && other.Overlaps(stance));
            if (!isDisputed && stance.IsShort(LineCharsMax) && !best.Exists(shown => shown.Overlaps(stance)))
                best.Add(stance);
        }
        return best.ConvertAll(stance => stance.Cite());
    }

    /// <summary>Lines that take a side.</summary>
    private sealed record Stance(NoteView Note, int FirstLine, int LastLine, int Sign, double Score)
    {
        public bool Overlaps(Stance other) =>
            Note.Path == other.Note.Path && FirstLine <= other.LastLine && other.FirstLine <= LastLine;

        public bool IsShort(int charsMax) => Lines().All(line => line.Length <= charsMax);

        public Citation Cite() => new(Note.Path, FirstLine, LastLine, string.Join('\n', Lines()));

        private IEnumerable<string> Lines() => Note.Lines.Skip(FirstLine - 1).Take(LastLine - FirstLine + 1);
    }
}
