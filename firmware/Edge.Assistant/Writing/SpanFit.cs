using Edge.Assistant.Asking;
using Edge.Assistant.Text;

namespace Edge.Assistant.Writing;

/// <summary>
/// How well a stretch of a passage fits as the answer to a question, by its words alone: an answer seldom says again what
/// was asked, stands close to the words of the question, and is a figure where one was asked for. A small model knows
/// copying better than choosing; these few rules choose along with it. Weights were found on qa dev (models/README.md).
/// </summary>
internal sealed class SpanFit
{
    /// <summary>Nats that are lost, each times a share of 0 to 1.</summary>
    private const double Echo = 2,
        WrongKind = 4,
        FarWithinLine = 1,
        FarWithinPhrase = 3,
        Fragment = 0.5;

    /// <summary>Characters on either side.</summary>
    private const int Line = 60,
        Phrase = 20;

    /// <summary>Shares for what may be right after all.</summary>
    private const double NoName = 0.4,
        ShortWithFigure = 0.3;

    private const int ShortChars = 12;

    private readonly string passage;
    private readonly AnswerKind kind;
    private readonly Dictionary<string, double> asked = new(StringComparer.Ordinal);
    private readonly double askedInAll;
    private readonly List<(int Start, string Stem)> places = [];

    public SpanFit(string passage, string question)
    {
        this.passage = passage;
        kind = AnswerKinds.Of(question);
        foreach (var word in Words.Of(question).Where(word => !Words.IsStopWord(word)))
            asked[Words.Stem(word)] = Math.Sqrt(word.Length);
        askedInAll = asked.Values.Sum();
        var at = 0;
        foreach (var word in Words.Of(passage))
        {
            var start = passage.IndexOf(word, at, StringComparison.Ordinal);
            if (start < 0)
                break;
            at = start + word.Length;
            if (asked.ContainsKey(Words.Stem(word)))
                places.Add((start, Words.Stem(word)));
        }
    }

    /// <returns>Nats, 0 or less.</returns>
    public double Of(GroundedSpan span)
    {
        var end = span.Start + span.Text.Length;
        return -(
            (Echo * EchoOf(span.Text))
            + (WrongKind * WrongnessOf(span.Text))
            + (FarWithinLine * (1 - Near(span.Start, end, Line)))
            + (FarWithinPhrase * (1 - Near(span.Start, end, Phrase)))
            + (Fragment * (IsFragment(span.Text) ? 1 : 0))
        );
    }

    /// <summary>Share of its content words that the question has; 1 when it has none.</summary>
    private double EchoOf(string text)
    {
        var words = Words.Of(text).Where(word => !Words.IsStopWord(word)).ToList();
        return words.Count == 0 ? 1 : (double)words.Count(word => asked.ContainsKey(Words.Stem(word))) / words.Count;
    }

    private double WrongnessOf(string text)
    {
        if (AnswerKinds.IsFigure(kind))
            return AnswerKinds.Stands(kind, text) ? 0 : 1;
        if (kind == AnswerKind.Person)
            return text.Any(char.IsDigit) ? 1
                : text.Any(char.IsUpper) ? 0
                : NoName;
        if (text.All(c => !char.IsLetter(c)))
            return 1;
        return text.Length < ShortChars && text.Any(char.IsDigit) ? ShortWithFigure : 0;
    }

    /// <summary>Share of the question's words that stand so close; longer words count more.</summary>
    private double Near(int start, int end, int within)
    {
        if (askedInAll == 0)
            return 1;
        var found = new HashSet<string>(StringComparer.Ordinal);
        foreach (var place in places)
        {
            var before = place.Start >= start - within && place.Start < start;
            if (before || (place.Start >= end && place.Start < end + within))
                found.Add(place.Stem);
        }
        return found.Sum(stem => asked[stem]) / askedInAll;
    }

    /// <summary>It begins with a word that goes on with what stands before, such as "of", "and", "was".</summary>
    private static bool IsFragment(string text) =>
        Words.Of(text).FirstOrDefault() is { } first && Words.IsStopWord(first) && !MayBegin.Contains(first);

    private static readonly HashSet<string> MayBegin = new(StringComparer.OrdinalIgnoreCase)
    {
        "the",
        "a",
        "an",
        "to",
        "in",
        "on",
        "at",
        "by",
        "for",
        "from",
        "because",
        "his",
        "her",
        "their",
        "its",
        "he",
        "she",
        "they",
        "it",
        "some",
        "one",
        "two",
    };
}
