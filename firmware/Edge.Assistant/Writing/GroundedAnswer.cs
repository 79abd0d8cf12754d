using System.Globalization;
using Edge.Inference;

namespace Edge.Assistant.Writing;

/// <summary>How an answer is searched in a passage, and when the search gives up. Values that make no sense are refused.</summary>
public sealed record GroundedOptions
{
    /// <summary>Tokens of an answer at most.</summary>
    public int TokensMax
    {
        get;
        init => field = AtLeast(value, 1, nameof(TokensMax));
    } = 64;

    /// <summary>Tokens that the model computes for the search at most, the prompt left out. With enough of them the likeliest
    /// answer of all is found; with few, one that is at least as likely as the greedy one.</summary>
    public int EvaluationsMax
    {
        get;
        init => field = AtLeast(value, 1, nameof(EvaluationsMax));
    } = 256;

    /// <summary>Answers that are up to so many nats less likely than the best are looked for, too.</summary>
    public double Slack
    {
        get;
        init => field = AtLeast(value, 0, nameof(Slack));
    } = 2;

    /// <summary>0 chooses by log probability; with p above it, that is divided by the number of tokens (and the end) to the
    /// power of p, which favours longer answers.</summary>
    public double LengthPower
    {
        get;
        init => field = AtLeast(value, 0, nameof(LengthPower));
    }

    /// <summary>Nats that an answer loses in a sentence that shares no word with the question, against one in the sentence
    /// that fits it best (BM25); 0 lets the model choose alone.</summary>
    public double SentenceWeight
    {
        get;
        init => field = AtLeast(value, 0, nameof(SentenceWeight));
    }

    /// <summary>Nats that count for the refusal when the passage has none of the question's words; 0 lets the model choose
    /// alone.</summary>
    public double CoverageWeight
    {
        get;
        init => field = AtLeast(value, 0, nameof(CoverageWeight));
    }

    /// <summary>Times what <see cref="SpanFit"/> takes off an answer for its words; 0 leaves it out.</summary>
    public double FitWeight
    {
        get;
        init => field = AtLeast(value, 0, nameof(FitWeight));
    }

    /// <summary>Chooses the answer whose words agree best with all that were found, each weighed by its probability, instead
    /// of the likeliest one.</summary>
    public bool ByAgreement { get; init; }

    /// <summary>Compares the refusal with all answers that were found together, instead of with the likeliest.</summary>
    public bool RefuseByMass { get; init; }

    /// <summary>A passage is said not to answer when the refusal is likelier by more than this, nats.</summary>
    public double RefusalThreshold { get; init; }

    /// <summary>What suits a small model best on qa dev, with the threshold that the model's file carries
    /// (<see cref="TaskPrompt.ThresholdKey"/>), 0 where it has none.</summary>
    public static GroundedOptions For(ILanguageModel model) =>
        new()
        {
            Slack = 5,
            LengthPower = 0.9,
            SentenceWeight = 2,
            CoverageWeight = 15,
            FitWeight = 1,
            RefusalThreshold = double.TryParse(
                model.Metadata.GetValueOrDefault(TaskPrompt.ThresholdKey),
                NumberStyles.Float,
                CultureInfo.InvariantCulture,
                out var threshold
            )
                ? threshold
                : 0,
        };

    private static T AtLeast<T>(T value, T least, string name)
        where T : IComparable<T> =>
        value.CompareTo(least) >= 0
            ? value
            : throw new ArgumentException($"{name} must be {least} or more, got {value}");
}

/// <summary>A stretch of the passage.</summary>
/// <param name="Start">UTF-16 units; Text is what stands there.</param>
/// <param name="LogProbability">Of these tokens and the end after them, nats, over all that the model could have said.</param>
/// <param name="Tokens">The end left out.</param>
public sealed record GroundedSpan(string Text, int Start, double LogProbability, int Tokens)
{
    /// <summary>Log probability and what the question's words say for its place, nats.</summary>
    public double Score { get; init; } = LogProbability;
}

/// <summary>What a model copies from a passage as the answer to a question.</summary>
/// <param name="Passage">What was searched: the passage without hidden text. Spans tell their place in it.</param>
/// <param name="Spans">All answers found, the likeliest first.</param>
/// <param name="Best">The chosen one, also when it is refused; null when nothing of the passage fits the model.</param>
/// <param name="RefusalLogProbability">Of <see cref="TaskPrompt.Refusal"/> and the end, nats.</param>
/// <param name="Margin">How much likelier the refusal is, nats; compared with the threshold.</param>
/// <param name="Confidence">0 to 1: the chosen answer's share of all answers found and the refusal.</param>
/// <param name="Evaluated">Tokens that the search computed.</param>
public sealed record GroundedAnswer(
    string Passage,
    IReadOnlyList<GroundedSpan> Spans,
    GroundedSpan? Best,
    double RefusalLogProbability,
    double Margin,
    double Confidence,
    bool Refused,
    int Evaluated
);
