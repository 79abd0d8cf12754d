using Edge.Assistant.Text;
using Edge.Inference;

namespace Edge.Assistant.Writing;

/// <param name="Tokens">Up to and including the opening of the assistant's turn.</param>
/// <param name="Start">Where the stretch of the passage that went in begins, UTF-16 units.</param>
/// <param name="Length">Its length, UTF-16 units.</param>
public sealed record PassagePrompt(int[] Tokens, int Start, int Length);

/// <summary>
/// The prompts of <see cref="TaskPrompt"/> as tokens that fit a model's context. Of a passage that is too long the stretch
/// goes in whose sentences fit the question best; of a note its beginning.
/// </summary>
public sealed class TaskPrompts(ILanguageModel model)
{
    /// <summary>Rounds of cutting; each cuts in proportion to what is over.</summary>
    private const int RoundsMax = 8;

    /// <summary>Shortest text worth asking about, UTF-16 units.</summary>
    private const int TextCharsMin = 40;

    /// <summary>Whether the model was trained on these prompts.</summary>
    public static bool Knows(ILanguageModel model) =>
        model.Metadata.GetValueOrDefault(TaskPrompt.MetadataKey) == TaskPrompt.Version;

    /// <param name="replyTokens">Kept free for the answer.</param>
    /// <returns>Null when not even a short stretch fits.</returns>
    public PassagePrompt? ForQuestion(string passage, string question, int replyTokens) =>
        Fit(
            passage,
            replyTokens,
            text => TaskPrompt.Question(text, question),
            length => BestStretch(passage, question, length)
        );

    /// <param name="query">What the summary is to be about; null for all of the text.</param>
    public PassagePrompt? ForSummary(string text, string? query, int replyTokens) =>
        Fit(
            text,
            replyTokens,
            cut => query is null ? TaskPrompt.Summary(cut) : TaskPrompt.Summary(cut, query),
            length => query is null ? (0, length) : BestStretch(text, query, length)
        );

    public PassagePrompt? ForHeadline(string text, int replyTokens) =>
        Fit(text, replyTokens, TaskPrompt.Headline, length => (0, length));

    /// <param name="stretch">A stretch of at most so many UTF-16 units.</param>
    private PassagePrompt? Fit(
        string text,
        int replyTokens,
        Func<string, string> turn,
        Func<int, (int Start, int Length)> stretch
    )
    {
        var budget = model.Positions - replyTokens;
        // No tokenizer makes less than a token of 16 characters of prose: do not encode megabytes to find that out.
        var most = (int)Math.Min(text.Length, Math.Max(0, budget) * 16L);
        var (start, length) = most < text.Length ? stretch(most) : (0, text.Length);
        for (var round = 0; round < RoundsMax; round++)
        {
            var tokens = model.ChatTemplate.Encode(
                model.Tokenizer,
                TaskPrompt.Turn(turn(Hidden.Remove(text.Substring(start, length))))
            );
            if (tokens.Length <= budget)
                return new PassagePrompt(tokens, start, length);
            if (length < TextCharsMin)
                return null;
            (start, length) = stretch((int)(length * Math.Min(0.9, 0.95 * budget / tokens.Length)));
        }
        return null;
    }

    /// <summary>Whole sentences where they fit; never half a surrogate pair.</summary>
    private static (int Start, int Length) BestStretch(string text, string question, int length)
    {
        var sentences = SentenceRank.Sentences(text);
        var scores = SentenceRank.Scores(sentences.ConvertAll(range => text[range]), question);
        var best = (Start: 0, Score: -1.0);
        for (var first = 0; first < sentences.Count; first++)
        {
            var start = sentences[first].Start.Value;
            var sum = 0.0;
            for (var i = first; i < sentences.Count && sentences[i].End.Value <= start + length; i++)
                sum += scores[i];
            if (sum > best.Score)
                best = (start, sum);
        }
        var end = Math.Min(text.Length, best.Start + length);
        if (end < text.Length && end > 0 && char.IsHighSurrogate(text[end - 1]))
            end--;
        return (best.Start, end - best.Start);
    }
}
