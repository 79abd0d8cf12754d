namespace Edge.Assistant.Asking;

/// <param name="Text">The answer in the notes' own words; null when they do not say.</param>
/// <param name="Notes">Paths, best first.</param>
internal sealed record Finding(
    string? Text,
    double Confidence,
    IReadOnlyList<Citation> Citations,
    IReadOnlyList<string> Notes
);

/// <summary>Decides whether the best unit answers the question, and what is quoted and cited.</summary>
internal static class AnswerFinder
{
    /// <summary>Below this the notes do not say. Chosen on the sample questions: see AnswersEvaluation.</summary>
    public const double ConfidenceMin = 0.46;

    private const int CitationsMax = 3;
    private const int NearestMax = 3;

    /// <summary>A further passage is cited when its score is at least this share of the best: of the same note, and of
    /// another, which must be nearly as good.</summary>
    private const double FurtherShare = 0.75;

    private const double OtherNoteShare = 0.9;

    public static Finding Decide(Question question, Findings found)
    {
        if (found.Best.Count == 0)
            return new Finding(null, 0, [], found.Notes);
        var quotes = Quotes(found.Best);
        var confidence = Confidence(question, found.Best[0], quotes);
        if (confidence < ConfidenceMin)
            return new Finding(null, confidence, Nearest(found), found.Notes);
        return new Finding(quotes[0].Text, confidence, [.. quotes.Select(quote => quote.Citation)], found.Notes);
    }

    /// <summary>Coverage; more where what is asked for stands in the unit, less where a figure stands in no line that is quoted
    /// or where the notes never use a word of the question.</summary>
    private static double Confidence(Question question, ScoredUnit best, List<Quotation> quotes)
    {
        var confidence = Math.Min(1, best.Coverage);
        if (AnswerKinds.HasForm(question.Kind) && AnswerKinds.Stands(question.Kind, best.Unit.Text))
            confidence = Math.Min(1, confidence + 0.08);
        else if (
            AnswerKinds.IsFigure(question.Kind)
            && !quotes.Exists(quote => quote.Citation.Note == best.Note.Path && quote.MayAnswer(question.Kind))
        )
            confidence *= 0.45;
        if (question.Terms.Any(term => term.Missing && term.Names))
            confidence *= 0.5;
        else if (question.Terms.Any(IsMissingSubject))
            confidence *= 0.75;
        return Math.Round(confidence, 3);
    }

    /// <summary>A noun that the notes never use. Adverbs and participles are more often a matter of wording.</summary>
    private static bool IsMissingSubject(QuestionWord term) =>
        term.Missing
        && !term.Frames
        && !term.Word.EndsWith("ly", StringComparison.Ordinal)
        && !term.Word.EndsWith("ed", StringComparison.Ordinal);

    /// <summary>The best unit, then others that are nearly as good and not already shown.</summary>
    private static List<Quotation> Quotes(IReadOnlyList<ScoredUnit> units)
    {
        var quotes = new List<Quotation>();
        foreach (var unit in units)
        {
            var share = unit.Note == units[0].Note ? FurtherShare : OtherNoteShare;
            if (quotes.Count == CitationsMax || unit.Score < share * units[0].Score)
                continue;
            var quote = Quotation.Of(unit);
            if (!quotes.Exists(shown => Overlap(shown.Citation, quote.Citation)))
                quotes.Add(quote);
        }
        return quotes;
    }

    private static bool Overlap(Citation one, Citation other) =>
        one.Note == other.Note && one.FirstLine <= other.LastLine && other.FirstLine <= one.LastLine;

    private static List<Citation> Nearest(Findings found) =>
        [.. found.Best.DistinctBy(unit => unit.Note.Path).Take(NearestMax).Select(unit => Quotation.Of(unit).Citation)];
}
