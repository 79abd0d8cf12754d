using Edge.Assistant.Text;
using Edge.Inference;

namespace Edge.Assistant.Writing;

/// <summary>
/// Answers a question with words of a passage and nothing else: the model only chooses where they begin and end, and
/// whether to refuse. For models that know <see cref="TaskPrompt"/>; others can be asked, too. One question at a time.
/// </summary>
public sealed class GroundedAnswerer
{
    private readonly ILanguageModel model;
    private readonly GroundedOptions options;
    private readonly TaskPrompts prompts;
    private readonly GroundedSearch search;

    /// <summary>Reads the whole vocabulary: make one for a model and keep it.</summary>
    /// <param name="options">Null for <see cref="GroundedOptions.For"/> the model.</param>
    public GroundedAnswerer(ILanguageModel model, GroundedOptions? options = null)
    {
        this.model = model;
        this.options = options ?? GroundedOptions.For(model);
        prompts = new TaskPrompts(model);
        search = new GroundedSearch(model, this.options);
    }

    /// <param name="passage">Hidden text in it is left out (see <see cref="GroundedAnswer.Passage"/>). Of a passage that is
    /// longer than the model's context the stretch that fits the question best is searched.</param>
    public GroundedAnswer Answer(string passage, string question, CancellationToken cancellation = default)
    {
        var visible = Hidden.Remove(passage);
        var room = Math.Max(options.TokensMax, search.RefusalTokens.Length);
        if (prompts.ForQuestion(visible, Hidden.Remove(question), room) is not { } prompt)
            return new GroundedAnswer(visible, [], null, 0, double.PositiveInfinity, 0, true, 0);
        var text = new GroundedPassage(visible.Substring(prompt.Start, prompt.Length), model.Tokenizer);
        var support =
            options.SentenceWeight > 0 || options.CoverageWeight > 0 ? new LexicalSupport(visible, question) : null;
        var spans = search
            .Run(prompt.Tokens, text, Prior(text, prompt.Start, support), cancellation)
            .ConvertAll(span => span with { Start = prompt.Start + span.Start });
        return Decide(visible, question, spans, support);
    }

    /// <summary>(bytes of the text): what an answer that starts there loses; null where the model chooses alone.</summary>
    private double[]? Prior(GroundedPassage text, int start, LexicalSupport? support)
    {
        if (support is null || options.SentenceWeight == 0)
            return null;
        var prior = new double[text.Bytes.Length];
        foreach (var at in text.Starts)
            prior[at] = options.SentenceWeight * (support.At(start + text.CharAt(at)) - 1);
        return prior;
    }

    private GroundedAnswer Decide(string passage, string question, List<GroundedSpan> spans, LexicalSupport? support)
    {
        if (spans.Count == 0)
            return new GroundedAnswer(
                passage,
                [],
                null,
                search.Refusal,
                double.PositiveInfinity,
                0,
                true,
                search.Evaluated
            );
        var fit = options.FitWeight > 0 ? new SpanFit(passage, question) : null;
        var best = options.ByAgreement ? Agreement.Best(spans) : spans.MaxBy(span => Score(span, fit))!;
        var mass = LogSum(spans.Select(span => span.LogProbability));
        var missing = support is null ? 0 : options.CoverageWeight * (1 - support.Coverage);
        var margin = search.Refusal + missing - (options.RefuseByMass ? mass : spans.Max(span => span.LogProbability));
        return new GroundedAnswer(
            passage,
            spans,
            best,
            search.Refusal,
            margin,
            Math.Exp(best.LogProbability - LogSum([mass, search.Refusal])),
            margin > options.RefusalThreshold,
            search.Evaluated
        );
    }

    private double Score(GroundedSpan span, SpanFit? fit) =>
        (span.LogProbability / Math.Pow(span.Tokens + 1, options.LengthPower))
        + (span.Score - span.LogProbability)
        + (fit is null ? 0 : options.FitWeight * fit.Of(span));

    private static double LogSum(IEnumerable<double> values)
    {
        var list = values.ToList();
        var max = list.Max();
        return max + Math.Log(list.Sum(value => Math.Exp(value - max)));
    }
}
