namespace Edge.Assistant.Asking;

/// <param name="Text">The answer in the notes' own words; null when they do not say.</param>
internal sealed record Finding(
    string? Text,
    double Confidence,
    IReadOnlyList<Citation> Citations,
    IReadOnlyList<string> Notes,
    IReadOnlyList<ScoredUnit> Units
);

/// <summary>Decides whether the best unit answers the question, and what is quoted and cited.</summary>
internal static class AnswerFinder
{
    /// <summary>Below this the notes do not say. Chosen on the sample questions: see AnswersEvaluation.</summary>
    public const double ConfidenceMin = 0.5;

    private const int CitationsMax = 3;
    private const int NearestMax = 3;

    /// <summary>A further passage is cited when its score is at least this share of the best.</summary>
    private const double FurtherShare = 0.85;

    public static Finding Decide(Question question, Findings found)
    {
        if (found.Best.Count == 0)
            return new Finding(null, 0, [], found.Notes, []);
        var best = found.Best[0];
        var confidence = Confidence(question, best);
        if (confidence < ConfidenceMin)
            return new Finding(null, confidence, Nearest(found), found.Notes, []);
        var chosen = found.Best.Where(unit => unit.Score >= FurtherShare * best.Score).Take(CitationsMax).ToList();
        var quotes = chosen.Select(Quotation.Of).ToList();
        return new Finding(
            quotes[0].Text,
            confidence,
            [.. quotes.Select(quote => quote.Citation)],
            found.Notes,
            chosen
        );
    }

    /// <summary>Coverage, less where a name is missing altogether or where what is asked for is not there.</summary>
    private static double Confidence(Question question, ScoredUnit best)
    {
        var confidence = Math.Min(1, best.Coverage);
        if (question.Terms.Any(term => term.Missing && term.Names))
            confidence *= 0.5;
        if (!Quotation.Holds(question.Kind, best))
            confidence *= 0.7;
        return Math.Round(confidence, 3);
    }

    private static List<Citation> Nearest(Findings found) =>
        [.. found.Best.DistinctBy(unit => unit.Note.Path).Take(NearestMax).Select(unit => Quotation.Of(unit).Citation)];
}
