using Edge.Assistant.Text;

namespace Edge.Assistant.Asking;

/// <param name="Note">Where it stands.</param>
/// <param name="Index">Of the unit in <see cref="NoteView.Units"/>.</param>
/// <param name="Score">For ranking; higher is better.</param>
/// <param name="Coverage">0 to 1: the share of the question's weight that is found in the unit or around it.</param>
internal readonly record struct ScoredUnit(NoteView Note, int Index, double Score, double Coverage)
{
    public Unit Unit => Note.Units[Index];
}

/// <summary>
/// How well each unit of a note answers a question: every word of the question counts by its weight, in full where the
/// unit itself has it and less the further away it stands.
/// </summary>
internal static class UnitScorer
{
    private const double InTitle = 0.9;
    private const double InHeading = 0.85;
    private const double Beside = 0.75;
    private const double Near = 0.55;
    private const double Elsewhere = 0.35;

    /// <summary>A word that means much the same counts this share of the word itself.</summary>
    private const double Alternative = 0.8;

    /// <summary>Units to each side that count as near.</summary>
    private const int NearUnits = 4;

    /// <param name="retrieval">(units): 0 to 1, what the index thought of the passage that the unit is in.</param>
    public static IEnumerable<ScoredUnit> Score(Question question, NoteView note, Func<int, double> retrieval)
    {
        if (question.TotalWeight <= 0)
            yield break;
        var title = TitleShare(question, note);
        for (var i = 0; i < note.Units.Count; i++)
        {
            if (note.Units[i].Kind == UnitKind.Heading)
                continue;
            var (coverage, own) = Coverage(question, note, i);
            var score = coverage + 0.25 * own + 0.15 * title + 0.1 * retrieval(i) + KindBonus(question.Kind, note, i);
            yield return new ScoredUnit(note, i, score, coverage);
        }
    }

    /// <summary>Share of the title's words that the question has, if it has any: a note about just that comes first.</summary>
    private static double TitleShare(Question question, NoteView note)
    {
        var words = Words.Of(note.Title).Where(word => !Words.IsStopWord(word)).Select(Words.Stem).ToHashSet();
        if (words.Count == 0)
            return 0;
        var found = question.Terms.Where(term => words.Contains(term.Stem)).Sum(term => term.Weight);
        var shared = question.Terms.Count(term => words.Contains(term.Stem));
        return (double)shared / words.Count * Math.Min(1, 2 * found / question.TotalWeight);
    }

    /// <summary>Own: the share that stands in the unit itself. What the title has is said of every unit, so that a unit
    /// which repeats the title is not taken for the answer.</summary>
    private static (double Coverage, double Own) Coverage(Question question, NoteView note, int unit)
    {
        double covered = 0;
        double own = 0;
        foreach (var term in question.Terms)
        {
            var share = Share(term.Stem, note, unit);
            foreach (var other in term.Alternatives)
            {
                if (share < Alternative)
                    share = Math.Max(share, Alternative * Share(other, note, unit));
            }
            covered += term.Weight * share;
            if (note.Names(term.Stem) || note.UnitStems[unit].Contains(term.Stem))
                own += term.Weight;
            else if (term.Alternatives.Any(note.UnitStems[unit].Contains))
                own += Alternative * term.Weight;
        }
        return (covered / question.TotalWeight, own / question.TotalWeight);
    }

    private static double Share(string stem, NoteView note, int unit)
    {
        if (note.UnitStems[unit].Contains(stem))
            return 1;
        if (note.Names(stem))
            return InTitle;
        if (note.HeadingStems(note.Units[unit].Heading).Contains(stem))
            return InHeading;
        if (!note.AllStems.Contains(stem))
            return 0;
        var near = false;
        for (var i = Math.Max(0, unit - NearUnits); i <= Math.Min(note.Units.Count - 1, unit + NearUnits); i++)
        {
            if (!note.UnitStems[i].Contains(stem))
                continue;
            if (note.Units[i].Block == note.Units[unit].Block)
                return Beside;
            near = true;
        }
        return near ? Near : Elsewhere;
    }

    private static double KindBonus(AnswerKind kind, NoteView note, int unit)
    {
        if (kind == AnswerKind.Any)
            return 0;
        var bonus = AnswerKinds.HasForm(kind) || kind == AnswerKind.Reason ? 0.25 : 0.1;
        if (AnswerKinds.Stands(kind, note.Units[unit].Text))
            return bonus;
        var next = unit + 1;
        return next < note.Units.Count && AnswerKinds.Stands(kind, note.Units[next].Text) ? 0.2 * bonus : 0;
    }
}
